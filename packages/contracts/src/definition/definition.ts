import { isUrl } from '../is-url';
import { z } from 'zod';
import { closedObject } from './fault';
import { stepSchema } from './step/step';

const inputSchema = closedObject({
  name: z
    .string()
    .regex(/^[A-Za-z_][\w-]{0,99}$/, 'must begin with a letter and hold letters, digits, _ or -'),
  type: z.enum(['string', 'number', 'boolean']).default('string'),
  label: z.string().max(200).optional(),
  required: z.boolean().default(false),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
}).superRefine((input, context) => {
  if (input.default !== undefined && typeof input.default !== input.type) {
    context.addIssue({
      code: 'custom',
      path: ['default'],
      message: `must be a ${input.type}, as \`type\` says`,
    });
  }
});
export type Input = z.infer<typeof inputSchema>;

const resourceKinds = ['image', 'font', 'media', 'stylesheet'] as const;

const proxyProtocols = ['http:', 'https:', 'socks5:'];

const proxySchema = closedObject({
  server: z
    .string()
    .max(500, { abort: true })
    // A secret in it would be told by what is said of a proxy that cannot be reached.
    .regex(/^[^{}]*$/, {
      message: 'must be in plain: only `username` and `password` may be {{secret.NAME}}',
      abort: true,
    })
    .refine(isProxyAddress, 'must be like http://host:port, https://… or socks5://…'),
  username: z.string().min(1).max(500).nullable().default(null),
  /** Never the password itself: a definition is shown to who may read the robot. */
  password: z
    .string()
    .regex(/^\{\{\s*secret\.[\w-]+\s*\}\}$/, 'must be a secret, like {{secret.proxy}}')
    .nullable()
    .default(null),
});
export type Proxy = z.infer<typeof proxySchema>;

const optionsSchema = closedObject({
  /** Milliseconds that a task may take, from its first claim. */
  deadlineMs: z.number().int().min(1000).max(86_400_000).default(600_000),
  maxAttempts: z.number().int().min(1).max(20).default(3),
  /** Kinds of subresources that are not fetched. */
  block: z.array(z.enum(resourceKinds)).default([]),
  userAgent: z
    .string()
    .max(1000, { abort: true })
    .regex(/^[\x21-\x7e][\x20-\x7e]*$/, 'must be plain ASCII on one line')
    .nullable()
    .default(null),
  viewport: closedObject({
    width: z.number().int().min(1).max(10_000),
    height: z.number().int().min(1).max(10_000),
  })
    .nullable()
    .default(null),
  /** BCP 47, as in `Accept-Language`. */
  locale: z
    .string()
    .max(35, { abort: true })
    .refine(isLocale, 'is not a language tag like en-GB')
    .nullable()
    .default(null),
  /** IANA time zone. */
  timezone: z
    .string()
    .min(1)
    .max(100, { abort: true })
    .refine(isTimeZone, 'is not an IANA time zone')
    .nullable()
    .default(null),
  /** Sent with every request; one that holds a secret to the host of the first address alone. */
  headers: z
    .record(
      z.string().regex(/^[\w-]+$/),
      z.string().regex(/^[\t\x20-\x7e]*$/, 'must be plain ASCII on one line'),
    )
    .default({}),
  /** What all that the robot loads goes through. */
  proxy: proxySchema.nullable().default(null),
  /** Keeps the cookies and storage of a run that succeeded for the next one, under this name. */
  session: closedObject({ name: z.string().regex(/^[\w.-]{1,100}$/, 'must hold letters, digits, _ . or -') })
    .nullable()
    .default(null),
  /** Whether `follow` and `crawl` keep to the site's robots.txt. */
  robotsTxt: z.enum(['obey', 'ignore']).default('obey'),
});
export type Options = z.infer<typeof optionsSchema>;

export const engines = ['auto', 'browser', 'http'] as const;

const maxSteps = 500;

/** A robot's program: Chrome's Recorder format, with what scraping adds. It is data, never code. */
export const definitionSchema = closedObject({
  title: z.string().max(200).optional(),
  description: z.string().max(2000).optional(),
  /** Milliseconds that a step may take, where it does not say. */
  timeout: z.number().int().min(1).max(600_000).optional(),
  /** Chrome's Recorder writes which attribute it chose selectors by; nothing reads it. */
  selectorAttribute: z.string().optional(),
  inputs: z.array(inputSchema).max(100).default([]),
  /** Inputs that are not declared: true keeps them with the task, false refuses them; else who starts the run says. */
  additionalInputs: z.boolean().optional(),
  /** `http` reads pages without a browser; `auto` does where that was proven to give the same rows. */
  engine: z.enum(engines).default('auto'),
  options: optionsSchema.prefault({}),
  steps: z
    .array(stepSchema)
    .min(1, 'must hold at least one step')
    .max(maxSteps, `has more than ${maxSteps} steps`),
});
export type Definition = z.infer<typeof definitionSchema>;

/** Without user and password: they have places of their own. */
function isProxyAddress(text: string): boolean {
  if (!isUrl(text)) return false;
  const { protocol, hostname, port, pathname, search, hash, username, password } = new URL(text);
  const isBare = /^\/?$/.test(pathname) && [search, hash, username, password].every((part) => part === '');
  const hasPort = port !== '' || /:\d+\/?$/.test(text);
  return proxyProtocols.includes(protocol) && hostname !== '' && hasPort && isBare;
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
