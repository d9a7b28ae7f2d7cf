import { createHmac, timingSafeEqual } from 'node:crypto';

/** The signature of words that go out and come back. The first one tells what they are, so that none serves as another. */
export function sign(key: Buffer, words: readonly [use: string, ...rest: (string | null)[]]): Buffer {
  return createHmac('sha256', key).update(JSON.stringify(words)).digest();
}

/** Compares in a time that tells nothing of the right one. */
export function isSameSignature(given: Buffer, right: Buffer): boolean {
  return given.length === right.length && timingSafeEqual(given, right);
}
