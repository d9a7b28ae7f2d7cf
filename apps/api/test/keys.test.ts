import { JobProducer } from '@runnel/queue';
import {
  createKey,
  createSpace,
  Dispatcher,
  fireDue,
  rotateKey,
  RunnableRobots,
  type NewKey,
} from '@runnel/services';
import { KeyStore, newId, SpaceStore } from '@runnel/store';
import { awayFromMidnight, TestClient, until } from '@runnel/testing';
import { key as firstKey, startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let spaceId: string;
let robotId: string;

beforeAll(async () => {
  api = await startTestApi();
  spaceId = (await new SpaceStore(api.beside.manager).first())!.id;
  robotId = await api.aRobot();
});

afterAll(async () => api.close());

const make = async (parts: Partial<NewKey> = {}) => {
  const made = await createKey(api.beside, { spaceId, name: 'a key', scopes: ['runs:*'], ...parts });
  return { ...made, client: new TestClient(api.url, made.key), id: made.apiKey.id };
};
const post = (body: unknown, at = '/api/keys') => api.client.post<Body>(at, body);
const start = (client: TestClient, body: Body = {}, headers: Record<string, string> = {}) =>
  client.send<Body>('POST', `/api/robots/${robotId}/runs`, { body: JSON.stringify(body), headers });
const runCount = async (keyId: string): Promise<number> => {
  const [found] = await api.beside.query('SELECT count(*)::int AS count FROM runs WHERE key_id = $1', [
    keyId,
  ]);
  return found.count;
};

describe('are made', () => {
  test('with what they may, and shown once', async () => {
    const body = {
      name: ' Shop ',
      scopes: ['runs:write', 'runs:write', 'robots:read'],
      robotId: robotId.toUpperCase(),
      domains: ['Example.com', '*.bücher.example', 'example.com'],
      dailyTasks: 100,
      expiresInDays: 30,
    };
    const { status, body: made } = await post(body);
    expect(status).toBe(201);
    expect(made.key).toMatch(/^rk_[\w-]{32}$/);
    expect(made.apiKey).toMatchObject({
      ...{ name: 'Shop', prefix: made.key.slice(0, 8), scopes: ['runs:write', 'robots:read'], robotId },
      ...{ domains: ['example.com', '*.xn--bcher-kva.example'], dailyTasks: 100, usedToday: 0 },
      ...{ lastUsedAt: null, revokedAt: null },
    });
    const days = (Date.parse(made.apiKey.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(30, 2);
    const shown = await api.client.get<Body>(`/api/keys/${made.apiKey.id}`);
    expect(shown.body).toEqual({ statusCode: 200, messageCode: 'success', apiKey: made.apiKey });
    const listed = await api.client.get<Body>('/api/keys?limit=1');
    expect(listed.body.keys).toMatchObject({ items: [made.apiKey], nextCursor: expect.any(String) });
    expect(JSON.stringify([shown, listed])).not.toContain(made.key);
  });

  test.each([
    [{ name: 'a', scopes: [] }, 'scopes', 'must hold at least one'],
    [{ name: 'a', scopes: ['runs:delete'] }, 'scopes[0]', 'runs:read'],
    [{ name: '', scopes: ['admin'] }, 'name', ''],
    [{ name: 'a', scopes: ['admin'], dailyTasks: 5 }, 'dailyTasks', 'does not go with the scope admin'],
    [{ name: 'a', scopes: ['admin', 'runs:read'], domains: ['a.example'] }, 'domains', 'does not go with'],
    [{ name: 'a', scopes: ['runs:*'], robotId: newId() }, 'robotId', 'there is no such robot'],
    [{ name: 'a', scopes: ['runs:*'], dailyTasks: 0 }, 'dailyTasks', ''],
    [{ name: 'a', scopes: ['runs:*'], domains: [] }, 'domains', 'must hold at least one host'],
    [
      { name: 'a', scopes: ['runs:*'], domains: ['https://a.example'] },
      'domains[0]',
      'no scheme, port or path',
    ],
    [{ name: 'a', scopes: ['runs:*'], domains: ['a.example', 'b.example:80'] }, 'domains[1]', 'no scheme'],
    [{ name: 'a', scopes: ['runs:*'], domains: ['a.example/x'] }, 'domains[0]', 'no scheme'],
    [{ name: 'a', scopes: ['runs:*'], domains: ['*'] }, 'domains[0]', 'no scheme'],
    [{ name: 'a', scopes: ['runs:*'], domains: ['*.10.0.0.1'] }, 'domains[0]', 'no scheme'],
    [{ name: 'a', scopes: ['runs:*'], domains: ['u@a.example'] }, 'domains[0]', 'no scheme'],
    [
      { name: 'a', scopes: ['runs:*'], expiresAt: '2020-01-01T00:00:00Z' },
      'expiresAt',
      'must be a moment to come',
    ],
    [
      { name: 'a', scopes: ['runs:*'], expiresAt: '2099-01-01T00:00:00Z', expiresInDays: 3 },
      'expiresInDays',
      'for the second time',
    ],
  ])('with nothing that cannot be: %j', async (body, path, sentence) => {
    const { status, body: refused } = await post(body);
    expect([status, refused.code]).toEqual([400, 'INVALID_INPUT']);
    const fault = refused.faults.find((each: Body) => each.path === path);
    expect(JSON.stringify(fault)).toContain(sentence);
  });
});

describe('end', () => {
  test('at the moment that they are to, and say so', async () => {
    const { client } = await make({ expiresAt: new Date(Date.now() + 1_500) });
    const path = `/api/robots/${robotId}/runs`;
    expect(await client.get(path)).toMatchObject({ status: 200 });
    await until(async () => (await client.get(path)).status === 401);
    const { body } = await client.get<Body>(path);
    expect(body.message).toMatch(/^The API key expired at \d{4}-/);
    const kognitos = await client.get<Body>('/runs');
    expect(kognitos.body.details[0].message).toMatch(/^The API key expired at/);
    expect((await client.get<Body>('/api/v2/platform/spaces/')).body.errors).toMatch(
      /^The API key expired at/,
    );
    expect((await client.get<Body>('/v1/flows')).body.error).toMatch(/^The API key expired at/);
  });

  test('within 5 seconds when they are revoked; their runs and schedules stay', async () => {
    const { client, id } = await make();
    const { body: started } = await start(client);
    expect(await api.client.send<Body>('DELETE', `/api/keys/${id}`)).toMatchObject({
      status: 200,
      body: { apiKey: { revokedAt: expect.any(String) } },
    });
    await until(async () => (await start(client)).status === 401);
    expect((await start(client)).body.message).toMatch(/^The API key was revoked at \d{4}-/);
    const { body } = await api.client.get<Body>(`/api/robots/${robotId}/runs/${started.run.runId}`);
    expect(body.run.status).toBe('queued');
    const twice = await api.client.send<Body>('DELETE', `/api/keys/${id}`);
    expect(twice.status).toBe(200);
    expect(await post({}, `/api/keys/${id}/rotate`)).toMatchObject({ status: 409 });
  }, 15_000);

  test('but for the last one that opens all of its space', async () => {
    const space = await createSpace(api.beside, 'Of its own');
    const client = new TestClient(api.url, space.key);
    const [first] = (await client.get<Body>('/api/keys')).body.keys.items as [Body];
    const ending = new Date(Date.now() + 3_600_000);
    const makeAdmin = (expiresAt: Date | null = null) =>
      make({ spaceId: space.id, scopes: ['admin'], expiresAt });
    const short = await makeAdmin(ending);
    const refused = await client.send<Body>('DELETE', `/api/keys/${first.id}`);
    expect([refused.status, refused.body.message]).toEqual([
      409,
      'This is the last key of its space with the scope admin that does not expire; make another one first',
    ]);
    expect((await client.send('DELETE', `/api/keys/${short.id}`)).status).toBe(200);
    const two = [await makeAdmin(), first];
    const answers = await Promise.all(two.map(({ id }) => client.send('DELETE', `/api/keys/${id}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('is not known what never was one', async () => {
    const { status, body } = await new TestClient(api.url, 'rk_of-nobody').get<Body>('/api/robots');
    expect([status, body.message]).toEqual([401, 'The API key is not known']);
  });
});

describe('are rotated', () => {
  test('so that both are good for the overlap, with the same rights', async () => {
    await awayFromMidnight();
    const old = await make({ domains: ['a.example'], dailyTasks: 3, robotId });
    expect((await start(old.client)).status).toBe(200);
    const { status, body } = await post({ overlapSeconds: 10 }, `/api/keys/${old.id}/rotate`);
    expect(status).toBe(201);
    expect(body.apiKey).toMatchObject({
      ...{ name: 'a key', scopes: ['runs:*'], robotId, domains: ['a.example'], dailyTasks: 3, usedToday: 1 },
      expiresAt: null,
    });
    const young = new TestClient(api.url, body.key);
    expect([(await start(old.client)).status, (await start(young)).status]).toEqual([200, 200]);
    await until(async () => (await start(old.client)).status === 401);
    expect((await start(young)).status).toBe(200);
  }, 30_000);

  test('with their schedules', async () => {
    const old = await make();
    const trigger = { type: 'recurring', cron: '0 9 * * *' };
    const made = await old.client.post<Body>('/v1/schedules', { target: { flowId: robotId }, trigger });
    expect(made.status).toBe(201);
    const young = await rotateKey(api.beside, { spaceId, id: old.id }, 0);
    const keys = await api.beside.query('SELECT key_id FROM schedules WHERE key_id = ANY($1)', [
      [old.id, young!.apiKey.id],
    ]);
    expect(keys).toEqual([{ key_id: young!.apiKey.id }]);
  });
});

test('say when they were used, to the minute', async () => {
  const { client, id } = await make({ scopes: ['admin'] });
  const used = async (): Promise<string | null> =>
    (await api.client.get<Body>(`/api/keys/${id}`)).body.apiKey.lastUsedAt;
  expect(await used()).toBeNull();
  await client.get('/api/spaces');
  await until(async () => (await used()) !== null);
  const first = await used();
  expect(Math.abs(Date.parse(first!) - Date.now())).toBeLessThan(5_000);
  for (let n = 0; n < 20; n += 1) await client.get('/api/spaces');
  expect(await used()).toBe(first);
  const store = new KeyStore(api.beside.manager);
  await store.noteUse(id, 60_000);
  expect(await used()).toBe(first);
  await store.noteUse(id, 0);
  expect(await used()).not.toBe(first);
});

describe('with a budget of tasks a day', () => {
  beforeEach(awayFromMidnight);

  test('start just as many, of 50 at once at two processes', async () => {
    const other = await startTestApi({ databaseUrl: api.databaseUrl });
    const { key, id } = await make({ dailyTasks: 20 });
    const clients = [new TestClient(api.url, key), new TestClient(other.url, key)];
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => start(clients[n % 2]!)));
    const statuses = answers.map(({ status }) => status);
    expect([statuses.filter((s) => s === 200).length, statuses.filter((s) => s === 429).length]).toEqual([
      20, 30,
    ]);
    expect(await runCount(id)).toBe(20);
    await other.close();
  });

  test('are refused in the shape of each dialect until midnight, and a start that was made is found', async () => {
    const { client, id } = await make({ dailyTasks: 1 });
    const again = { 'idempotency-key': `again ${id}`.replaceAll(' ', '-') };
    const first = await start(client, {}, again);
    expect(first.status).toBe(200);
    const refused = await start(client);
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'BUDGET_SPENT', messageCode: 'too_many_requests' },
    });
    expect(refused.body.message).toBe(
      'This API key has started 1 tasks today (UTC), and may 1: there is no room for one more',
    );
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(86_400);
    const replayed = await start(client, {}, again);
    expect([replayed.status, replayed.body.run.runId]).toEqual([200, first.body.run.runId]);
    const batch = await client.post<Body>('/v1/batch/flow', { flowId: robotId, recordIds: ['a'] });
    expect(batch).toMatchObject({ status: 429, body: { code: 'BUDGET_SPENT', error: refused.body.message } });
    const large = await start(client, { records: [{ inputs: {} }, { inputs: {} }] });
    expect(large).toMatchObject({ status: 400, body: { faults: [{ path: 'records' }] } });
    expect(await runCount(id)).toBe(1);
  });

  test('spend it by the schedules that they made, whose moments beyond are errors', async () => {
    const { client, id } = await make({ dailyTasks: 1 });
    const trigger = { type: 'recurring', cron: '0 9 * * *' };
    for (let n = 0; n < 2; n += 1) {
      const made = await client.post<Body>('/v1/schedules', { target: { flowId: robotId }, trigger });
      expect(made.status).toBe(201);
    }
    const due = new Date(Date.now() - 1_000);
    await api.beside.query('UPDATE schedules SET next_moment = $2, due_at = $2 WHERE key_id = $1', [id, due]);
    await fire();
    const fires: Body[] = await api.beside.query(
      `SELECT f.outcome, f.reason FROM fires f JOIN schedules s ON s.id = f.schedule_id WHERE s.key_id = $1
       ORDER BY f.outcome`,
      [id],
    );
    expect(fires).toMatchObject([
      { outcome: 'error', reason: expect.stringContaining('This API key has started 1 tasks today (UTC)') },
      { outcome: 'started', reason: null },
    ]);
    expect(await runCount(id)).toBe(1);
  });
});

/** As a scheduler does. */
async function fire(): Promise<void> {
  const dataSource = api.beside;
  const producer = new JobProducer({ databaseUrl: api.databaseUrl, redisUrl: null }, () => undefined);
  const errors: unknown[] = [];
  const onError = (error: unknown): unknown => errors.push(error);
  const dispatcher = new Dispatcher(dataSource, producer, onError);
  await fireDue({ dataSource, robots: new RunnableRobots(dataSource), dispatcher, onError });
  await dispatcher.close();
  await producer.close();
  expect(errors).toEqual([]);
}

test('what a key changes is its own: a schedule that it edits, a run that it does again', async () => {
  const [one, other] = [await make(), await make({ domains: ['a.example'] })];
  const trigger = { type: 'recurring', cron: '0 9 * * *' };
  const { body } = await one.client.post<Body>('/v1/schedules', { target: { flowId: robotId }, trigger });
  const keyOf = async (): Promise<unknown> => {
    const [row] = await api.beside.query('SELECT key_id FROM schedules WHERE key_id = ANY($1)', [
      [one.id, other.id],
    ]);
    return row.key_id;
  };
  expect(await keyOf()).toBe(one.id);
  expect((await other.client.post(`/v1/schedules/${body.id}/run-now`, {})).status).toBe(200);
  expect([await keyOf(), await runCount(other.id)]).toEqual([one.id, 1]);
  const { runs } = (await api.client.get<Body>(`/api/robots/${robotId}/runs?limit=1`)).body;
  expect(runs.items[0].keyId).toBe(other.id);
  const headers = { method: 'PUT', body: JSON.stringify({ name: 'Mine' }) };
  expect((await other.client.send('PUT', `/v1/schedules/${body.id}`, headers)).status).toBe(200);
  expect(await keyOf()).toBe(other.id);
});

test('a key without limits lifts none of a schedule that it edits, times or backfills', async () => {
  const limited = await make({ domains: ['a.example'], dailyTasks: 2 });
  const free = await make();
  const own = await api.aRobot();
  const at = `/api/robots/${own}/schedule`;
  const time = { cronExpression: '0 9 * * *', timezone: 'UTC' };
  const { body: made } = await limited.client.post<Body>(at, time);
  const keyOf = async (): Promise<unknown> => {
    const [row] = await api.beside.query('SELECT key_id FROM schedules WHERE id = $1', [made.schedule.id]);
    return row.key_id;
  };
  expect(await keyOf()).toBe(limited.id);
  const ofRuntype = (await api.client.get<Body>('/v1/schedules?limit=1')).body.data[0].id as string;
  const put = { body: JSON.stringify({ name: 'Renamed' }) };
  const range = { from: '2026-01-01T00:00:00Z', until: '2026-01-03T00:00:00Z' };
  for (const { client } of [api, free]) {
    expect((await client.send('PUT', `/v1/schedules/${ofRuntype}`, put)).status).toBe(200);
    expect((await client.post(at, { ...time, cronExpression: '0 8 * * *' })).status).toBe(200);
    expect((await client.post(`/v1/schedules/${ofRuntype}/backfill`, range)).status).toBe(200);
    expect(await keyOf()).toBe(limited.id);
  }
});

test('pause their schedules when they are revoked, if that is said', async () => {
  const [leaked, other] = [await make({ name: 'Leaked' }), await make()];
  const trigger = { type: 'recurring', cron: '0 9 * * *' };
  const target = { flowId: robotId };
  for (const { client } of [leaked, leaked, other]) {
    expect((await client.post('/v1/schedules', { target, trigger })).status).toBe(201);
  }
  const notes = async (keyId: string): Promise<unknown> => {
    const found: Body[] = await api.beside.query(
      'SELECT paused_by, pause_note FROM schedules WHERE key_id = $1',
      [keyId],
    );
    return found.map(({ paused_by, pause_note }) => [paused_by, pause_note]);
  };
  const revoke = async (query = ''): Promise<Body> =>
    (await api.client.send<Body>('DELETE', `/api/keys/${leaked.id}${query}`)).body;
  expect((await revoke()).pausedSchedules).toBe(0);
  expect(await notes(leaked.id)).toEqual([
    [null, null],
    [null, null],
  ]);
  expect((await revoke('?pauseSchedules=true')).pausedSchedules).toBe(2);
  const paused = ['person', 'the API key "Leaked" was revoked'];
  expect([await notes(leaked.id), await notes(other.id)]).toEqual([[paused, paused], [[null, null]]]);
  expect((await revoke('?pauseSchedules=true')).pausedSchedules).toBe(0);
});

test('a schedule in a robot needs a key that may start runs', async () => {
  const { client } = await make({ scopes: ['robots:*'] });
  const schedule = { cronExpression: '0 9 * * 1-5', timezone: 'UTC' };
  const put = (body: Body) =>
    client.send<Body>('PUT', `/api/sdk/robots/${robotId}`, { body: JSON.stringify(body) });
  expect(await put({ schedule })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  expect((await put({ meta: { name: 'Another' } })).status).toBe(200);
});

test('the first key may everything', async () => {
  const { body } = await new TestClient(api.url, firstKey).get<Body>('/api/keys');
  expect(body.keys.items.at(-1)).toMatchObject({ name: 'first', scopes: ['admin'] });
});
