import { endTasks, TaskStore, type TaskEnd } from '@runnel/store';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let robotId: string;
let runs: string;

const inputs = [
  { name: 'page', type: 'number', required: true },
  { name: 'word', type: 'string', default: 'tea' },
];

beforeAll(async () => {
  api = await startTestApi();
});

beforeEach(async () => {
  robotId = await api.aRobot({ inputs });
  runs = `/api/robots/${robotId}/runs`;
});

afterAll(() => api.close());

const start = (body: unknown, headers = {}) => api.client.post<Body>(runs, body, headers);
const pages = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `r${n}`, inputs: { page: n } }));
const look = async (runId: string) => (await api.client.get<Body>(`${runs}/${runId}`)).body['run'];
const tasksOf = async (runId: string): Promise<Body[]> =>
  (await api.client.get<Body>(`${runs}/${runId}/tasks?limit=500`)).body['tasks'].items;

/** Works a task off as a worker would, without a page. */
async function work(taskId: string, status: TaskEnd): Promise<void> {
  const store = new TaskStore(api.dataSource.manager);
  const task = await store.claim(taskId, 'a worker', 60_000);
  const failure = null;
  await endTasks(api.dataSource, { taskId, attempt: task!.attempt }, { status, failure });
}

describe('a run of many tasks', () => {
  test('has one for each record, with what all share', async () => {
    const { status, body } = await start({ inputs: { word: 'cup' }, records: pages(3) });
    expect(status).toBe(200);
    expect(body['run']).toMatchObject({ status: 'queued', progress: { tasks: 3, done: 0 } });
    expect(await tasksOf(body['run'].runId)).toMatchObject([
      { ordinal: 0, status: 'queued', record: { id: 'r0' }, inputs: { page: 0, word: 'cup' } },
      { ordinal: 1, record: { id: 'r1' }, inputs: { page: 1, word: 'cup' } },
      { ordinal: 2, record: { id: 'r2' }, inputs: { page: 2, word: 'cup' } },
    ]);
  });

  test('takes ten thousand records, and not one more', async () => {
    const records = Array.from({ length: 10_001 }, (_, page) => ({ inputs: { page } }));
    expect((await start({ records: records.slice(1) })).body['run'].progress.tasks).toBe(10_000);
    const { status, body } = await start({ records });
    expect(status).toBe(400);
    expect(body['faults']).toMatchObject([{ path: 'records', message: expect.stringContaining('10000') }]);
  });

  test('tells which records are wrong, and starts nothing', async () => {
    const { status, body } = await start({
      records: [{ inputs: { page: 1 } }, { inputs: { page: 'one' } }, { inputs: { pages: 2 } }],
    });
    expect(status).toBe(400);
    expect(body['faults']).toMatchObject([
      { path: 'records[1].inputs.page', found: 'one', allowed: ['number'] },
      { path: 'records[2].inputs.pages', didYouMean: 'page' },
      { path: 'records[2].inputs.page' },
    ]);
    expect((await api.client.get<Body>(runs)).body['runs'].totalCount).toBe(0);
  });

  test('takes its records from files as well, and reads text as the robot says', async () => {
    const csv = 'id,page,word\na,1,cup\nb,2,\n';
    const sent = { body: csv, headers: { 'content-type': 'text/csv' } };
    const { body } = await api.client.send<Body>('POST', '/api/files?name=pages.csv', sent);
    const started = await start({ records: [{ inputs: { page: 0 } }], fileIds: [body['file'].id] });
    expect(await tasksOf(started.body['run'].runId)).toMatchObject([
      { record: null, inputs: { page: 0, word: 'tea' } },
      { record: { id: 'a' }, inputs: { page: 1, word: 'cup' } },
      { record: { id: 'b' }, inputs: { page: 2, word: '' } },
    ]);
    const wrong = await start({ fileIds: ['11111111-1111-4111-8111-111111111111'] });
    expect(wrong).toMatchObject({ status: 400, body: { faults: [{ path: 'fileIds[0]' }] } });
  });

  test('ends when its last task does, however they end at once', async () => {
    const { runId } = (await start({ records: pages(60) })).body['run'];
    const tasks = await tasksOf(runId);
    await Promise.all(tasks.map(({ id }, n) => work(id, n % 3 === 0 ? 'failed' : 'succeeded')));
    expect(await look(runId)).toMatchObject({
      status: 'partial',
      progress: { tasks: 60, done: 60, succeeded: 40, failed: 20, aborted: 0 },
    });
  });
});

