import { isUrl } from '../is-url';
import type { Inputs } from '../records';
import { faultsOfAdditional } from './additional-inputs';
import { defaultsOf } from './default-inputs';
import type { Definition, Input } from './definition';
import { nearest, pathOf, type Fault } from './fault';
import { fill, own, placeholdersIn } from './fill';
import { startChecker } from './start-faults';
import { opensPage } from './with-first-url';

/** Every robot knows this input: the address of its first `navigate`, for a run that starts elsewhere. */
export const originUrl = 'originUrl';

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
  const faultsOfStart = startChecker(definition, { declared, start: originUrl });
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
    const inputs = Object.fromEntries(known) as Inputs;
    const stray = faultsOfStart(inputs);
    return stray.length > 0 ? { inputs: null, faults: stray } : { inputs, faults: [] };
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

/** Where a run of this definition begins when it says nothing of it; null when that is not known. */
export function firstAddress(definition: Definition): URL | null {
  const first = definition.steps.find(opensPage);
  const text = fill(first?.url ?? '', defaultsOf(definition.inputs));
  const url = isUrl(text) ? new URL(text) : null;
  return url && /^https?:$/.test(url.protocol) && !/[{}]/.test(url.host) ? url : null;
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
