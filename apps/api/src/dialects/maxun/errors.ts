import type { Request, Response } from 'express';
import type { HttpProblem } from '../../http-problem';
import { requestIdOf } from '../../request-id';

const messageCodes: Record<number, string> = {
  400: 'bad_request',
  404: 'not_found',
  409: 'conflict',
  413: 'payload_too_large',
  422: 'unprocessable_entity',
  429: 'too_many_requests',
  500: 'error',
  503: 'service_unavailable',
};

/** A problem as the seed shapes it; `code`, `requestId` and the faults are beyond it. */
export function maxunErrors(problem: HttpProblem, request: Request, response: Response): void {
  const { status, code, message, faults, retryAfterSeconds } = problem;
  if (retryAfterSeconds !== null) response.setHeader('retry-after', retryAfterSeconds);
  const beyond = { code, requestId: requestIdOf(response), ...(faults.length > 0 && { faults }) };
  if (status === 401) {
    response.status(401).json({ ok: false, error: 'Unauthorized', message, ...beyond });
    return;
  }
  const told = status === 500 ? seedMessage(request) : message;
  response
    .status(status)
    .json({ statusCode: status, messageCode: messageCodes[status], message: told, ...beyond });
}

/** The seed has one sentence for each route that breaks. */
function seedMessage(request: Request): string {
  if (!/\/runs\b/.test(request.path)) return 'Failed to retrieve robots';
  return request.method === 'POST' ? 'Failed to run robot' : 'Failed to retrieve runs';
}
