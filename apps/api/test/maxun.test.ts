import { request as rawRequest } from 'node:http';
import { failure } from '@runnel/contracts';
import { endTasks, TaskStore } from '@runnel/store';
import { aDocument, TestClient } from '@runnel/testing';
import { key, startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let client: TestClient;
let url: string;

beforeAll(async () => {
  api = await startTestApi();
  ({ client, url } = api);
});

afterAll(async () => {
  await api.close();
});

const aRobot = (parts?: Body) => api.aRobot(parts);

/** Does to a started run what a worker does. */
async function work(runId: string, rows: Body[], end: 'succeeded' | 'failed' = 'succeeded'): Promise<void> {
  const store = new TaskStore(api.dataSource.manager);
  const [{ id }] = await api.dataSource.query('SELECT id FROM tasks WHERE run_id = $1', [runId]);
  const task = await store.claim(id, 'the test', 60_000);
  const claim = { taskId: id, attempt: task!.attempt };
  const batch = rows.map((data, n) => ({ list: 'List 1', ordinal: n, position: n, data }));
  await store.appendRows(claim, { rows: batch, rowCount: rows.length, lists: { 'List 1': rows.length } });
  await store.saveArtifact(claim, {
    name: 'last page.png',
    contentType: 'image/png',
    bytes: Buffer.from('pixels'),
  });
  const found =
    end === 'failed'
      ? { ...failure('HTTP_STATUS', 'x answered with HTTP status 404'), step: 0, stepType: 'navigate' }
      : null;
  await endTasks(api.dataSource, claim, { status: end, failure: found });
}

const seedTime = /^\d{1,2}\/\d{1,2}\/\d{4}, \d{1,2}:\d{2}:\d{2} (am|pm)$/;
const rows = [
  { 'Label 1': 'Linktree’s 2023 Creator Report', 'Label 2': '27 September, 5 mins' },
  { 'Label 1': 'b', 'Label 2': 'c' },
];

describe('the three routes of the seed', () => {
  let robotId: string;
  let run: Body;

  beforeAll(async () => {
    robotId = await aRobot();
    const answer = await client.post<Body>(`/api/robots/${robotId}/runs`);
    run = answer.body.run;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('location')).toBe(`${url}/api/robots/${robotId}/runs/${run.runId}`);
    expect(run).toMatchObject({
      status: 'queued',
      startedAt: null,
      finishedAt: null,
      data: [],
      screenshot: null,
      error: null,
    });
    await work(run.runId, rows);
  });

  test('give one run in the shape of the seed, and more beyond it', async () => {
    const { status, body } = await client.get<Body>(`/api/robots/${robotId}/runs/${run.runId}`);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['statusCode', 'messageCode', 'run']);
    expect(body).toMatchObject({
      statusCode: 200,
      messageCode: 'success',
      run: {
        status: 'success',
        name: '10 post link tree',
        robotId,
        startedAt: expect.stringMatching(seedTime),
        finishedAt: expect.stringMatching(seedTime),
        runId: run.runId,
        runByUserId: null,
        runByScheduleId: null,
        runByAPI: true,
        data: rows,
        lists: { 'List 1': { count: 2 } },
        progress: { tasks: 1, done: 1, rows: 2 },
        attempts: 1,
        error: null,
      },
    });
    expect(Object.keys(body.run).slice(0, 12)).toEqual(
      'id status name robotId startedAt finishedAt runId runByUserId runByScheduleId runByAPI data screenshot'.split(
        ' ',
      ),
    );
    expect(Object.keys(body.run.data[0])).toEqual(['Label 1', 'Label 2']);
  });

  test('list runs newest first, page by page, with the full count', async () => {
    const ids = [run.runId];
    for (let count = 0; count < 4; count += 1)
      ids.unshift((await client.post<Body>(`/api/robots/${robotId}/runs`)).body.run.runId);
    const first = (await client.get<Body>(`/api/robots/${robotId}/runs?limit=3`)).body;
    expect(Object.keys(first)).toEqual(['statusCode', 'messageCode', 'runs']);
    expect(first.runs.totalCount).toBe(5);
    const second = (
      await client.get<Body>(`/api/robots/${robotId}/runs?limit=3&cursor=${first.runs.nextCursor}`)
    ).body;
    expect([...first.runs.items, ...second.runs.items].map((item: Body) => item.runId)).toEqual(ids);
    expect(second.runs.nextCursor).toBeNull();
    expect(second.runs.items.at(-1).data).toEqual(rows);
    const done = (await client.get<Body>(`/api/robots/${robotId}/runs?status=success,failed`)).body;
    expect(done.runs.items.map((item: Body) => item.runId)).toEqual([run.runId]);
  });

  test('hand out the screenshot by a link that works', async () => {
    const { body } = await client.get<Body>(`/api/robots/${robotId}/runs/${run.runId}`);
    expect(body.run.screenshots).toEqual([body.run.screenshot]);
    const picture = await client.get<Buffer>(String(body.run.screenshot).slice(url.length));
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(picture.headers.get('content-disposition')).toContain('last page.png');
    expect(picture.body.toString()).toBe('pixels');
    expect((await client.get(`/api/robots/${robotId}/runs/${run.runId}/artifacts/none.png`)).status).toBe(
      404,
    );
  });

  test('hand out the rows beyond those of the run: in pages, by list, and as lines', async () => {
    const { runId } = (await client.post<Body>(`/api/robots/${robotId}/runs`)).body.run;
    const many = Array.from({ length: 2345 }, (_, n) => ({ n }));
    await work(runId, many);
    const path = `/api/robots/${robotId}/runs/${runId}`;
    const { run: shown } = (await client.get<Body>(path)).body;
    expect([shown.data.length, shown.dataTruncated, shown.progress.rows]).toEqual([1000, true, 2345]);
    const pages: Body[] = [];
    for (let cursor = ''; ; cursor = `&cursor=${pages.at(-1)!.nextCursor}`) {
      pages.push((await client.get<Body>(`${path}/data?limit=1000${cursor}`)).body.data);
      if (pages.at(-1)!.nextCursor === null) break;
    }
    expect(pages.flatMap((page) => page.items)).toEqual(many);
    expect(pages.map((page) => [page.totalCount, page.items.length])).toEqual([
      [2345, 1000],
      [2345, 1000],
      [2345, 345],
    ]);
    const lines = await client.get<Buffer>(`${path}/data?format=ndjson&list=List%201`);
    expect(lines.headers.get('content-type')).toContain('ndjson');
    expect(
      lines.body
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(many);
    expect((await client.get<Body>(`${path}/data?list=other`)).body.data).toMatchObject({
      totalCount: 0,
      items: [],
    });
    expect((await client.get<Body>(`${path}/data?cursor=x`)).body.faults[0].path).toBe('cursor');
    const cursorOfOtherAttempt = Buffer.from('0.7.10').toString('base64url');
    expect((await client.get<Body>(`${path}/data?cursor=${cursorOfOtherAttempt}`)).status).toBe(409);
    expect((await client.get<Body>(`${path}/data?format=xml`)).body.faults[0].allowed).toEqual([
      'json',
      'ndjson',
    ]);
  });

  test('tell why a run failed', async () => {
    const { runId } = (await client.post<Body>(`/api/robots/${robotId}/runs`)).body.run;
    await work(runId, [], 'failed');
    const { body } = await client.get<Body>(`/api/robots/${robotId}/runs/${runId}`);
    expect(body.run).toMatchObject({
      status: 'failed',
      error: { code: 'HTTP_STATUS', step: 0, stepType: 'navigate', retryable: false },
    });
    expect(body.run.error.help).toMatch(/\w+/);
  });
});

