import { InvalidInputError } from '../invalid-input';
import { NoMatchError } from './target-records';

/** Why a moment starts no run, in a sentence: what its start was refused with. */
export function reasonOf(error: Error): string {
  const { message } = error;
  const [first] = error instanceof InvalidInputError ? error.faults : [];
  if (!first) return message;
  return error instanceof NoMatchError
    ? `${message}: ${first.message}`
    : `${message}: ${first.path} ${first.message}`;
}
