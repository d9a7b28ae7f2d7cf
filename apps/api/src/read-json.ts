import type { IncomingMessage } from 'node:http';
import express from 'express';
import { isDeeperThan } from './json-depth';

const largestBody = 1024 * 1024;
export const deepestBody = 32;

/** A body that is refused before it is parsed. */
export class BodyError extends Error {
  constructor(
    readonly type: 'entity.too.deep' | 'charset.unsupported',
    message: string,
  ) {
    super(message);
    this.name = 'BodyError';
  }
}

/** What is JSON, and not taken all the same: its message quotes nothing of the body. */
export class HarmfulJsonError extends SyntaxError {}

/** Reads a body of JSON. Whatever the content type says: curl's -d without a header is JSON here as well. */
export const readJson = express.json({
  limit: largestBody,
  type: () => true,
  verify: refuseDeep,
  reviver: refuseHarm,
  // What is JSON and no object is told by the schema that wanted one.
  strict: false,
});

/** Before anything walks through it. */
function refuseDeep(...[, , bytes, encoding]: [IncomingMessage, unknown, Buffer, string]): void {
  if (encoding !== 'utf-8') throw new BodyError('charset.unsupported', 'JSON is UTF-8');
  if (!isDeeperThan(deepestBody, bytes)) return;
  throw new BodyError('entity.too.deep', `is nested deeper than ${deepestBody} levels`);
}

/** A key that would become an object's prototype when somebody copies it, and text that Postgres cannot hold. */
function refuseHarm(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new HarmfulJsonError('"__proto__" is not allowed as a key');
  for (const text of [key, value]) {
    if (typeof text !== 'string' || (text.isWellFormed() && !text.includes('\0'))) continue;
    throw new HarmfulJsonError('a text holds U+0000 or half of a surrogate pair');
  }
  return value;
}