describe('waiting', () => {
  test.each([
    ['?wait=20', {}],
    ['', { prefer: 'respond-async, wait=20' }],
    ['', { 'x-run-source': 'mcp' }],
  ])('with %s %j answers when the run has ended', async (query, headers) => {
    const robotId = await aRobot();
    const asked = client.post<Body>(`/api/robots/${robotId}/runs${query}`, {}, headers);
    const started = async (): Promise<string> => {
      const { body } = await client.get<Body>(`/api/robots/${robotId}/runs`);
      return body.runs.items[0]?.runId ?? started();
    };
    await work(await started(), rows);
    const { body } = await asked;
    expect(body.run).toMatchObject({ status: 'success', data: rows });
  });

  test('ends with the run as it stands', async () => {
    const robotId = await aRobot();
    const { body } = await client.post<Body>(`/api/robots/${robotId}/runs?wait=1`);
    expect(body.run.status).toBe('queued');
  });

  test('for an event after the last one known answers with the next', async () => {
    const robotId = await aRobot();
    const { run } = (await client.post<Body>(`/api/robots/${robotId}/runs`)).body;
    const asked = client.get<Body>(`/api/robots/${robotId}/runs/${run.runId}?wait=20&after=${run.seq}`);
    await work(run.runId, rows);
    expect((await asked).body.run.seq).toBeGreaterThan(run.seq);
  });
});

