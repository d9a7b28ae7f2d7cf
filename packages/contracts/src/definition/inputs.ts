import type { Cell, Inputs } from '../records';
import { faultsOfAdditional } from './additional-inputs';
import type { Definition, Input } from './definition';
import { nearest, pathOf, type Fault } from './fault';
import { pageNumber } from './step/paginate';
import { opensPage } from './with-first-url';

/** Every robot knows this input: the address of its first `navigate`, for a run that starts elsewhere. */
export const originUrl = 'originUrl';

const placeholder = /\{\{\s*([\w.-]+)\s*\}\}/g;

/** The inputs that a run of this definition takes: the declared ones and `originUrl`. */
export function inputsOf(definition: Definition): Input[] {
  if (definition.inputs.some((input) => input.name === originUrl)) return definition.inputs;
  const url = firstUrl(definition);
  const usesIt = [...placeholdersIn(definition.steps, [])].some(({ name }) => name === originUrl);
  if (url === null && !usesIt) return definition.inputs;
  const implied: Input = { name: originUrl, type: 'string', label: 'Origin URL', required: true };
  return [url === null ? implied : { ...implied, default: url }, ...definition.inputs];
}

/** What becomes of inputs that a definition neither declares nor says anything of. */
export type UnknownInputs = 'refuse' | 'keep';

export type Resolved = { inputs: Inputs; faults: [] } | { inputs: null; faults: Fault[] };

/** The inputs of one task: the given ones, checked, and the defaults. */
export function resolveInputs(definition: Definition, given: Record<string, unknown>): Resolved {
  return inputResolver(definition)(given, { readText: false, unknownInputs: 'refuse' });
}

/**
 * The same for many tasks of one definition. `readText`: a text is read as the type that the input has, where it can
 * be; an empty one of another type than `string` is as good as none.
 */
export function inputResolver(
  definition: Definition,
): (
  given: Record<string, unknown>,
  options: { readText: boolean; unknownInputs: UnknownInputs },
) => Resolved {
  const declared = inputsOf(definition);
  const names = declared.map((input) => input.name);
  const used = new Set([...placeholdersIn(definition.steps, [])].map(({ name }) => name));
  return (given, { readText, unknownInputs }) => {
    const read = readText ? readTexts(declared, given) : given;
    const others = Object.entries(read).filter(([name]) => !names.includes(name));
    const isKept = definition.additionalInputs ?? unknownInputs === 'keep';
    const unknown = isKept
      ? faultsOfAdditional(Object.fromEntries(others))
      : others.map(([name, value]) => unknownInput(name, names, value));
    const faults = [...unknown, ...declared.flatMap((input) => faultOf(input, own(read, input.name), used))];
    if (faults.length > 0) return { inputs: null, faults };
    const values = declared.map((input): [string, unknown] => [
      input.name,
      own(read, input.name) ?? input.default,
    ]);
    const known = [...values, ...others].filter(([, value]) => value !== undefined);
    return { inputs: Object.fromEntries(known) as Inputs, faults: [] };
  };
}

function readTexts(declared: Input[], given: Record<string, unknown>): Record<string, unknown> {
  const types = new Map(declared.map(({ name, type }) => [name, type]));
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, readText(value, types.get(name) ?? 'string')]),
  );
}

function readText(value: unknown, type: Input['type']): unknown {
  if (typeof value !== 'string' || type === 'string') return value;
  const text = value.trim();
  if (text === '') return undefined;
  if (type === 'boolean') return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : value;
  return Number.isFinite(Number(text)) ? Number(text) : value;
}

/** `value` with every `{{name}}` in its strings filled. */
export function fill<T>(value: T, inputs: Inputs): T {
  if (typeof value === 'string') {
    return value.replace(placeholder, (whole, name: string) => textOf(own(inputs, name)) ?? whole) as T;
  }
  if (Array.isArray(value)) return value.map((inner: unknown) => fill(inner, inputs)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const filled = Object.entries(value).map(([key, inner]: [string, unknown]) => {
    // There `{{page}}` is the number of the page.
    const known = key === 'paginate' ? { ...inputs, [pageNumber]: `{{${pageNumber}}}` } : inputs;
    return [key, fill(inner, known)];
  });
  return Object.fromEntries(filled) as T;
}

/** Null for what no definition can have declared. */
function textOf(value: Cell | undefined): string | null {
  return value === undefined || typeof value === 'object' ? null : String(value);
}

/** Every `{{name}}` in the strings of `value`, and where it stands. */
export function* placeholdersIn(
  value: unknown,
  path: readonly PropertyKey[],
): Generator<{ path: readonly PropertyKey[]; name: string }> {
  if (typeof value === 'string') {
    for (const match of value.matchAll(placeholder)) yield { path, name: match[1] ?? '' };
  } else if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) yield* placeholdersIn(inner, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* placeholdersIn(inner, [...path, key]);
  }
}

/** Not what every object inherits: an input may be called `constructor`. */
function own<T>(values: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function firstUrl(definition: Definition): string | null {
  const first = definition.steps.find(opensPage);
  return first && !first.url.includes('{{') ? first.url : null;
}

function faultOf(input: Input, given: unknown, used: Set<string>): Fault[] {
  const path = pathOf(['inputs', input.name]);
  if (given === undefined || given === null) {
    if (input.default !== undefined || !(input.required || used.has(input.name))) return [];
    return [{ path, message: `is missing; give it a ${input.type}`, allowed: [input.type] }];
  }
  if (typeof given === input.type) return [];
  return [{ path, message: `must be a ${input.type}`, found: given, allowed: [input.type] }];
}

function unknownInput(name: string, names: string[], found: unknown): Fault {
  const didYouMean = nearest(name, names);
  const message = `this robot has no such input; allowed: ${names.join(', ') || 'none'}`;
  return {
    path: pathOf(['inputs', name]),
    message,
    found,
    allowed: names,
    ...(didYouMean && { didYouMean }),
  };
}
