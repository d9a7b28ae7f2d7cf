import type { Request, RequestHandler } from 'express';
import { keyFrom } from './credential';
import type { Operation } from './operation';

/** What stands before operations. */
export interface Gates {
  /** For who needs no key. */
  open: RequestHandler;
  /** Lets through whose key is known, and says what it opens. */
  keyed: RequestHandler;
}

/** Which of them a request of an operation goes through. */
export function gatesOf({ isPublic, signed }: Operation, { open, keyed }: Gates): RequestHandler[] {
  if (isPublic) return [open];
  if (!signed) return [keyed];
  return [
    (request, response, next) => (isSigned(request) ? open : keyed)(request, response, next),
    async (request, response, next) => {
      if (isSigned(request)) response.locals['key'] = await signed(request);
      next();
    },
  ];
}

/** A key opens more, and for longer. */
function isSigned({ headers, query }: Request): boolean {
  return query['signature'] !== undefined && keyFrom(headers) === null;
}
