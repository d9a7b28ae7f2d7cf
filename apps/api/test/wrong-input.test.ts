import { aDocument, type TestClient } from '@runnel/testing';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let client: TestClient;

beforeAll(async () => {
  api = await startTestApi();
  ({ client } = api);
});

afterAll(async () => {
  await api.close();
});

const aRobot = (parts?: Body) => api.aRobot(parts);

describe('wrong input', () => {
  const unknown = '01890000-0000-7000-8000-000000000000';

  test.each([
    ['GET', `/api/robots/${unknown}`],
    ['GET', '/api/robots/not-an-id'],
    ['GET', `/api/robots/${unknown}/runs`],
    ['GET', `/api/robots/${unknown}/runs/${unknown}`],
    ['GET', `/api/robots/x'--/runs/y`],
    ['POST', `/api/robots/${unknown}/runs`],
    ['POST', '/api/robots/x/runs'],
    ['DELETE', `/api/robots/${unknown}`],
    ['GET', '/api/nothing'],
    ['GET', '/nothing'],
    ['GET', '/openapi/nothing.json'],
  ])('%s %s is not found', async (method, path) => {
    const { status, body } = await client.send<Body>(method, path);
    expect([status, body.statusCode, body.messageCode, body.code]).toEqual([
      404,
      404,
      'not_found',
      'NOT_FOUND',
    ]);
    expect(body.message.length).toBeGreaterThan(10);
  });

  test.each([
    ['not JSON', '{"name":', 'BODY_NOT_JSON'],
    ['no object', '"text"', 'INVALID_INPUT'],
    ['a list', '[]', 'INVALID_INPUT'],
    ['a prototype', '{"name":"x","definition":{"__proto__":{}}}', 'BODY_NOT_JSON'],
    ['NUL in it', '{"name":"a\\u0000b","definition":{}}', 'BODY_NOT_JSON'],
    ['half of a surrogate pair', '{"name":"a\\ud800","definition":{}}', 'BODY_NOT_JSON'],
    ['an unknown field', '{"nmae":"x","definition":{}}', 'INVALID_INPUT'],
    ['empty', '', 'INVALID_INPUT'],
  ])('a body that is %s is told', async (_what, body, code) => {
    const answer = await client.send<Body>('POST', '/api/robots', { body });
    expect([answer.status, answer.body.messageCode, answer.body.code]).toEqual([400, 'bad_request', code]);
  });

  test('a definition with five different faults gets all five told', async () => {
    const definition = {
      titl: 'x',
      steps: [
        { type: 'navigat' },
        { type: 'extract', fields: { a: 'b[' } },
        { type: 'click' },
        { type: 'extractList', item: 'li', fields: { a: { selector: 'b', type: 'int' } } },
      ],
    };
    const { status, body } = await client.post<Body>('/api/robots', { name: 'x', definition });
    expect(status).toBe(400);
    expect(body.faults.map((fault: Body) => fault.path)).toEqual(
      expect.arrayContaining([
        'titl',
        'steps[0].type',
        'steps[1].fields.a',
        'steps[2].selectors',
        'steps[3].fields.a.type',
      ]),
    );
    expect(body.faults.find((fault: Body) => fault.path === 'steps[0].type').didYouMean).toBe('navigate');
  });

  test.each([
    ['inputs of another type', { inputs: { word: 5 } }, 'inputs.word'],
    ['no input', {}, 'inputs.word'],
    ['an unknown input', { inputs: { word: 'x', wrod: 'y' } }, 'inputs.wrod'],
    ['an unknown field', { wait: 5 }, 'wait'],
    ['an address that is none', { originUrl: 'example' }, 'originUrl'],
    ['too many attempts', { maxAttempts: 1000 }, 'maxAttempts'],
  ])('a start with %s is told', async (_what, body, path) => {
    const robotId = await aRobot({ inputs: [{ name: 'word', required: true }] });
    const answer = await client.post<Body>(`/api/robots/${robotId}/runs`, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
    expect(answer.body.faults.map((fault: Body) => fault.path)).toContain(path);
    expect((await client.get<Body>(`/api/robots/${robotId}/runs`)).body.runs.totalCount).toBe(0);
  });

  test('a start elsewhere of a robot that cannot be is told, not dropped', async () => {
    const steps = [
      { type: 'navigate', url: '{{page}}' },
      { type: 'extract', fields: { h: 'h1' } },
    ];
    const robotId = await aRobot({ steps, inputs: [{ name: 'page', default: 'http://127.0.0.1:9/' }] });
    const answer = await client.post<Body>(`/api/robots/${robotId}/runs`, {
      originUrl: 'http://127.0.0.1:8/',
    });
    expect([answer.status, answer.body.faults[0].path]).toEqual([400, 'inputs.originUrl']);
  });

  test('an input may have the name of anything', async () => {
    const inputs = [{ name: 'constructor', type: 'number' }, { name: 'toString' }];
    const robotId = await aRobot({ inputs });
    expect((await client.post(`/api/robots/${robotId}/runs`)).status).toBe(200);
    expect((await client.post(`/api/robots/${robotId}/runs`, { inputs: { constructor: 1 } })).status).toBe(
      200,
    );
  });

  test('a replacement does not take a stage: it is a draft', async () => {
    const body = JSON.stringify({ definition: aDocument(), stage: 'published' });
    const answer = await client.send<Body>('PUT', `/api/robots/${await aRobot()}`, { body });
    expect([answer.status, answer.body.faults[0].path]).toEqual([400, 'stage']);
  });

  test('a body that is not what its headers say is told', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const answer = await client.send<Body>('POST', '/api/robots', { body: '{}', headers });
    expect([answer.status, answer.body.code]).toEqual([400, 'BODY_NOT_JSON']);
  });

  test.each([{ locale: 'not a locale' }, { headers: { 'x-a': 'ü' } }, { timezone: 'Mars' }])(
    'options that no browser takes are told: %j',
    async (options) => {
      const { status, body } = await client.post<Body>('/api/robots', aDocument({ options }));
      expect([status, body.faults[0].path]).toEqual([
        400,
        expect.stringContaining(`options.${Object.keys(options)[0]}`),
      ]);
    },
  );

  test('inputs may be a list of names and values', async () => {
    const robotId = await aRobot({ inputs: [{ name: 'word', required: true }] });
    expect(
      (await client.post(`/api/robots/${robotId}/runs`, { inputs: [{ name: 'word', value: 'x' }] })).status,
    ).toBe(200);
  });

  test.each(['limit=0', 'limit=501', 'limit=x', 'cursor=x', 'status=done', 'from=yesterday', 'nothing=1'])(
    'a list asked with %s is told',
    async (query) => {
      const { status, body } = await client.get<Body>(`/api/robots/${await aRobot()}/runs?${query}`);
      expect([status, body.faults[0].path.replace(/\[.*/, '')]).toEqual([400, query.split('=')[0]]);
    },
  );

  test.each(['/api/robots/%00', '/api/robots?search=%00'])('%s is told', async (path) => {
    const { status, body } = await client.get<Body>(path);
    expect([status, body.code]).toEqual([400, 'INVALID_INPUT']);
  });

  test('a wait that is no number, or too long, is told', async () => {
    const robotId = await aRobot();
    for (const wait of ['x', '-1', '301', '1.5']) {
      const { status, body } = await client.post<Body>(`/api/robots/${robotId}/runs?wait=${wait}`);
      expect([status, body.faults[0].path]).toEqual([400, 'wait']);
    }
    expect((await client.get<Body>(`/api/robots/${robotId}/runs`)).body.runs.totalCount).toBe(0);
  });

  test('a body over a mebibyte is too large', async () => {
    const { status, body } = await client.post<Body>('/api/robots', { name: 'x'.repeat(1024 * 1024) });
    expect([status, body.code, body.messageCode]).toEqual([413, 'BODY_TOO_LARGE', 'payload_too_large']);
  });

  test('no answer shows where the program lies', async () => {
    const { body } = await client.send<Body>('POST', '/api/robots', { body: '{' });
    expect(JSON.stringify(body)).not.toMatch(/node_modules|\/src\/|dist\/main|at \w+ \(/);
  });

  test('the request id of the client comes back', async () => {
    const { headers, body } = await client.get<Body>('/api/robots/x', { 'x-request-id': 'abc-1' });
    expect([headers.get('x-request-id'), body.requestId]).toEqual(['abc-1', 'abc-1']);
  });
});
