import { closedObject } from '@runnel/contracts';
import type { Express, RequestHandler } from 'express';
import { spaceOf } from './authenticate';
import { baseOf } from './base-url';
import type { ApiDeps } from './deps';
import type { Dialect } from './dialect';
import { HttpProblem } from './http-problem';
import type { Operation } from './operation';
import { read } from './read-input';
import { readJson } from './read-json';

const noQuery = closedObject({});

/** Serves the operations of a dialect at each place where its paths begin. */
export function serveDialect(
  app: Express,
  { mounts, operations }: Dialect,
  { gate, deps }: { gate: RequestHandler; deps: ApiDeps },
): void {
  for (const operation of operations) {
    const { method, path, isPublic, reader } = operation;
    const gates = isPublic ? [refuseNul] : [gate, refuseNul];
    const handlers = [...gates, reader ?? readJson, serve(operation, deps)];
    for (const mount of mounts) app[method](`${mount}${asExpress(path)}`, ...handlers);
  }
}

function serve(operation: Operation, deps: ApiDeps): RequestHandler {
  const { query, body, answers } = operation;
  return async (request, response) => {
    const asked = {
      spaceId: operation.isPublic ? '' : spaceOf(response),
      params: request.params,
      query: read(query ?? noQuery, request.query, 'query'),
      body: body && read(body, request.body ?? {}, 'body'),
      base: baseOf(request, deps),
      request,
      response,
    };
    const answer = await operation.serve(asked);
    if (answer === null) return;
    const shown = answers[answer.status]?.parse(answer.body);
    response.status(answer.status);
    if (shown === undefined) response.end();
    else response.json(shown);
  };
}

/** `/robots/{id}` as `/robots/:id`. */
function asExpress(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** Postgres cannot hold it. */
const refuseNul: RequestHandler = (request, _response, next) => {
  if (/%00/.test(request.url)) throw new HttpProblem('INVALID_INPUT', 'The address holds U+0000');
  next();
};
