import type { Fault } from '@runnel/contracts';
import { at, join, pathsIn, prefixesOf } from '../path';
import type { MadeStep } from './journey';

/** Steps as a definition holds them. */
export function plainSteps(steps: readonly MadeStep[]): Record<string, unknown>[] {
  return steps.map(({ step, inner }) => (inner ? { ...step, steps: plainSteps(inner) } : step));
}

/** The place in the sender's document of each part of the steps that has one, by its path in the definition. */
export function placesOf(steps: readonly MadeStep[], path = 'steps'): [string, string][] {
  return steps.flatMap(({ places, inner }, index) => {
    const own = at(path, index);
    return [
      ...Object.entries(places).map(([part, place]): [string, string] => [join(own, part), place]),
      ...placesOf(inner ?? [], at(own, 'steps')),
    ];
  });
}

/** Tells faults of the translated definition where their sender finds them. */
export function asSent(
  faults: readonly Fault[],
  places: ReadonlyMap<string, string>,
  sent: unknown,
): Fault[] {
  const known = new Set(pathsIn(sent));
  return faults.map((fault) => ({ ...fault, path: sentPath(fault.path, places, known) }));
}

function sentPath(path: string, places: ReadonlyMap<string, string>, known: ReadonlySet<string>): string {
  const mapped = prefixesOf(path).find((prefix) => places.has(prefix)) ?? '';
  const place = places.get(mapped) ?? '';
  // Below its place, the sender's words may be the same as ours.
  const wanted = mapped === '' ? place : `${place}${path.slice(mapped.length)}`;
  return prefixesOf(wanted).find((prefix) => known.has(prefix)) ?? place;
}
