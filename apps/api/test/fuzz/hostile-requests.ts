import fc, { type Arbitrary } from 'fast-check';
import type { DocumentedOperation, Schema } from '../openapi/documented-operation';
import type { Ids } from '../openapi/nouns';
import { assembled, leastParts } from '../openapi/requests';
import { hostileBodies } from './hostile-bodies';
import { hostileForms } from './hostile-forms';
import { hostileHeaders, hostileTargets } from './hostile-heads';
import type { RawRequest } from './raw-request';

/** A request that the operation serves, byte for byte. */
export function goodRequest(
  operation: DocumentedOperation,
  ids: Ids,
  { document, key }: { document: Schema; key: string | null },
): RawRequest {
  const { method, path, headers, body } = assembled(operation, leastParts(operation, ids, document), key);
  return {
    method,
    target: path,
    headers: Object.entries(headers),
    body: typeof body === 'string' ? Buffer.from(body) : body,
  };
}

/** One part of a good request made hostile; sometimes a second. */
export function hostileRequests(operation: DocumentedOperation, good: RawRequest): Arbitrary<RawRequest> {
  const once = (request: RawRequest): Arbitrary<RawRequest> =>
    fc.oneof(
      hostileTargets(request),
      hostileHeaders(request),
      { weight: operation.body ? 3 : 1, arbitrary: hostileBodies(request) },
      ...(operation.body?.type === 'multipart/form-data'
        ? [{ weight: 4, arbitrary: hostileForms(request) }]
        : []),
    );
  return once(good).chain((one) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(one) }, { weight: 1, arbitrary: once(one) }),
  );
}