describe('robots', () => {
  test('are made, read, listed, replaced, published and deleted', async () => {
    const made = await client.post<Body>('/api/robots', aDocument({ title: 'Bare' }));
    expect(made.status).toBe(201);
    const { id } = made.body.robot;
    expect(made.headers.get('location')).toBe(`${url}/api/robots/${id}`);
    expect(made.body.robot).toMatchObject({
      name: 'Bare',
      version: 1,
      publishedVersion: 1,
      createdAt: expect.any(Number),
    });
    expect(made.body.robot.inputParameters).toEqual([
      {
        type: 'string',
        name: 'originUrl',
        label: 'Origin URL',
        required: true,
        defaultValue: 'http://127.0.0.1:9/',
      },
    ]);
    const list = (await client.get<Body>('/api/robots?search=bare')).body.robots;
    expect([list.totalCount, list.items[0].id, 'definition' in list.items[0]]).toEqual([1, id, false]);

    const changed = { name: 'Renamed', definition: aDocument({ title: 'Other' }) };
    const draft = await client.send<Body>('PUT', `/api/robots/${id}`, { body: JSON.stringify(changed) });
    expect(draft.body.robot).toMatchObject({
      name: 'Renamed',
      version: 2,
      publishedVersion: 1,
      definition: { title: 'Other' },
    });
    expect((await client.get<Body>(`/api/robots/${id}`)).body.robot).toMatchObject({
      version: 1,
      definition: { title: 'Bare' },
    });
    const draftRun = await client.post<Body>(`/api/robots/${id}/runs`, { stage: 'draft' });
    expect(draftRun.body.run.robotVersion).toBe(2);
    expect((await client.post<Body>(`/api/robots/${id}/publish`)).body.robot).toMatchObject({
      version: 2,
      publishedVersion: 2,
    });
    const third = await client.send<Body>('PUT', `/api/robots/${id}?publish=true`, {
      body: JSON.stringify(changed),
    });
    expect(third.body.robot).toMatchObject({ version: 3, publishedVersion: 3 });

    expect((await client.send('DELETE', `/api/robots/${id}`)).status).toBe(200);
    expect((await client.get(`/api/robots/${id}`)).status).toBe(404);
    expect((await client.get(`/api/robots/${id}/runs/${draftRun.body.run.runId}`)).status).toBe(404);
  });

  test('have versions, each of which can be seen, run and published again by its number', async () => {
    const { body } = await client.post<Body>('/api/robots', aDocument({ title: 'One' }));
    const at = `/api/robots/${body.robot.id}`;
    await client.send('PUT', `${at}?publish=true`, {
      body: JSON.stringify({ definition: aDocument({ title: 'Two' }) }),
    });
    const { versions } = (await client.get<Body>(`${at}/versions`)).body;
    expect(versions.items.map(({ version, isPublished }: Body) => [version, isPublished])).toEqual([
      [2, true],
      [1, false],
    ]);
    expect((await client.get<Body>(`${at}?version=1`)).body.robot.definition.title).toBe('One');
    expect((await client.post<Body>(`${at}/runs`, { version: 1 })).body.run.robotVersion).toBe(1);
    expect((await client.post<Body>(`${at}/publish`, { version: 1 })).body.robot.publishedVersion).toBe(1);
    expect((await client.post<Body>(`${at}/runs`)).body.run.robotVersion).toBe(1);
    const unknown = await Promise.all([
      client.get<Body>(`${at}?version=9`),
      client.post<Body>(`${at}/runs`, { version: 9 }),
      client.post<Body>(`${at}/publish`, { version: 9 }),
    ]);
    expect(unknown.map(({ status, body: { message } }) => [status, message])).toEqual(
      Array(3).fill([404, `Robot with ID "${body.robot.id}" has no version 9.`]),
    );
    const both = await client.post<Body>(`${at}/runs`, { version: 1, stage: 'draft' });
    expect([both.status, both.body.faults[0].path]).toEqual([400, 'version']);
  });

  test('that are drafts only do not run until they are published', async () => {
    const { body } = await client.post<Body>('/api/robots', { definition: aDocument(), stage: 'draft' });
    const answer = await client.post<Body>(`/api/robots/${body.robot.id}/runs`);
    expect([answer.status, answer.body.faults[0].path]).toEqual([400, 'stage']);
  });
});

