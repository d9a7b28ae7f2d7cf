import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

/** Each request has an id, its sender's if it is a plain one; every answer names it. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id') ?? '';
  const id = /^[\w.-]{1,100}$/.test(given) ? given : randomUUID();
  response.locals['requestId'] = id;
  response.setHeader('x-request-id', id);
  next();
};

export function requestIdOf(response: Response): string {
  return response.locals['requestId'] as string;
}
