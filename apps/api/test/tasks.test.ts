import { failure, type RecordName } from '@runnel/contracts';
import { endTasks, newId, TaskStore } from '@runnel/store';
import { insertTestRun, TestClient } from '@runnel/testing';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let robotId: string;
let runId: string;
let taskIds: string[];
let at: string;

/** A run of six tasks: two succeeded, one failed, one timed out, one runs for the second time, one waits. */
beforeAll(async () => {
  api = await startTestApi();
  robotId = await api.aRobot();
  const [{ id: spaceId }] = await api.dataSource.query('SELECT id FROM spaces');
  const tasks = Array.from({ length: 6 }, (_, n) => ({
    id: newId(),
    inputs: { n },
    record: (n === 0 ? null : { id: String(n), name: null, type: null }) satisfies RecordName | null,
    maxAttempts: 3,
    deadlineMs: 600_000,
  }));
  ({ runId, taskIds } = await insertTestRun(api.dataSource, { spaceId, robotId, tasks }));
  at = `/api/robots/${robotId}/runs/${runId}`;
  await work(0, 'succeeded');
  await work(1, 'succeeded');
  await work(2, 'failed');
  await work(3, 'timed_out');
  await work(4, 'again');
  await work(4, null);
});

afterAll(async () => {
  await api.close();
});

/** Does to a task what a worker does. */
async function work(n: number, end: 'succeeded' | 'failed' | 'timed_out' | 'again' | null): Promise<void> {
  const store = new TaskStore(api.dataSource.manager);
  const task = await store.claim(taskIds[n]!, 'the test', 60_000);
  const claim = { taskId: task!.id, attempt: task!.attempt };
  const rows = [0, 1, 2].map((k) => ({
    list: k < 2 ? 'A' : 'B',
    ordinal: k % 2,
    position: k,
    data: { n, k },
  }));
  await store.appendRows(claim, { rows, rowCount: 3, lists: { A: 2, B: 1 } });
  const picture = { name: 'last page.png', contentType: 'image/png', bytes: Buffer.from(`pixels ${n}`) };
  await store.saveArtifact(claim, picture);
  const found = failure('HTTP_STATUS', 'x answered with HTTP status 404');
  const again = { reason: 'failed', failure: found, delayMs: 0, attempt: 'spent' } as const;
  if (end === 'again') await store.requeue(claim, again);
  else if (end)
    await endTasks(api.dataSource, claim, { status: end, failure: end === 'succeeded' ? null : found });
}

const tasksOf = async (query = '') => (await api.client.get<Body>(`${at}/tasks${query}`)).body.tasks;
const ordinals = (tasks: Body) => tasks.items.map(({ ordinal }: Body) => ordinal);

test('the tasks of a run are shown in order, with what became of each', async () => {
  const { totalCount, items, nextCursor } = await tasksOf();
  expect([totalCount, nextCursor, items.map(({ id }: Body) => id)]).toEqual([6, null, taskIds]);
  expect(items.map(({ status }: Body) => status)).toEqual([
    'success',
    'success',
    'failed',
    'failed',
    'running',
    'queued',
  ]);
  expect(items[1]).toEqual({
    id: taskIds[1],
    ordinal: 1,
    status: 'success',
    record: { id: '1', name: null, type: null },
    inputs: { n: 1 },
    attempts: 1,
    rows: 3,
    lists: { A: { count: 2 }, B: { count: 1 } },
    error: null,
    timestamps: {
      createdAt: expect.stringMatching(/Z$/),
      startedAt: expect.stringMatching(/Z$/),
      finishedAt: expect.stringMatching(/Z$/),
    },
    artifacts: [
      {
        name: 'last page.png',
        contentType: 'image/png',
        size: 8,
        url: expect.stringContaining(`${api.url}${at}/artifacts/last%20page.png?task=${taskIds[1]}&expires=`),
      },
    ],
    links: { data: `${api.url}${at}/data?task=${taskIds[1]}` },
  });
  expect(items[0].record).toBeNull();
  expect(items[2].error).toMatchObject({ code: 'HTTP_STATUS', retryable: false });
  expect([items[4].attempts, items[4].rows, items[4].artifacts.length]).toEqual([2, 3, 1]);
  expect([items[5].attempts, items[5].artifacts, items[5].timestamps.startedAt]).toEqual([0, [], null]);
});

test('they are given in pages, and by status', async () => {
  const first = await tasksOf('?limit=4');
  expect([first.totalCount, ordinals(first)]).toEqual([6, [0, 1, 2, 3]]);
  const second = await tasksOf(`?limit=4&cursor=${first.nextCursor}`);
  expect([second.totalCount, ordinals(second), second.nextCursor]).toEqual([6, [4, 5], null]);
  const failed = await tasksOf('?status=failed&limit=1');
  expect([failed.totalCount, ordinals(failed)]).toEqual([2, [2]]);
  expect(ordinals(await tasksOf(`?status=failed&cursor=${failed.nextCursor}`))).toEqual([3]);
  expect(ordinals(await tasksOf('?status=queued,running'))).toEqual([4, 5]);
  expect((await tasksOf('?status=aborted')).items).toEqual([]);
});

