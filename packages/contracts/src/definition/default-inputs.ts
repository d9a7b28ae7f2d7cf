import type { Inputs } from '../records';
import type { Input } from './definition';

/** What inputs are when nobody says anything; those without a default are left out. */
export function defaultsOf(declared: Input[]): Inputs {
  const given = declared.flatMap(({ name, default: value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(given);
}
