import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@runnel/testing';
import { startTestApi, key, type Body, type TestApi, type TestApiOptions } from './test-api';

const opened: TestApi[] = [];

async function start(options: TestApiOptions): Promise<TestApi> {
  const api = await startTestApi(options);
  opened.push(api);
  return api;
}

/** Those that have the database of another one first. */
afterEach(async () => {
  for (const api of opened.splice(0).reverse()) await api.close();
});

const ask = (api: TestApi, path: string, headers: Record<string, string> = {}) =>
  fetch(`${api.url}${path}`, { headers });
let guesses = 0;
const guess = (api: TestApi, headers: Record<string, string> = {}) =>
  ask(api, '/api/robots', { 'x-api-key': `rk_guess-${(guesses += 1)}`, ...headers });
const withKey = (api: TestApi, path = '/api/robots') => ask(api, path, { 'x-api-key': key });

async function statuses(count: number, send: () => Promise<Response>): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < count; n += 1) found.push((await send()).status);
  return found;
}

test('a key may ask so often in a minute, and each answer says how often it still may', async () => {
  const api = await start({ rateLimit: 3 });
  const first = await withKey(api);
  expect(first.headers.get('ratelimit-policy')).toMatch(/^"key"; q=3; w=60;/);
  expect(first.headers.get('ratelimit')).toMatch(/^"key"; r=2; t=(?:60|59)$/);
  expect(await statuses(3, () => withKey(api))).toEqual([200, 200, 429]);
  const refused = await withKey(api);
  const seconds = Number(refused.headers.get('retry-after'));
  expect([seconds > 50, seconds <= 60]).toEqual([true, true]);
  expect(await refused.json()).toMatchObject({
    statusCode: 429,
    messageCode: 'too_many_requests',
    code: 'RATE_LIMITED',
    message: 'More than 3 requests a minute with this key; wait as `Retry-After` says',
  });
});

test.each([
  ['/api/sdk/robots', { error: expect.stringContaining('requests a minute') }],
  ['/v1/flows', { error: expect.stringContaining('requests a minute') }],
  ['/processes', { status_code: 429, message: expect.stringContaining('requests a minute') }],
  ['/api/v2/platform/spaces/x/runs/', { status_code: 429, message: expect.stringContaining('minute') }],
])('the refusal has the shape of its dialect at %s', async (path, body) => {
  const api = await start({ rateLimit: 1 });
  await withKey(api);
  const refused = await withKey(api, path);
  expect([refused.status, await refused.json()]).toMatchObject([429, { ...body, code: 'RATE_LIMITED' }]);
});

test('who has no key is counted by address; neither is who has one, nor the probes of health', async () => {
  const api = await start({ rateLimit: 2 });
  expect(await statuses(3, () => ask(api, '/api/robots'))).toEqual([401, 401, 429]);
  expect((await ask(api, '/docs')).status).toBe(429);
  expect((await ask(api, '/nothing')).status).toBe(429);
  expect(await statuses(3, () => ask(api, '/health/live'))).toEqual([200, 200, 200]);
  expect((await withKey(api)).status).toBe(200);
});

test('the documents are counted by address, whatever key comes with it', async () => {
  const api = await start({ rateLimit: 2 });
  expect(await statuses(3, () => withKey(api, '/openapi/maxun.json'))).toEqual([200, 200, 429]);
});

test('who guesses keys is refused long before the limit, and a key that is in use is not', async () => {
  const api = await start({ rateLimit: 100 });
  expect((await withKey(api)).status).toBe(200);
  const guessed = await statuses(62, () => guess(api));
  expect(guessed).toEqual([...Array.from({ length: 60 }, () => 401), 429, 429]);
  const refused = await guess(api);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
  expect((await refused.json())['message']).toContain('with keys that are not known');
  expect((await withKey(api)).status).toBe(200);
});

test('a key that nobody has used yet is served at an address that guesses; another address may guess still', async () => {
  const api = await start({ rateLimit: 100, trustProxy: 1 });
  const { body } = await api.client.post<Body>('/api/keys', { name: 'new', scopes: ['robots:read'] });
  const from = (address: string) => ({ 'x-forwarded-for': address });
  await statuses(60, () => guess(api, from('203.0.113.1')));
  expect((await guess(api, from('203.0.113.1'))).status).toBe(429);
  expect((await guess(api, { ...from('203.0.113.1'), 'x-api-key': body['key'] })).status).toBe(200);
  expect((await guess(api, from('203.0.113.2'))).status).toBe(401);
});

test('a key is served when its minute is over and others at its address guess on; and their minute ends too', async () => {
  const api = await start({ rateLimit: 100 });
  const endSoon = (name: string) =>
    api.beside.query(`UPDATE rate_counts SET until = now() + interval '2 s' WHERE name LIKE $1 || ':%'`, [
      name,
    ]);
  await withKey(api);
  await until(async () => (await hitsIn(api)) === 1);
  await endSoon('key');
  await withKey(api);
  await until(async () => (await hitsIn(api)) === 2);
  await statuses(60, () => guess(api));
  await sleep(2_500);
  expect((await guess(api)).status).toBe(429);
  expect((await withKey(api)).status).toBe(200);
  await endSoon('guess');
  await until(async () => (await guess(api)).status === 401);
});

