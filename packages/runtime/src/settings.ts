import { resolve } from 'node:path';
import { z } from 'zod';

const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= from && value <= to, `must be from ${from} to ${to}`);
const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `must be an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    );
/** `https://app.example, http://localhost:5173` as a list. */
const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine(
    (all) =>
      all.every(
        (origin) => /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin,
      ),
    'must be origins like https://app.example:8443, with commas between, without a path and in small letters',
  );
const orNull = <T extends z.ZodType>(schema: T) => schema.optional().transform((value) => value ?? null);

/** Every setting there is: name, form, default. Empty is unset. */
const settingsSchema = z.object({
  /** The API. */
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  /** Postgres 13 or newer; unset: an embedded one under RUNNEL_DATA_DIR. */
  DATABASE_URL: orNull(url('postgres:', 'postgresql:')),
  /** Unset: BullMQ on the same Postgres; set: on Redis, which is what a fleet uses. */
  REDIS_URL: orNull(url('redis:', 'rediss:')),
  /** The embedded database. */
  RUNNEL_DATA_DIR: z
    .string()
    .default('.runnel')
    .transform((path) => resolve(path)),
  /** The first space's key; unset: made at the first start and printed once. */
  RUNNEL_API_KEY: orNull(z.string().min(16, 'must have at least 16 characters')),
  /** Base of the links that the API hands out; unset: taken from the request. */
  RUNNEL_PUBLIC_URL: orNull(url('http:', 'https:')),
  /** Requests that a key may send in a minute, and an address; 0: any number. */
  RUNNEL_RATE_LIMIT: wholeNumber(0, 10_000_000).default(6_000),
  /** How many reverse proxies stand before the API: the client's address is then what they say it is. */
  RUNNEL_TRUST_PROXY: wholeNumber(0, 10).default(0),
  /** Origins whose pages may call the API from a browser, with commas between; unset: none. */
  RUNNEL_CORS_ORIGINS: origins.default([]),
  /** Hosts and networks inside that robots may reach, with commas between; unset: none. */
  RUNNEL_ALLOW_HOSTS: z.string().default(''),
  /** What secrets and logins are sealed with: `id:base64,…` of 32 bytes each, the first seals, the others only open. */
  RUNNEL_SECRET_KEYS: orNull(z.string()),
  /** Tasks at a time in a worker; unset: from the cores and the memory of the container. */
  WORKER_CONCURRENCY: orNull(wholeNumber(1, 256)),
  /** The browser; unset: one is looked for. */
  PUPPETEER_EXECUTABLE_PATH: orNull(z.string()),
  /** Milliseconds that a worker may be silent before its tasks are given to another. */
  RUNNEL_LEASE_MS: wholeNumber(1_000, 600_000).default(15_000),
  /** Milliseconds that a stopping worker may take to finish its tasks before it gives them back. */
  RUNNEL_GRACE_MS: wholeNumber(0, 3_600_000).default(25_000),
  /** Port on which a worker or a scheduler answers GET /health; unset: none. */
  RUNNEL_HEALTH_PORT: orNull(wholeNumber(0, 65_535)),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Where programs are looked for. */
  PATH: z.string().default(''),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>> & {
  /** The environment as it is, for the processes that this one starts. */
  readonly environment: NodeJS.ProcessEnv;
};

export class SettingsError extends Error {
  constructor(readonly faults: string[]) {
    super(`The settings are not right:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** @throws SettingsError that tells all faults at once. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = settingsSchema.safeParse(given);
  if (result.success) return Object.freeze({ ...result.data, environment });
  throw new SettingsError(
    result.error.issues.map(({ path, message }) => {
      const name = path.join('.');
      const shown = name.endsWith('_URL') || /_KEYS?$/.test(name) ? '' : ` ${JSON.stringify(given[name])}`;
      return `${name}${shown} ${message}`;
    }),
  );
}

/** Threads for lookups of names and for files. Lookups have at most half: dead names would hold up the others. */
const threads = '64';
/** What the system's resolver waits for each name server: a second, and once more. Of itself it takes 10 s and more. */
const lookups = 'timeout:1 attempts:2';

/** To be called before the first thread is wanted: it is then that these are read. */
export function raiseThreads(): void {
  process.env['UV_THREADPOOL_SIZE'] ??= threads;
  process.env['RES_OPTIONS'] ??= lookups;
}
