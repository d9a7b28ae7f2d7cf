import type { Express } from 'express';
import { AnswerCheck } from './openapi/answer-check';
import {
  operationsIn,
  readDocuments,
  type DocumentedOperation,
  type Documents,
} from './openapi/documented-operation';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let documents: Documents;
let operations: DocumentedOperation[];

beforeAll(async () => {
  api = await startTestApi();
  documents = await readDocuments(api.url);
  operations = operationsIn(documents);
});

afterAll(async () => {
  await api.close();
});

const names = ['maxun', 'kognitos', 'unpod', 'runtype'] as const;

/** Every object in a document, and the steps that lead there. */
function partsOf(value: unknown, steps: string[] = []): { part: Body; steps: string[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, each]) => partsOf(each, [...steps, name]));
  return Array.isArray(value) ? inner : [{ part: value, steps }, ...inner];
}

/** Of OpenAPI 3.1, what a document of ours has. */
const described = {
  type: 'object',
  properties: { description: { type: 'string' } },
  required: ['description'],
};
const media = {
  type: 'object',
  minProperties: 1,
  additionalProperties: { type: 'object', properties: { schema: { type: 'object' } }, required: ['schema'] },
};
const parameter = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1 },
    in: { enum: ['path', 'query', 'header'] },
    required: { type: 'boolean' },
    description: { type: 'string' },
    schema: { type: 'object' },
  },
  required: ['name', 'in', 'schema'],
  additionalProperties: false,
  if: { properties: { in: { const: 'path' } } },
  then: { properties: { required: { const: true } }, required: ['required'] },
};
const operation = {
  type: 'object',
  properties: {
    operationId: { type: 'string', pattern: '^[a-zA-Z]\\w*$' },
    tags: { type: 'array', items: { type: 'string', minLength: 1 } },
    summary: { type: 'string', minLength: 1 },
    description: { type: 'string' },
    security: { type: 'array', maxItems: 0 },
    'x-required-scope': { type: 'string', minLength: 1 },
    parameters: { type: 'array', items: parameter },
    requestBody: {
      type: 'object',
      properties: { required: { type: 'boolean' }, content: media },
      required: ['content'],
      additionalProperties: false,
    },
    responses: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^(?:[1-5]\\d\\d|default)$' },
      additionalProperties: { ...described, properties: { ...described.properties, content: media } },
    },
  },
  required: ['operationId', 'responses'],
  additionalProperties: false,
};
const openApi = {
  type: 'object',
  properties: {
    openapi: { const: '3.1.0' },
    info: {
      type: 'object',
      properties: { title: { type: 'string' }, version: { type: 'string' } },
      required: ['title', 'version'],
    },
    servers: { type: 'array', items: { type: 'object', required: ['url'] } },
    security: { type: 'array', items: { type: 'object', additionalProperties: { type: 'array' } } },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'post', 'put', 'delete'] },
        additionalProperties: operation,
      },
    },
    components: {
      type: 'object',
      properties: { schemas: {}, securitySchemes: {} },
      additionalProperties: false,
    },
  },
  required: ['openapi', 'info', 'paths'],
  additionalProperties: false,
};