test('who guesses keys has no statement for each: they are looked up together, one statement at a time', async () => {
  const api = await start({ rateLimit: 100 });
  await api.beside.query(`
    ALTER TABLE api_keys RENAME TO kept_keys;
    CREATE SEQUENCE looks;
    CREATE VIEW api_keys AS SELECT k.* FROM nextval('looks') n, pg_sleep(0.1) s, kept_keys k;`);
  const begun = Date.now();
  await Promise.all(Array.from({ length: 300 }, () => guess(api)));
  const [{ looks }] = await api.beside.query('SELECT last_value::int AS looks FROM looks');
  expect(looks).toBeLessThanOrEqual(1 + Math.ceil((Date.now() - begun) / 100));
});

test('an address is what the proxy before the API says, when there is one; of IPv6 its network', async () => {
  const api = await start({ rateLimit: 1, trustProxy: 1 });
  const from = (address: string) => ask(api, '/docs', { 'x-forwarded-for': address });
  expect((await from('203.0.113.1')).status).toBe(200);
  expect((await from('203.0.113.2')).status).toBe(200);
  expect((await from('6.6.6.6, 203.0.113.1')).status).toBe(429);
  expect((await from('2001:db8:1:2::1')).status).toBe(200);
  expect((await from('2001:db8:1:2:ffff::9')).status).toBe(429);
  expect((await from('2001:db8:1:3::1')).status).toBe(200);
});

test('without one, what a client says of its address counts for nothing', async () => {
  const api = await start({ rateLimit: 1 });
  let last = 0;
  const send = () => ask(api, '/docs', { 'x-forwarded-for': `203.0.113.${(last += 1)}` });
  expect(await statuses(3, send)).toEqual([200, 429, 429]);
});

test('two processes count together', async () => {
  const one = await start({ rateLimit: 10 });
  const other = await start({ rateLimit: 10, databaseUrl: one.databaseUrl });
  await statuses(9, () => withKey(one));
  await until(async () => (await hitsIn(one)) === 9);
  // The other one is told of them with its own first one.
  expect((await withKey(other)).status).toBe(200);
  await until(async () => (await hitsIn(one)) === 10);
  await until(async () => (await withKey(other)).status === 429);
  await until(async () => (await withKey(one)).status === 429);
});

async function hitsIn({ beside }: TestApi): Promise<number> {
  const [row] = await beside.query(`SELECT hits FROM rate_counts WHERE name LIKE 'key:%'`);
  return row?.hits ?? 0;
}

test('no request has a statement of its own: what was counted is told a few times a second', async () => {
  const api = await start({ rateLimit: 100_000 });
  await api.beside.query(`
    CREATE TABLE told (moment timestamptz DEFAULT clock_timestamp());
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO told DEFAULT VALUES; RETURN NULL; END $$;
    CREATE TRIGGER note AFTER INSERT ON rate_counts FOR EACH STATEMENT EXECUTE FUNCTION note();`);
  await Promise.all(Array.from({ length: 300 }, () => withKey(api, '/api/sdk/status')));
  await until(async () => (await hitsIn(api)) === 300);
  const [{ statements, seconds }] = await api.beside.query(`
    SELECT count(*)::int AS statements, extract(epoch FROM max(moment) - min(moment))::float8 AS seconds FROM told`);
  expect(statements).toBeLessThanOrEqual(1 + Math.ceil(seconds / 0.2));
});

test('while the ledger cannot be written, each process counts alone', async () => {
  const api = await start({ rateLimit: 3 });
  await withKey(api);
  await api.beside.query('ALTER TABLE rate_counts RENAME TO gone');
  expect(await statuses(4, () => withKey(api))).toEqual([200, 200, 429, 429]);
});

test('a minute that is over is counted anew, and leaves nothing behind', async () => {
  const api = await start({ rateLimit: 1 });
  const { RateStore } = await import('@runnel/store');
  const store = new RateStore(api.dataSource.manager);
  await store.add([{ name: 'a', hits: 5, leftMs: 60_000 }]);
  expect(await store.add([{ name: 'a', hits: 2, leftMs: 10 }])).toEqual([
    { name: 'a', hits: 7, leftMs: expect.any(Number) },
  ]);
  await api.beside.query(`UPDATE rate_counts SET until = now() - interval '1 ms'`);
  const [again] = await store.add([{ name: 'a', hits: 2, leftMs: 1 }]);
  expect(again?.hits).toBe(2);
  await until(async () => {
    await store.removeOld();
    const rows: Body[] = await api.beside.query('SELECT name FROM rate_counts');
    return rows.length === 0;
  });
});

test('counts that are over are removed as fast as they can come', async () => {
  const { databaseUrl, beside } = await start({});
  await beside.query(`INSERT INTO rate_counts
    SELECT 'old:' || n, 1, now() - interval '1 s' FROM generate_series(1, 35000) n`);
  await start({ databaseUrl });
  await until(async () => (await beside.query('SELECT FROM rate_counts LIMIT 1')).length === 0);
}, 30_000);
