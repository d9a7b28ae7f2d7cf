import type { DocumentedOperation, Schema } from './documented-operation';
import { resolved } from './documented-operation';
import { goodBodies, goodValues, isAlwaysSent } from './good-values';
import type { Ids, Place } from './nouns';
import type { Sent } from './send';

/** What goes into a request, part by part. */
export interface Parts {
  path: Record<string, string>;
  query: Record<string, string>;
  header: Record<string, string>;
  /** Undefined: none. */
  body: unknown;
}

/** The same as it goes over the line. */
export function assembled(operation: DocumentedOperation, parts: Parts, key: string | null): Sent {
  const { method, path } = operation;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encoded(parts.path[name] ?? ''));
  const query = Object.entries(parts.query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return {
    method: method.toUpperCase(),
    path: query.length === 0 ? filled : `${filled}?${query.join('&')}`,
    headers: { ...(key !== null && { 'x-api-key': key }), ...parts.header, ...typeOf(operation) },
    body: bodyOf(operation, parts.body),
  };
}

/** Half of a surrogate pair has no form in an address. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const boundary = 'a-boundary-of-the-test';

function typeOf({ body }: DocumentedOperation): Record<string, string> {
  if (!body) return {};
  return {
    'content-type': body.type === 'multipart/form-data' ? `${body.type}; boundary=${boundary}` : body.type,
  };
}

function bodyOf({ body: told }: DocumentedOperation, body: unknown): string | Buffer | null {
  if (!told || body === undefined) return null;
  return Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

/** Bytes for operations that take no JSON: records, in a form where one is asked for. */
export function bytesFor(type: string, text = 'word\na\n'): Buffer {
  if (type !== 'multipart/form-data') return Buffer.from(text);
  const head = 'content-disposition: form-data; name="file"; filename="a.csv"\r\ncontent-type: text/csv';
  return Buffer.from(`--${boundary}\r\n${head}\r\n\r\n${text}\r\n--${boundary}--\r\n`);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Where a name of an operation stands. */
export function placeOf({ document, path }: DocumentedOperation, where: Place['in'], name: string): Place {
  return { document, path, in: where, name };
}

/** The least that an operation takes, with everything that names something. */
export function leastParts(operation: DocumentedOperation, ids: Ids, document: Schema): Parts {
  const valuesIn = (where: 'path' | 'query' | 'header'): Record<string, string> =>
    Object.fromEntries(
      operation.parameters
        .filter((parameter) => parameter.in === where)
        .flatMap(({ name, required }) => {
          const place = placeOf(operation, where, name);
          const isSent = required || isAlwaysSent(place);
          return isSent ? [[name, asText(goodValues(place, ids)?.[0] ?? 'x')]] : [];
        }),
    );
  return { path: valuesIn('path'), query: valuesIn('query'), header: valuesIn('header'), body: leastBody() };

  function leastBody(): unknown {
    if (!operation.body) return undefined;
    const { type, schema } = operation.body;
    if (type !== 'application/json') return bytesFor(type);
    return goodBodies(operation.id, ids)?.[0] ?? leastOf(schema, '');
  }

  function leastOf(reference: Schema, name: string): unknown {
    const schema = resolved(reference, document);
    const good = name === '' ? null : goodValues(placeOf(operation, 'body', name), ids);
    if (good) return good[0];
    if ('const' in schema) return schema['const'];
    if (Array.isArray(schema['enum'])) return schema['enum'][0];
    const one = (schema['anyOf'] ?? schema['oneOf'])?.[0];
    if (one) return leastOf(one, '');
    if (schema['type'] === 'object') return leastObject(schema);
    return { array: [], string: 'x', integer: 1, number: 1, boolean: true }[schema['type'] as string] ?? null;
  }

  function leastObject({ properties = {}, required = [] }: Schema): unknown {
    const sent = Object.entries<Schema>(properties).filter(
      ([name]) => required.includes(name) || isAlwaysSent(placeOf(operation, 'body', name)),
    );
    return Object.fromEntries(sent.map(([name, schema]) => [name, leastOf(schema, name)]));
  }
}
