import { closedObject } from '@runnel/contracts';
import type { Express, RequestHandler } from 'express';
import { keyOf } from './authenticate';
import { baseOf } from './base-url';
import { checkRobot, checkScope } from './check-rights';
import type { ApiDeps } from './deps';
import type { Dialect } from './dialect';
import { gatesOf, type Gates } from './gates-of';
import { HttpProblem } from './http-problem';
import type { LinksOf } from './links-of-spaces';
import type { AskingKey, Operation } from './operation';
import { read } from './read-input';
import { readJson } from './read-json';

const noQuery = closedObject({});

/** Who asks where no key is asked for. */
const nobody: AskingKey = {
  ...{ id: '', name: '', spaceId: '', scopes: [], robotId: null, domains: null, dailyTasks: null },
};

interface Serving {
  gates: Gates;
  deps: ApiDeps;
  linksOf: LinksOf;
}

/** Serves the operations of a dialect at each place where its paths begin. */
export function serveDialect(app: Express, { mounts, operations }: Dialect, serving: Serving): void {
  for (const operation of operations) {
    const { method, path, isPublic, reader } = operation;
    const rights = isPublic ? [] : [checkScope(operation)];
    const handlers = [
      ...gatesOf(operation, serving.gates),
      ...rights,
      refuseNul,
      reader ?? readJson,
      serve(operation, serving),
    ];
    for (const mount of mounts) app[method](`${mount}${asExpress(path)}`, ...handlers);
  }
}

function serve(operation: Operation, { deps, linksOf }: Pick<Serving, 'deps' | 'linksOf'>): RequestHandler {
  const { query, body, answers } = operation;
  return async (request, response) => {
    const key = operation.isPublic ? nobody : keyOf(response);
    const base = baseOf(request, deps);
    const asked = {
      spaceId: key.spaceId,
      key,
      params: request.params,
      query: read(query ?? noQuery, request.query, 'query'),
      body: body && read(body, request.body ?? {}, 'body'),
      base,
      links: await linksOf(key.spaceId, base),
      request,
      response,
    };
    await checkRobot(operation, key, asked);
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
