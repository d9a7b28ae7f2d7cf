import { dirname } from 'node:path';
import { Router, type RequestHandler } from 'express';
import { baseOf } from '../base-url';
import type { ApiDeps } from '../deps';
import { documentNames, type Dialect } from '../dialect';
import { HttpProblem } from '../http-problem';
import { docsPage, docsScript } from './docs-page';
import { llmsText } from './llms-text';
import { openApiOf } from './openapi';
import { titles } from './titles';

/** Where the documents begin. */
export const documentPaths = ['/openapi.json', '/openapi', '/llms.txt', '/docs'];

/** What tells programs and people of the API. None of it needs a key, so all of it is made once. */
export function documentRoutes(dialects: Dialect[], deps: ApiDeps): Router {
  const router = Router();
  const documents = new Map<string, object>(documentNames.map((name) => [name, openApiOf(dialects, name)]));
  router.get('/openapi.json', (request, response) => void response.json(indexOf(baseOf(request, deps))));
  router.get('/openapi/:name.json', (request, response) => {
    const document = documents.get(request.params.name) ?? noDocument(request.params.name);
    response.json({ ...document, servers: [{ url: baseOf(request, deps) }] });
  });
  router.get('/llms.txt', (request, response) => {
    response.type('text/plain').send(llmsText(dialects, baseOf(request, deps)));
  });
  router.get('/docs', page);
  router.get(
    '/docs/start.js',
    (_request, response) => void response.type('text/javascript').send(docsScript()),
  );
  const root = dirname(require.resolve('swagger-ui-dist/package.json'));
  for (const name of assets) {
    router.get(`/docs/${name}`, (_request, response) => response.sendFile(name, { root }));
  }
  return router;
}

/** What the page names, and nothing else of the package. */
const assets = [
  'favicon-32x32.png',
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
];

function indexOf(base: string) {
  const documents = documentNames.map((name) => ({
    name,
    ...titles[name],
    url: `${base}/openapi/${name}.json`,
  }));
  return { documents, docs: `${base}/docs`, llms: `${base}/llms.txt` };
}

/** Nothing of it comes from elsewhere, and nothing else may. */
const policy = [
  ...["default-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:"],
  ...["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "object-src 'none'"],
].join('; ');

const page: RequestHandler = (_request, response) => {
  response.setHeader('content-security-policy', policy);
  response.type('html').send(docsPage);
};

function noDocument(name: string): never {
  throw new HttpProblem(
    'NOT_FOUND',
    `There is no document "${name}"; there are: ${documentNames.join(', ')}`,
  );
}