describe.each(names)('the document of %s', (name) => {
  test('is of OpenAPI 3.1', () => {
    expect(new AnswerCheck(documents).faultsBy(openApi, documents[name])).toBeNull();
  });

  test('has no schema that cannot be used, and no reference that leads nowhere', () => {
    const check = new AnswerCheck(documents);
    const schemas = partsOf(documents[name]).filter(({ steps }) => isSchemaAt(steps));
    expect(schemas.length).toBeGreaterThan(10);
    for (const { steps } of schemas) expect(() => check.schemaAt(name, steps)).not.toThrow();
    const text = JSON.stringify(documents[name]);
    for (const [, place = ''] of text.matchAll(/"\$ref":"([^"]*)"/g)) {
      expect(place).toMatch(/^#\/components\/schemas\/\w+$/);
      expect(Object.keys(documents[name]['components'].schemas)).toContain(place.split('/').at(-1));
    }
  });

  test('names each operation once', () => {
    const ids = operations.filter(({ document }) => document === name).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('tells every word in braces of every path, and no other', () => {
    for (const { document, path, parameters } of operations) {
      if (document !== name) continue;
      const inPath = parameters.filter((each) => each.in === 'path').map((each) => each.name);
      expect([path, inPath.sort()]).toEqual([
        path,
        [...path.matchAll(/\{(\w+)\}/g)].map(([, word]) => word).sort(),
      ]);
    }
  });

  test('tells each parameter once, and every way to send a key', () => {
    const { securitySchemes } = documents[name]['components'];
    for (const scheme of documents[name]['security'])
      expect(securitySchemes).toHaveProperty(Object.keys(scheme));
    for (const { document, path, parameters } of operations) {
      if (document !== name) continue;
      const places = parameters.map((each) => `${each.in} ${each.name}`);
      expect([path, new Set(places).size]).toEqual([path, places.length]);
    }
  });

  test('says where the API is that served it', () => {
    expect(documents[name]['servers']).toEqual([{ url: api.url }]);
  });
});

/** True where a schema stands: of a component, a parameter, a body, or an answer. */
function isSchemaAt(steps: string[]): boolean {
  if (steps[0] === 'components') return steps.length === 3 && steps[1] === 'schemas';
  const end = steps.slice(3);
  return (
    end.at(-1) === 'schema' &&
    (end.length === 3 ? end[0] === 'parameters' : /^(?:responses|requestBody)$/.test(end[0] ?? ''))
  );
}

/** What is served without being told: it tells of the API itself. */
const untold = [
  ...['get /health/live', 'get /health/ready', 'get /openapi.json', 'get /openapi/{name}.json'],
  ...['get /llms.txt', 'get /docs', 'get /docs/start.js', 'get /docs/favicon-32x32.png'],
  ...[
    'get /docs/swagger-ui.css',
    'get /docs/swagger-ui-bundle.js',
    'get /docs/swagger-ui-standalone-preset.js',
  ],
];

/** Every method of every path that Express has, also of routers inside it. */
function routesOf({ stack }: Pick<Express['router'], 'stack'>): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (!route) return 'stack' in handle ? routesOf(handle as Express['router']) : [];
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    const methods = route.stack.map(({ method }) => `${method} ${path}`);
    return [...new Set(methods)];
  });
}

describe('the documents', () => {
  test('tell of every route that is served, and of no other', () => {
    const told = operations.map(({ method, path }) => `${method} ${path}`);
    expect([...told, ...untold].sort()).toEqual(routesOf(api.app.router).sort());
    expect(new Set(told).size).toBe(told.length);
  });

  test('are listed, with where to read them', async () => {
    const { status, body } = await api.client.get<Body>('/openapi.json');
    const urls = names.map((name) => `${api.url}/openapi/${name}.json`);
    expect([status, body['documents'].map(({ url }: Body) => url)]).toEqual([200, urls]);
    expect([body['docs'], body['llms']]).toEqual([`${api.url}/docs`, `${api.url}/llms.txt`]);
  });

  test.each([
    '/openapi/nothing.json',
    '/openapi/__proto__.json',
    '/openapi/constructor.json',
    '/openapi/..%2fx.json',
  ])('are none at %s', async (path) => {
    const { status, body } = await api.client.get<Body>(path);
    expect([status, body['code']]).toEqual([404, 'NOT_FOUND']);
  });

  test('need no key', async () => {
    for (const path of ['/openapi.json', '/openapi/maxun.json', '/docs', '/llms.txt']) {
      expect((await fetch(`${api.url}${path}`)).status).toBe(200);
    }
  });

  test('are told as text, operation by operation', async () => {
    const text = await (await fetch(`${api.url}/llms.txt`)).text();
    const first = operations.filter(({ id }) => !id.endsWith('_v2'));
    for (const { method, path } of first) expect(text).toContain(`\`${method.toUpperCase()} ${path}\``);
    for (const name of names) expect(text).toContain(`${api.url}/openapi/${name}.json`);
  });
});

describe('the page of the documents', () => {
  test('lets nothing in from elsewhere, and is shown in no frame', async () => {
    const response = await fetch(`${api.url}/docs`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src/);
    expect(await response.text()).not.toMatch(/(?:src|href)="(?!\/docs\/)/);
  });

  test('has all that it asks for', async () => {
    const page = await (await fetch(`${api.url}/docs`)).text();
    const wanted = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(wanted.length).toBeGreaterThan(3);
    for (const path of wanted) {
      const response = await fetch(`${api.url}${path}`);
      expect([path, response.status, (await response.arrayBuffer()).byteLength > 100]).toEqual([
        path,
        200,
        true,
      ]);
    }
  });

  test('offers each document', async () => {
    const script = await (await fetch(`${api.url}/docs/start.js`)).text();
    for (const name of names) expect(script).toContain(`"/openapi/${name}.json"`);
  });

  test.each(['/docs/nothing.js', '/docs/..%2fpackage.json', '/docs/%2e%2e/package.json'])(
    'has nothing at %s',
    async (path) => {
      expect((await fetch(`${api.url}${path}`)).status).toBe(404);
    },
  );
});
