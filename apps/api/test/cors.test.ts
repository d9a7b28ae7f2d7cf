import { readSettings } from '@runnel/runtime';
import { key, startTestApi, type TestApi } from './test-api';

const origin = 'https://app.example';
let api: TestApi;
let closed: TestApi;

beforeAll(async () => {
  api = await startTestApi({ corsOrigins: [origin, 'http://localhost:5173'] });
  closed = await startTestApi({ databaseUrl: api.databaseUrl });
});

afterAll(async () => {
  await closed.close();
  await api.close();
});

const preflight = (at: TestApi, from: string, path = '/api/robots') =>
  fetch(`${at.url}${path}`, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-api-key,content-type',
    },
  });
const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

test.each(['/api/robots', '/v1/schedules', '/runs', '/api/v2/platform/spaces/', '/api/sdk/robots'])(
  'a page of an origin that is named may ask before it calls %s, without a key',
  async (path) => {
    const response = await preflight(api, origin, path);
    expect([response.status, allowed(response)]).toEqual([204, origin]);
    expect(response.headers.get('access-control-allow-headers')).toBe('x-api-key,content-type');
    expect(response.headers.get('access-control-allow-methods')).toBe('GET,HEAD,POST,PUT,DELETE');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  },
);

test('it reads the answer, and the headers that clients need', async () => {
  const response = await fetch(`${api.url}/api/robots`, { headers: { origin, 'x-api-key': key } });
  expect([response.status, allowed(response)]).toEqual([200, origin]);
  expect(response.headers.get('vary')).toContain('Origin');
  const exposed = (response.headers.get('access-control-expose-headers') ?? '').toLowerCase().split(',');
  for (const name of ['ratelimit', 'retry-after', 'etag', 'location', 'x-request-id'])
    expect(exposed).toContain(name);
});

test('it reads why it was refused as well', async () => {
  const response = await fetch(`${api.url}/api/robots`, { headers: { origin } });
  expect([response.status, allowed(response)]).toEqual([401, origin]);
});

test.each(['https://app.example.evil.example', 'http://app.example', 'null', 'https://APP.example:8443'])(
  'a page of %s may not',
  async (from) => {
    expect(allowed(await preflight(api, from))).toBeNull();
    expect(allowed(await fetch(`${api.url}/api/robots`, { headers: { origin: from } }))).toBeNull();
  },
);

test('where no origin is named, no page of another origin may call', async () => {
  const response = await preflight(closed, origin);
  expect([response.status, allowed(response)]).toEqual([401, null]);
});

test('the setting takes origins, and says what is none', () => {
  const read = (text: string) => readSettings({ RUNNEL_CORS_ORIGINS: text }).RUNNEL_CORS_ORIGINS;
  expect(read('https://app.example, http://localhost:5173')).toEqual([
    'https://app.example',
    'http://localhost:5173',
  ]);
  expect(read('')).toEqual([]);
  for (const wrong of [
    '*',
    'null',
    'app.example',
    'https://app.example/',
    'https://app.example/x',
    'ftp://x',
  ])
    expect(() => read(wrong)).toThrow(/RUNNEL_CORS_ORIGINS .* must be origins like/);
});
