import type { Started } from '@runnel/services';
import type { Request, Response } from 'express';
import { HttpProblem } from './http-problem';

const form = /^[\x21-\x7e]{1,255}$/;

/** The client's word for this request (draft-ietf-httpapi-idempotency-key-header), or null. @throws HttpProblem */
export function idempotencyKeyOf(request: Pick<Request, 'get'>): string | null {
  const key = request.get('idempotency-key');
  if (key === undefined) return null;
  if (form.test(key)) return key;
  const message = 'must be 1 to 255 visible ASCII characters, the same for each try of one start';
  throw new HttpProblem('INVALID_INPUT', 'A header is not right', [
    { path: 'Idempotency-Key', message, found: key.slice(0, 300) },
  ]);
}

/** Says of a run that an earlier start with the same key made it. */
export function tellReplayed(response: Response, { isReplayed }: Pick<Started, 'isReplayed'>): void {
  if (isReplayed) response.setHeader('idempotent-replayed', 'true');
}
