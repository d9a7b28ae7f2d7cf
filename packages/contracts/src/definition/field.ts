import { RE2JS } from 're2js';
import { z } from 'zod';
import { closedObject } from './fault';
import { pageSelector } from './selector';
import { frame } from './step/any-step';

export const fieldTypes = ['string', 'number', 'boolean', 'date', 'url', 'json'] as const;

const fieldRule = closedObject({
  selector: pageSelector,
  /** The iframe to read in, from the page's own frame; the same for every item of a list. */
  frame,
  /** Any attribute, or `text` (the default), `html`, `outerHtml`. */
  attribute: z.string().min(1).max(200).default('text'),
  /** True: every match, as a list. */
  all: z.boolean().default(false),
  type: z.enum(fieldTypes).default('string'),
  /** A regular expression (RE2 syntax, linear time); its first group is the value. */
  pattern: z
    .string()
    .min(1)
    .max(1000, { abort: true })
    .refine(isPattern, 'is not a regular expression (RE2 syntax)')
    .optional(),
  required: z.boolean().default(false),
  /** The value when nothing matched or what matched is not of the type. */
  default: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
});

/** `"css"` or the whole rule. */
const field = z.preprocess(
  (rule) => (typeof rule === 'string' ? { selector: rule } : rule),
  fieldRule.superRefine((rule, context) => {
    if (rule.default === undefined || rule.default === null || fits(rule.type, rule.default)) return;
    const message = `must be a ${rule.type} or null, as \`type\` says`;
    context.addIssue({ code: 'custom', path: ['default'], message });
  }),
);

function fits(type: (typeof fieldTypes)[number], value: string | number | boolean): boolean {
  if (type === 'json') return true;
  return typeof value === (type === 'number' || type === 'boolean' ? type : 'string');
}

export type FieldRule = z.infer<typeof fieldRule>;

const maxFields = 200;

/** A schema drops this key before it can refuse it. */
const noPrototype = (rules: unknown): unknown =>
  typeof rules === 'object' && rules !== null && Object.hasOwn(rules, '__proto__') ? '__proto__' : rules;

const namedFields = z
  .record(z.string().min(1).max(200), field)
  .refine((rules) => Object.keys(rules).length > 0, 'must name at least one field')
  .refine((rules) => Object.keys(rules).length <= maxFields, `has more than ${maxFields} fields`);
export const fields = z.preprocess(noPrototype, namedFields);
export type Fields = z.infer<typeof namedFields>;

function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    return false;
  }
}
