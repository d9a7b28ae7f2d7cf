import type { Fault, RecordName } from '@runnel/contracts';
import type { GivenRecord } from '../run/given-record';
import { wrongName, wrongText } from './wrong-name';

const mostInputs = 1_000;
const longestWord = 200;
const recordKeys = ['id', 'name', 'type'] as const;
const nestedKeys: readonly string[] = [...recordKeys, 'inputs'];

type Values = Record<string, unknown>;
/** A fault by its place in the record. */
type Found = { keys: PropertyKey[] } & Omit<Fault, 'path'>;

/**
 * A record from what a file has in one place: `id`, `name`, `type` and `inputs`, or these three and the inputs side by
 * side. There a robot's input that is called as one of the three is given the same value.
 */
export function readItem(
  value: unknown,
  { inputNames, isText }: { inputNames: readonly string[]; isText: boolean },
): { record: GivenRecord | null; faults: Found[] } {
  if (!isObject(value)) return { record: null, faults: [wrong([], 'must be an object', value)] };
  const size = Object.keys(value).length;
  if (size > mostInputs) return { record: null, faults: [tooManyInputs([], size)] };
  const isNested = !isText && Object.hasOwn(value, 'inputs');
  const inputs = isNested ? value['inputs'] : flatInputs(value, inputNames);
  if (!isObject(inputs)) return { record: null, faults: [wrong(['inputs'], 'must be an object', inputs)] };
  const faults = [
    ...(isNested ? unknownKeys(value) : []),
    ...recordKeys.flatMap((key) => wordFaults(key, own(value, key))),
    ...inputFaults(inputs, isNested ? ['inputs'] : []),
  ];
  return { record: { ...recordName(value), inputs, isText }, faults };
}

function flatInputs(value: Values, inputNames: readonly string[]): Values {
  const isName = (key: string) => recordKeys.some((known) => known === key) && !inputNames.includes(key);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !isName(key)));
}

function recordName(value: Values): RecordName {
  const [id = null, name = null, type = null] = recordKeys.map((key) => wordOf(own(value, key)));
  return { id, name, type };
}

/** An id may be a number there. */
function wordOf(word: unknown): string | null {
  const text = typeof word === 'string' || typeof word === 'number' ? String(word).trim() : '';
  return text === '' ? null : text;
}

function wordFaults(key: string, word: unknown): Found[] {
  if (word === null || word === undefined) return [];
  if (typeof word === 'number' && Number.isFinite(word)) return [];
  if (typeof word !== 'string') return [wrong([key], 'must be a text or a number', word)];
  const message = word.length > longestWord ? `must have at most ${longestWord} characters` : wrongText(word);
  return message === null ? [] : [wrong([key], message, word)];
}

function unknownKeys(value: Values): Found[] {
  return Object.keys(value)
    .filter((key) => !nestedKeys.includes(key))
    .map((key) => {
      const message = 'is not known beside `inputs`; move it into them';
      return { ...wrong([key], message, value[key]), allowed: [...nestedKeys] };
    });
}

function inputFaults(inputs: Values, prefix: string[]): Found[] {
  const entries = Object.entries(inputs);
  if (entries.length > mostInputs) return [tooManyInputs(prefix, entries.length)];
  return entries.flatMap(([name, value]) => {
    const message = wrongName(name) ?? wrongValue(value);
    return message === null ? [] : [wrong([...prefix, name], message, value)];
  });
}

function tooManyInputs(keys: PropertyKey[], found: number): Found {
  return wrong(keys, `must have at most ${mostInputs} inputs`, found);
}

function wrongValue(value: unknown): string | null {
  if (typeof value === 'string') return wrongText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'is too large a number';
  const isPlain = value === null || typeof value === 'boolean';
  return isPlain ? null : 'must be a text, a number, true, false or null';
}

function wrong(keys: PropertyKey[], message: string, found: unknown): Found {
  return { keys, message, ...(found !== undefined && { found: shown(found) }) };
}

/** Never more than a line of what was sent. */
function shown(found: unknown): unknown {
  if (typeof found === 'string') return found.length > 100 ? `${found.slice(0, 100)}…` : found;
  if (typeof found === 'number') return Number.isFinite(found) ? found : String(found);
  if (typeof found !== 'object' || found === null) return found;
  return Array.isArray(found) ? 'a list' : 'an object';
}

function own(values: Values, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