describe('an abort', () => {
  test('ends a queued run at once, and only once', async () => {
    const robotId = await aRobot();
    const { run } = (await client.post<Body>(`/api/robots/${robotId}/runs`)).body;
    const aborted = await client.post<Body>(`/api/robots/${robotId}/runs/${run.runId}/abort`);
    expect([aborted.status, aborted.body.run.status]).toEqual([200, 'aborted']);
    const again = await client.post<Body>(`/api/robots/${robotId}/runs/${run.runId}/abort`);
    expect([again.status, again.body.code, again.body.message]).toEqual([
      409,
      'CONFLICT',
      'The run cannot be aborted: it is aborted',
    ]);
  });
});

describe('a key', () => {
  test.each([
    [{ 'x-api-key': key }],
    [{ authorization: `Bearer ${key}` }],
    [{ authorization: `Token ${key}` }],
    [{ authorization: key }],
  ])('is taken from %j', async (headers) => {
    expect((await new TestClient(url, null).get('/api/robots', headers)).status).toBe(200);
  });

  test.each([
    ['none', {}],
    ['a wrong one', { 'x-api-key': 'rk_wrong' }],
    ['a malformed one', { authorization: 'Basic dXNlcjpwYXNz and more' }],
  ])('that is %s is refused in the shape of the seed', async (_what, headers) => {
    for (const path of ['/api/robots', '/api/robots/x/runs']) {
      const { status, body } = await new TestClient(url, null).get<Body>(path, headers);
      expect(status).toBe(401);
      expect(body).toMatchObject({
        ok: false,
        error: 'Unauthorized',
        code: 'UNAUTHORIZED',
        requestId: expect.any(String),
      });
    }
  });

  test('opens its own space only', async () => {
    const robotId = await aRobot();
    const { run } = (await client.post<Body>(`/api/robots/${robotId}/runs`)).body;
    const other = 'rk_the-key-of-another-space';
    await api.dataSource.query(`INSERT INTO spaces (id, name) VALUES (gen_random_uuid(), 'other')`);
    await api.dataSource.query(
      `INSERT INTO api_keys (scopes, id, space_id, name, prefix, hash)
       SELECT '{admin}', gen_random_uuid(), id, 'k', 'rk_', sha256($1::bytea) FROM spaces WHERE name = 'other'`,
      [other],
    );
    const stranger = new TestClient(url, other);
    const robot = `/api/robots/${robotId}`;
    expect((await stranger.get<Body>('/api/robots')).body.robots.totalCount).toBe(0);
    for (const path of [
      robot,
      `${robot}/runs`,
      `${robot}/runs/${run.runId}`,
      `${robot}/runs/${run.runId}/artifacts/x`,
    ]) {
      expect((await stranger.get(path)).status).toBe(404);
    }
    for (const path of [`${robot}/runs`, `${robot}/publish`, `${robot}/runs/${run.runId}/abort`]) {
      expect((await stranger.post(path)).status).toBe(404);
    }
    expect((await stranger.send('DELETE', robot)).status).toBe(404);
    expect((await stranger.send('PUT', robot, { body: JSON.stringify(aDocument()) })).status).toBe(404);
  });

  test('is kept as a hash only', async () => {
    const [row] = await api.dataSource.query('SELECT * FROM api_keys LIMIT 1');
    expect(JSON.stringify(row)).not.toContain(key.slice(10));
    expect(row.hash).toHaveLength(32);
  });
});

test('health needs no key', async () => {
  const stranger = new TestClient(url, null);
  expect((await stranger.get<Body>('/health/live')).body).toEqual({ status: 'ok' });
  expect(await stranger.get<Body>('/health/ready')).toMatchObject({
    status: 200,
    body: { status: 'ok', database: true },
  });
});

test('a client that goes away while it waits leaves nothing behind', async () => {
  const robotId = await aRobot();
  const gone = rawRequest(`${url}/api/robots/${robotId}/runs?wait=300`, {
    method: 'POST',
    headers: { 'x-api-key': key },
  });
  gone.on('error', () => undefined);
  gone.end('{}');
  const runId = async (): Promise<string> =>
    (await client.get<Body>(`/api/robots/${robotId}/runs`)).body.runs.items[0]?.runId ?? runId();
  const started = await runId();
  gone.destroy();
  await work(started, rows);
  expect((await client.get<Body>(`/api/robots/${robotId}/runs/${started}`)).body.run.status).toBe('success');
});
