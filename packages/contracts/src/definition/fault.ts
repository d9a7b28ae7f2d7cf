import { distance } from 'fastest-levenshtein';
import { z } from 'zod';

/** One thing that is wrong with a document that somebody sent. */
export interface Fault {
  /** Where: `steps[3].fields.price.type`; empty for the whole document. */
  path: string;
  message: string;
  found?: unknown;
  allowed?: string[];
  didYouMean?: string;
}

/** More than this are not told: who sends a book of faults is not sent another. */
const mostFaults = 100;

/** A strict object whose unknown keys are told with the keys that it knows. */
export function closedObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined),
  });
}

/** Every fault of `input` by the schema, or the parsed value. */
export function parseWithFaults<T>(
  schema: z.ZodType<T>,
  input: unknown,
): { value: T; faults: [] } | { value: null; faults: Fault[] } {
  const result = schema.safeParse(input);
  if (result.success) return { value: result.data, faults: [] };
  const { issues } = result.error;
  // What is of another type has no size either, whatever zod measures of it.
  const mistyped = new Set(
    issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => pathOf(path)),
  );
  const told = issues.filter(({ code, path }) => !/^too_/.test(code) || !mistyped.has(pathOf(path)));
  return {
    value: null,
    faults: fewFaults(told.slice(0, mostFaults).flatMap((issue) => faultsOf(issue, input))),
  };
}

/** The first of many faults. */
export function fewFaults(faults: Fault[]): Fault[] {
  return faults.slice(0, mostFaults);
}

/** `['steps', 3, 'fields', 'price']` as `steps[3].fields.price`. */
export function pathOf(keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    const name = String(key);
    if (!/^[\w-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
    return path === '' ? name : `${path}.${name}`;
  }, '');
}

/** The nearest of `allowed`, when it is near enough to be a slip. */
export function nearest(found: string, allowed: readonly string[]): string | undefined {
  const ranked = allowed
    .map((word) => ({ word, far: distance(found.toLowerCase(), word.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= Math.max(2, Math.floor(found.length / 3)) ? best.word : undefined;
}

/** A word that is not one of the allowed ones. */
export function wrongWord(path: string, found: unknown, allowed: string[]): Fault {
  const didYouMean = typeof found === 'string' ? nearest(found, allowed) : undefined;
  const message =
    found === undefined
      ? `is missing; allowed: ${allowed.join(', ')}`
      : `${show(found)} is not allowed; allowed: ${allowed.join(', ')}`;
  return { path, message, ...(found !== undefined && { found }), allowed, ...(didYouMean && { didYouMean }) };
}

function faultsOf(issue: z.core.$ZodIssue, input: unknown): Fault[] {
  const keys = asSent(issue.path, input);
  const path = pathOf(keys);
  const found = at(input, keys);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, mostFaults)
      .map((key) => unknownKey([...issue.path, key], at(found, [key]), issue.message));
  }
  if (issue.code === 'invalid_value') return [wrongWord(path, found, issue.values.map(String))];
  const told = inOurWords(issue);
  if (told !== null) return [{ path, message: told, ...(found !== undefined && { found: shorten(found) }) }];
  if (issue.code === 'invalid_type') return [wrongType(path, found, issue.expected)];
  return [{ path, message: issue.message, ...(found !== undefined && { found: shorten(found) }) }];
}

function unknownKey(keys: PropertyKey[], found: unknown, known: string): Fault {
  const name = String(keys.at(-1));
  const allowed = known === '' ? [] : known.split(', ');
  const didYouMean = nearest(name, allowed);
  const message = `is not known here; allowed: ${known || 'none'}`;
  return { path: pathOf(keys), message, found: shorten(found), allowed, ...(didYouMean && { didYouMean }) };
}

function wrongType(path: string, found: unknown, expected: string): Fault {
  if (found === undefined) return { path, message: `is missing; must be ${expected}` };
  return { path, message: `must be ${expected}, not ${show(found)}`, found: shorten(found) };
}

/** A bare selector is read as a rule's `selector`; its sender knows it by the field's name. */
function asSent(keys: PropertyKey[], input: unknown): PropertyKey[] {
  const parent = keys.slice(0, -1);
  return keys.at(-1) === 'selector' && typeof at(input, parent) === 'string' ? parent : keys;
}

function at(value: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}

/** `found` as it goes back to the sender: never more than a line. */
function shorten(found: unknown): unknown {
  const text = show(found);
  return text.length > 200 ? `${text.slice(0, 200)}…` : found;
}

/** Undefined has no JSON. */
function show(found: unknown): string {
  const text = (JSON.stringify(found) as string | undefined) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

const sizes: Record<string, [unit: string, verb: string]> = {
  string: [' characters', 'have'],
  array: [' items', 'hold'],
  record: [' entries', 'hold'],
};

/** What zod says of sizes and keys, as one says it. */
function inOurWords(issue: z.core.$ZodIssue): string | null {
  if (issue.code === 'invalid_key')
    return `has a key that is not allowed: ${issue.issues.map(({ message }) => message).join('; ')}`;
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return null;
  if (issue.message !== '' && !/^Too (small|big)/.test(issue.message)) return null;
  const [unit, verb] = sizes[issue.origin] ?? ['', 'be'];
  const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  return `must ${verb} ${bound}${unit}`;
}
