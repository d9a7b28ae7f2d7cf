import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { authenticate } from './authenticate';
import { maxunErrors } from './dialects/maxun/errors';
import { maxunRoutes } from './dialects/maxun/routes';
import type { ApiDeps } from './deps';
import { healthRoutes } from './health';
import { HttpProblem } from './http-problem';
import { readFileBody } from './read-file-body';
import { requestId } from './request-id';
import { toProblem } from './to-problem';

const largestBody = 1024 * 1024;

/** The API, not listening yet. */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(requestId);
  app.use(healthRoutes(deps));
  app.use('/api', authenticate(deps.dataSource), refuseNul);
  app.post('/api/files', readFileBody);
  // Whatever the content type says: curl's -d without a header is JSON here as well.
  app.use(express.json({ limit: largestBody, type: () => true, reviver: refuseHarm }));
  app.use('/api', maxunRoutes(deps));
  app.use((request) => {
    throw new HttpProblem('NOT_FOUND', `There is no ${request.method} ${request.path}`);
  });
  app.use(handleErrors(deps));
  return app;
}

/** A key that would become an object's prototype when somebody copies it, and text that Postgres cannot hold. */
function refuseHarm(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('"__proto__" is not allowed as a key');
  for (const text of [key, value]) {
    if (typeof text !== 'string' || (text.isWellFormed() && !text.includes('\0'))) continue;
    throw new SyntaxError('a text holds U+0000 or half of a surrogate pair');
  }
  return value;
}

/** The same for the address. */
const refuseNul: RequestHandler = (request, _response, next) => {
  if (/%00/.test(request.url)) throw new HttpProblem('INVALID_INPUT', 'The address holds U+0000');
  next();
};

function handleErrors({ logger }: ApiDeps): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = toProblem(error);
    const about = { err: error, method: request.method, path: request.path };
    if (!problem) logger.error(about, 'a request broke');
    else if (problem.code === 'UNAVAILABLE') logger.warn(about, 'the ledger does not answer');
    // Half an answer cannot be taken back: Express cuts it off.
    if (response.headersSent) return next(error);
    maxunErrors(problem ?? new HttpProblem('INTERNAL', 'Something broke on our side'), request, response);
  };
}
