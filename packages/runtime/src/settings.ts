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
      const shown = name.endsWith('_URL') || name.endsWith('_KEY') ? '' : ` ${JSON.stringify(given[name])}`;
      return `${name}${shown} ${message}`;
    }),
  );
}
