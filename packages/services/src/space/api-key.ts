import { createHash, randomBytes } from 'node:crypto';

const prefixLength = 8;

/** A new key: recognisable by its beginning, 192 random bits behind it. */
export function newApiKey(): string {
  return `rk_${randomBytes(24).toString('base64url')}`;
}

/** What is kept of a key. It has enough randomness that a quick hash is safe. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

export function prefixOf(key: string): string {
  return key.slice(0, prefixLength);
}
