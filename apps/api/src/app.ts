import express, { type ErrorRequestHandler, type Express } from 'express';
import { authenticate } from './authenticate';
import { crossOrigin } from './cross-origin';
import { createDialects, dialectOf } from './dialects';
import type { ApiDeps } from './deps';
import { documentPaths, documentRoutes } from './documents/document-routes';
import { healthRoutes } from './health';
import { HttpProblem } from './http-problem';
import { linksOfSpaces } from './links-of-spaces';
import { requestId, requestIdOf } from './request-id';
import { securityHeaders } from './security-headers';
import { serveDialect } from './serve-dialect';
import { toProblem } from './to-problem';

/** The API, not listening yet. */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  const { limits } = deps;
  app.disable('x-powered-by');
  app.set('trust proxy', deps.trustProxy);
  app.use(requestId, securityHeaders(deps.publicUrl));
  if (deps.corsOrigins.length > 0) app.use(crossOrigin(deps.corsOrigins));
  app.use(healthRoutes(deps));
  const dialects = createDialects(deps);
  app.use(documentPaths, limits.open);
  app.use(documentRoutes(dialects, deps));
  const gates = { open: limits.open, keyed: limits.around(authenticate(deps)) };
  const serving = { gates, deps, linksOf: linksOfSpaces(deps.dataSource) };
  for (const dialect of dialects) serveDialect(app, dialect, serving);
  // Who has no key is not told which routes there are.
  app.use((request, response, next) => {
    if (dialects.some(({ owns }) => owns(request.path))) return gates.keyed(request, response, next);
    return gates.open(request, response, next);
  });
  app.use((request) => {
    throw new HttpProblem(
      'NOT_FOUND',
      `There is no ${request.method} ${request.path}; GET /docs shows what there is`,
    );
  });
  app.use(handleErrors(deps, dialects));
  return app;
}

function handleErrors({ logger }: ApiDeps, dialects: ReturnType<typeof createDialects>): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const known = toProblem(error);
    const about = { err: error, method: request.method, path: request.path };
    if (!known) logger.error(about, 'a request broke');
    else if (known.code === 'UNAVAILABLE') logger.warn(about, 'the ledger does not answer');
    // Half an answer cannot be taken back: Express cuts it off.
    if (response.headersSent) return next(error);
    const problem = known ?? new HttpProblem('INTERNAL', 'Something broke on our side');
    const { schema, present } = dialectOf(dialects, request.path).problem;
    const { status, body } = present(problem, { request, requestId: requestIdOf(response) });
    if (problem.retryAfterSeconds !== null) response.setHeader('retry-after', problem.retryAfterSeconds);
    response.status(status).json(schema.parse(body));
  };
}
