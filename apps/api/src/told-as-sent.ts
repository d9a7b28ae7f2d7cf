import type { Fault } from '@runnel/contracts';
import { InvalidInputError } from '@runnel/services';

/**
 * For the end of a call of a verb: what the verb refuses is told at its place in what was sent. Faults that the body's
 * own schema finds never come here: they have their place.
 */
export function toldAsSent(asSent: (fault: Fault) => Fault): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(error.message, error.faults.map(asSent));
  };
}
