import express from 'express';

const largestBody = 1024 * 1024;

/** Reads a body of JSON. Whatever the content type says: curl's -d without a header is JSON here as well. */
export const readJson = express.json({
  limit: largestBody,
  type: () => true,
  reviver: refuseHarm,
  // What is JSON and no object is told by the schema that wanted one.
  strict: false,
});

/** A key that would become an object's prototype when somebody copies it, and text that Postgres cannot hold. */
function refuseHarm(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('"__proto__" is not allowed as a key');
  for (const text of [key, value]) {
    if (typeof text !== 'string' || (text.isWellFormed() && !text.includes('\0'))) continue;
    throw new SyntaxError('a text holds U+0000 or half of a surrogate pair');
  }
  return value;
}
