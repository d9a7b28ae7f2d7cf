import type { Fault } from '@runnel/contracts';
import { at } from '../path';

const inputName = /^[A-Za-z_][\w-]{0,99}$/;
const unnamed = 'unknown';

/** A workflow whose parameters stand as `{{name}}`, as inputs of ours do. */
export interface WithPlaceholders {
  value: unknown;
  names: string[];
  faults: Fault[];
}

/** Writes every `{ "$param": "name" }` as `{{name}}`. */
export function withPlaceholders(value: unknown, path: string): WithPlaceholders {
  const names = new Set<string>();
  const faults: Fault[] = [];
  const write = (inner: unknown, place: string): unknown => {
    if (typeof inner !== 'object' || inner === null) return inner;
    if (Array.isArray(inner)) return inner.map((each, index) => write(each, at(place, index)));
    const entries = Object.entries(inner) as [string, unknown][];
    if (entries.length === 1 && entries[0]?.[0] === '$param') return placeholder(entries[0][1], place);
    return Object.fromEntries(entries.map(([key, each]) => [key, write(each, at(place, key))]));
  };
  const placeholder = (name: unknown, place: string): string => {
    if (typeof name === 'string' && inputName.test(name)) {
      names.add(name);
      return `{{${name}}}`;
    }
    const message = 'must be a name that begins with a letter and holds letters, digits, _ or -';
    faults.push({ path: at(place, '$param'), message, found: name });
    // Where it stands may be no place for any other word.
    names.add(unnamed);
    return `{{${unnamed}}}`;
  };
  return { value: write(value, path), names: [...names], faults };
}
