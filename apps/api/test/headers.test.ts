import { startTestApi, type TestApi } from './test-api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(async () => {
  await api.close();
});

const safe = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

test.each([
  ['an answer', '/api/robots', 200],
  ['a refusal', '/v1/nothing', 404],
  ['a path of nobody', '/nothing', 404],
  ['a path that is no address', '/api/robots/%E0%A4%A', 404],
  ['health', '/health/live', 200],
  ['a document', '/openapi/maxun.json', 200],
])('%s is nothing for a browser to run, frame or embed', async (_what, path, status) => {
  const { headers, ...answer } = await api.client.get(path);
  expect([answer.status, Object.fromEntries(headers)]).toMatchObject([status, safe]);
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('strict-transport-security')).toBeNull();
});

test('the page of the documents has a policy of its own, and all the rest', async () => {
  const { headers } = await api.client.get('/docs');
  const rest = { ...safe, 'content-security-policy': expect.stringContaining("base-uri 'none'") };
  expect(Object.fromEntries(headers)).toMatchObject(rest);
});

test('where the API is called by https, browsers are told to call it by nothing else', async () => {
  const secure = await startTestApi({ publicUrl: 'https://runnel.example' });
  const { headers } = await secure.client.get('/health/live');
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
  await secure.close();
});