test('a page ends early where inputs are large, and none is missed', async () => {
  const [{ spaceId }] = await api.dataSource.query('SELECT space_id AS "spaceId" FROM runs');
  const inputs = { text: 'x'.repeat(5_000_000) };
  const tasks = [1, 2, 3].map(() => ({
    id: newId(),
    inputs,
    record: null,
    maxAttempts: 1,
    deadlineMs: 1_000,
  }));
  const large = await insertTestRun(api.dataSource, { spaceId, robotId, tasks });
  const page = async (cursor: string | null) => {
    const query = cursor === null ? '' : `&cursor=${cursor}`;
    const list = `/api/robots/${robotId}/runs/${large.runId}/tasks?limit=3${query}`;
    return (await api.client.get<Body>(list)).body.tasks;
  };
  const first = await page(null);
  expect([first.totalCount, ordinals(first)]).toEqual([3, [0, 1]]);
  const second = await page(first.nextCursor);
  expect([ordinals(second), second.nextCursor]).toEqual([[2], null]);
  expect(second.items[0].inputs.text).toHaveLength(5_000_000);
});

test('the rows of one task are given alone, in pages and as lines', async () => {
  const of = async (query: string) => (await api.client.get<Body>(`${at}/data?${query}`)).body;
  const task = `task=${taskIds[1]}`;
  const { data } = await of(`${task}&limit=2`);
  expect([data.totalCount, data.items]).toEqual([
    3,
    [
      { n: 1, k: 0 },
      { n: 1, k: 1 },
    ],
  ]);
  expect((await of(`${task}&limit=2&cursor=${data.nextCursor}`)).data.items).toEqual([{ n: 1, k: 2 }]);
  expect((await of(`${task}&list=B`)).data).toMatchObject({ totalCount: 1, items: [{ n: 1, k: 2 }] });
  expect((await of('list=A')).data.totalCount).toBe(10);
  const lines = await api.client.get<Buffer>(`${at}/data?format=ndjson&task=${taskIds[4]}`);
  expect(lines.body.toString()).toBe('{"n":4,"k":0}\n{"n":4,"k":1}\n{"n":4,"k":2}\n');
  const other = await of(`task=${taskIds[2]}&cursor=${data.nextCursor}`);
  expect([other.statusCode, other.faults[0].path]).toEqual([400, 'cursor']);
});

test('of artifacts with one name each task has its own; the first is the run’s', async () => {
  const picture = async (query: string) =>
    (await api.client.get<Buffer>(`${at}/artifacts/last%20page.png${query}`)).body.toString();
  expect(await picture('')).toBe('pixels 0');
  expect(await picture(`?task=${taskIds[3]!.toUpperCase()}`)).toBe('pixels 3');
  const none = await api.client.get<Body>(`${at}/artifacts/last%20page.png?task=${taskIds[5]}`);
  expect([none.status, none.body.code]).toEqual([404, 'NOT_FOUND']);
});

test.each(['limit=0', 'limit=501', 'cursor=x', 'status=partial', 'status=aborting', 'nothing=1'])(
  'tasks asked for with %s are refused',
  async (query) => {
    const { status, body } = await api.client.get<Body>(`${at}/tasks?${query}`);
    expect([status, body.faults[0].path.replace(/\[.*/, '')]).toEqual([400, query.split('=')[0]]);
  },
);

test('what is not there is not found, and a cursor of another run is told', async () => {
  const unknown = newId();
  for (const path of [
    `/api/robots/${robotId}/runs/${unknown}/tasks`,
    `/api/robots/${unknown}/runs/${runId}/tasks`,
    `/api/robots/x/runs/y/tasks`,
    `${at}/data?task=${unknown}`,
    `${at}/data?task=x`,
    `${at}/data?format=ndjson&task=${unknown}`,
    `${at}/artifacts/last%20page.png?task=${unknown}`,
    `${at}/artifacts/last%20page.png?task=x`,
  ]) {
    const { status, body } = await api.client.get<Body>(path);
    expect([path, status, body.code]).toEqual([path, 404, 'NOT_FOUND']);
  }
  const cursor = Buffer.from(unknown.replaceAll('-', ''), 'hex').toString('base64url');
  const { status, body } = await api.client.get<Body>(`${at}/tasks?cursor=${cursor}`);
  expect([status, body.faults[0].path]).toEqual([400, 'cursor']);
});

test('the tasks of a run are nobody’s but its space’s', async () => {
  const other = 'rk_the-key-of-another-space';
  await api.dataSource.query(
    `WITH s AS (INSERT INTO spaces (id, name) VALUES (gen_random_uuid(), 'other') RETURNING id)
     INSERT INTO api_keys (scopes, id, space_id, name, prefix, hash)
     SELECT '{admin}', gen_random_uuid(), id, 'k', 'rk_', sha256($1::bytea) FROM s`,
    [other],
  );
  const stranger = new TestClient(api.url, other);
  const task = `task=${taskIds[0]}`;
  for (const path of [`${at}/tasks`, `${at}/data?${task}`, `${at}/artifacts/last%20page.png?${task}`]) {
    expect([path, (await stranger.get(path)).status]).toEqual([path, 404]);
  }
});

test('rows may be asked for with the record that they are of', async () => {
  const { body } = await api.client.get<Body>(`${at}/data?include=task&task=${taskIds[1]}&limit=1`);
  const task = { id: taskIds[1], ordinal: 1, record: { id: '1', name: null, type: null } };
  expect(body['data'].items).toEqual([{ task, list: 'A', data: { n: 1, k: 0 } }]);
});
