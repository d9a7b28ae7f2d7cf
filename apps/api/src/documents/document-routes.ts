import { dirname } from 'node:path';
import express, { Router, type RequestHandler } from 'express';
import { baseOf } from '../base-url';
import type { ApiDeps } from '../deps';
import { documentNames, type Dialect, type DocumentName } from '../dialect';
import { HttpProblem } from '../http-problem';
import { docsPage, docsScript } from './docs-page';
import { llmsText } from './llms-text';
import { openApiOf } from './openapi';
import { titles } from './titles';

/** What tells programs and people of the API. None of it needs a key. */
export function documentRoutes(dialects: Dialect[], deps: ApiDeps): Router {
  const router = Router();
  router.get('/openapi.json', (request, response) => {
    const base = baseOf(request, deps);
    const documents = documentNames.map((name) => ({
      name,
      title: titles[name].title,
      description: titles[name].description,
      url: `${base}/openapi/${name}.json`,
    }));
    response.json({ documents, docs: `${base}/docs`, llms: `${base}/llms.txt` });
  });
  router.get('/openapi/:name.json', (request, response) => {
    const name = documentName(request.params.name);
    response.json(openApiOf(dialects, name, baseOf(request, deps)));
  });
  router.get('/llms.txt', (request, response) => {
    const base = baseOf(request, deps);
    response.type('text/plain').send(llmsText(dialects, base));
  });
  router.get('/docs', page);
  router.get(
    '/docs/start.js',
    (_request, response) => void response.type('text/javascript').send(docsScript()),
  );
  router.use('/docs', express.static(assets(), { index: false, redirect: false }));
  return router;
}

/** Nothing of it comes from elsewhere, and nothing else may. */
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

const page: RequestHandler = (_request, response) => {
  response.setHeader('content-security-policy', policy);
  response.type('html').send(docsPage);
};

function assets(): string {
  return dirname(require.resolve('swagger-ui-dist/package.json'));
}

function documentName(name: string): DocumentName {
  const found = documentNames.find((known) => known === name);
  if (found) return found;
  throw new HttpProblem(
    'NOT_FOUND',
    `There is no document "${name}"; there are: ${documentNames.join(', ')}`,
  );
}
