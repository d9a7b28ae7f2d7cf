import { uuidv7 } from 'uuidv7';

/** An id that sorts by the time at which it was made. */
export function newId(): string {
  return uuidv7();
}