describe('a retry', () => {
  test('does what failed again, as a run that points to the first', async () => {
    const { runId } = (await start({ records: pages(4), tags: ['t'], maxAttempts: 2 })).body['run'];
    const ends: TaskEnd[] = ['succeeded', 'failed', 'timed_out', 'succeeded'];
    for (const [n, { id }] of (await tasksOf(runId)).entries()) await work(id, ends[n]!);
    const { status, body } = await api.client.post<Body>(`${runs}/${runId}/retry`);
    expect(status).toBe(200);
    expect(body['run']).toMatchObject({ retryOf: runId, tags: ['t'], progress: { tasks: 2, done: 0 } });
    expect(await tasksOf(body['run'].runId)).toMatchObject([
      { record: { id: 'r1' }, inputs: { page: 1, word: 'tea' } },
      { record: { id: 'r2' }, inputs: { page: 2, word: 'tea' } },
    ]);
    expect((await look(runId)).status).toBe('partial');
  });

  test('is refused while the run goes on, and when nothing failed', async () => {
    const { runId } = (await start({ inputs: { page: 1 } })).body['run'];
    const going = await api.client.post<Body>(`${runs}/${runId}/retry`);
    expect(going).toMatchObject({ status: 409, body: { message: expect.stringContaining('not ended') } });
    await work((await tasksOf(runId))[0]!['id'], 'succeeded');
    const done = await api.client.post<Body>(`${runs}/${runId}/retry`);
    expect(done).toMatchObject({ status: 409, body: { message: expect.stringContaining('no task') } });
  });

  test('may be of another version, and is held against it', async () => {
    const { runId } = (await start({ inputs: { page: 1 } })).body['run'];
    await work((await tasksOf(runId))[0]!['id'], 'failed');
    const inputs = [{ name: 'size', type: 'number', required: true }];
    const definition = { inputs, steps: [{ type: 'navigate', url: 'http://127.0.0.1:9/' }] };
    await api.client.send('PUT', `/api/robots/${robotId}?publish=true`, {
      body: JSON.stringify({ definition }),
    });
    const again = await api.client.post<Body>(`${runs}/${runId}/retry`);
    expect(again.body['run']).toMatchObject({ robotVersion: 1 });
    const newer = await api.client.post<Body>(`${runs}/${runId}/retry`, { stage: 'published' });
    expect(newer.status).toBe(400);
    expect(newer.body['faults'].map(({ path }: Body) => path)).toEqual(['records[0].inputs.size']);
  });
});

describe('an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'one start'.replace(' ', '-') };
  const body = { inputs: { page: 1, word: 'a' }, tags: ['x'] };

  test('gives the run of the first start again, as it is now', async () => {
    const first = await start(body, key);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const { runId } = first.body['run'];
    await work((await tasksOf(runId))[0]!['id'], 'succeeded');
    const second = await start({ ...body, inputs: { word: 'a', page: 1 } }, key);
    expect(second.status).toBe(200);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.body['run']).toMatchObject({ runId, status: 'success' });
  });

  test('makes one run of two hundred keys five times each at once', async () => {
    const asked = Array.from({ length: 1000 }, (_, n) =>
      start(body, { 'idempotency-key': `burst-${n % 200}` }),
    );
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.body['run'].runId)).size).toBe(200);
    const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true');
    expect(replayed).toHaveLength(800);
    expect((await api.client.get<Body>(runs)).body['runs'].totalCount).toBe(200);
  });

  test('with another request is refused, and says what differs', async () => {
    await start(body, { 'idempotency-key': 'differs' });
    const other = { inputs: { page: 2, word: 'a' }, name: 'Another' };
    const answer = await start(other, { 'idempotency-key': 'differs' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(answer.body['faults'].map(({ path }: Body) => path)).toEqual(['inputs.page', 'name', 'tags']);
    expect((await api.client.get<Body>(runs)).body['runs'].totalCount).toBe(1);
  });

  test('is not used up by a request that was refused', async () => {
    const refused = await start({ inputs: {} }, { 'idempotency-key': 'refused' });
    expect(refused.status).toBe(400);
    const taken = await start(body, { 'idempotency-key': 'refused' });
    expect(taken.headers.get('idempotent-replayed')).toBeNull();
  });

  test.each([
    ['empty', ''],
    ['two words', 'two words'],
    ['too long', 'x'.repeat(256)],
  ])('that is none is refused: %s', async (_, given) => {
    expect(await start(body, { 'idempotency-key': given })).toMatchObject({
      status: 400,
      body: { faults: [{ path: 'Idempotency-Key' }] },
    });
  });
});

describe('what a space may', () => {
  test('is a 429 that says when to come back', async () => {
    const other = await startTestApi();
    try {
      await other.dataSource.query('UPDATE spaces SET max_queued = 2');
      const path = `/api/robots/${await other.aRobot({ inputs })}/runs`;
      const tooLarge = await other.client.post<Body>(path, { records: pages(3) });
      expect(tooLarge).toMatchObject({ status: 400, body: { faults: [{ path: 'records' }] } });
      expect((await other.client.post<Body>(path, { records: pages(2) })).status).toBe(200);
      const answer = await other.client.post<Body>(path, { records: pages(2) });
      expect(answer).toMatchObject({ status: 429, body: { code: 'TOO_MANY_TASKS' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await other.close();
    }
  });
});
