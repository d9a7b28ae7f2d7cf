import type { Cell, Inputs } from '../records';
import { secretIn } from './secret-placeholder';
import { pageNumber } from './step/paginate';

const placeholder = /\{\{\s*([\w.-]+)\s*\}\}/g;

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
    return [key, fill(inner, key === 'url' ? inAddress(known) : known)];
  });
  return Object.fromEntries(filled) as T;
}

/** A secret is one word of an address, whatever signs it has; an input may be the address itself. */
function inAddress(inputs: Inputs): Inputs {
  const values = Object.entries(inputs).map(([name, value]): [string, Cell] =>
    typeof value !== 'string' || secretIn(name) === null ? [name, value] : [name, encodeURIComponent(value)],
  );
  return Object.fromEntries(values);
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
export function own<T>(values: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
