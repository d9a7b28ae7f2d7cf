import { endTasks, newId, TaskStore } from '@runnel/store';
import { TestClient } from '@runnel/testing';
import { asBase36, readBase36 } from '../src/id-forms';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let flowId: string;

/** A robot that takes a text and a number. */
const takesInputs = {
  inputs: [
    { name: 'city', type: 'string', required: true },
    { name: 'max', type: 'number' },
  ],
};

beforeAll(async () => {
  api = await startTestApi();
  flowId = `flow_${asBase36(await api.aRobot(takesInputs))}`;
});

afterAll(async () => {
  await api.close();
});

const start = (body: Body, headers?: Record<string, string>) =>
  api.client.post<Body>('/v1/batch/flow', { flowId, ...body }, headers);

const tasksOf = (batch: Body): Promise<Body[]> =>
  api.beside.query(
    'SELECT id, inputs, record, max_attempts AS attempts FROM tasks WHERE run_id = $1 ORDER BY ordinal',
    [readBase36(batch['batchExecutionId'].slice('batch_'.length))],
  );

/** Starts a batch; gives its tasks. */
async function started(body: Body): Promise<Body[]> {
  const answer = await start(body);
  expect([answer.status, answer.body.status]).toEqual([200, 'queued']);
  return tasksOf(answer.body);
}

async function refused(body: Body): Promise<Body> {
  const { status, body: answer } = await start(body);
  expect([status, answer['code']]).toEqual([400, 'INVALID_INPUT']);
  return answer['details'];
}

test('a batch without records is one task', async () => {
  const inputs = { city: 'Oslo', note: { any: ['thing'] } };
  expect(await started({ inputs })).toMatchObject([{ inputs, record: null }]);
  expect(await started({ inputs, recordIds: [], options: {} })).toHaveLength(1);
});

test('an id of the caller’s own is a record that has the inputs of all', async () => {
  const tasks = await started({ inputs: { city: 'Oslo' }, recordIds: ['42', 'rec_x'], recordType: 'shop' });
  expect(tasks).toMatchObject([
    { inputs: { city: 'Oslo' }, record: { id: '42', name: '42', type: 'shop' } },
    { inputs: { city: 'Oslo' }, record: { id: 'rec_x', name: 'rec_x', type: 'shop' } },
  ]);
});

test('an id of a record in a file, or of a row, brings its values', async () => {
  const csv = 'name,city,max\nFirst,Oslo,3\nSecond,Bergen,4\n';
  const sent = await api.client.send<Body>('POST', '/api/files?name=shops.csv', {
    body: csv,
    headers: { 'content-type': 'text/csv' },
  });
  const inFile = `rec_${asBase36(sent.body['file'].id)}_1`;
  const [first] = await started({ inputs: { city: 'Oslo' } });
  const tasks = new TaskStore(api.beside.manager);
  const { attempt } = (await tasks.claim(first!['id'], 'the test', 60_000))!;
  const claim = { taskId: first!['id'], attempt };
  const rows = [{ list: 'rows', ordinal: 0, position: 0, data: { city: 'Lund', max: '7' } }];
  await tasks.appendRows(claim, { rows, rowCount: 1, lists: { rows: 1 } });
  await endTasks(api.beside, claim, { status: 'succeeded', failure: null });
  const row = `row_${asBase36(first!['id'])}_0`;
  expect(await started({ recordIds: [inFile, row] })).toMatchObject([
    { inputs: { city: 'Bergen', max: 4 }, record: { id: inFile } },
    { inputs: { city: 'Lund', max: 7 }, record: { id: row, name: row } },
  ]);
});

test('an id of a file or a row that is not there is told', async () => {
  const [file, row] = [`rec_${asBase36(newId())}_0`, `row_${asBase36(newId())}_0`];
  const details = await refused({ inputs: { city: 'Oslo' }, recordIds: ['own', file, row] });
  expect(details).toMatchObject([
    { path: 'recordIds[1]', found: file },
    { path: 'recordIds[2]', found: row },
  ]);
});

test('what is wrong is told in words of this API', async () => {
  for (const body of [{}, { inputs: { city: 1 } }, { options: { timeoutMs: 1 } }]) {
    expect(JSON.stringify((await start(body)).body)).not.toMatch(/robot/);
  }
});

test('faults of inputs stand where this body has them', async () => {
  expect(await refused({})).toMatchObject([{ path: 'inputs.city' }]);
  expect(await refused({ recordIds: ['1', '2'] })).toMatchObject([
    { path: 'recordIds[0].city' },
    { path: 'recordIds[1].city' },
  ]);
});

test('a record is tried as often as the options say', async () => {
  const attempts = async (options: Body) =>
    (await started({ inputs: { city: 'Oslo' }, options }))[0]!['attempts'];
  expect(await attempts({ maxRetries: 0 })).toBe(1);
  expect(await attempts({ maxRetries: 19 })).toBe(20);
  expect(await attempts({ maxRetries: 3, retryOnFailure: false })).toBe(1);
  expect(await attempts({ chunkSize: 200, progressFlushSize: 25, retryOnFailure: true })).toBe(
    await attempts({}),
  );
});

test('to work on fewer records at a time than there are is refused, as it is not possible', async () => {
  const batch = { inputs: { city: 'Oslo' }, recordIds: ['1', '2'] };
  expect(await started({ ...batch, options: { recordConcurrency: 25 } })).toHaveLength(2);
  const details = await refused({ ...batch, options: { recordConcurrency: 1 } });
  expect(details).toMatchObject([{ path: 'options.recordConcurrency', found: 1 }]);
});

test.each([
  [{ flowId: 7 }, 'flowId'],
  [{ recordIds: 'x' }, 'recordIds'],
  [{ recordIds: ['a', ''] }, 'recordIds[1]'],
  [{ recordIds: Array.from({ length: 10_001 }, () => '1') }, 'recordIds'],
  [{ options: { maxRetries: 20 } }, 'options.maxRetries'],
  [{ options: { timeoutMs: 900_000 } }, 'options.timeoutMs'],
  [{ options: { retries: 2 } }, 'options.retries'],
  [{ inputs: [] }, 'inputs'],
  [{ recordtype: 'x' }, 'recordtype'],
  [{ stage: 'published' }, 'stage'],
  [{ records: [] }, 'records'],
])('a body with %j is refused', async (body, path) => {
  const [detail] = (await refused({ inputs: { city: 'Oslo' }, ...body })) as unknown as Body[];
  expect(detail!['path']).toBe(path);
});

test('a flow that is not there is not found, and one that is not published cannot be started', async () => {
  for (const id of [`flow_${asBase36(newId())}`, 'flow_12345abcde', 'x']) {
    const { status, body } = await start({ flowId: id });
    expect([status, body.code, body.error]).toEqual([
      404,
      'NOT_FOUND',
      expect.stringContaining(`There is no flow "${id}"; `),
    ]);
  }
  const definition = { title: 'A draft', steps: [{ type: 'navigate', url: 'http://127.0.0.1:9/' }] };
  const { body } = await api.client.post<Body>('/api/robots', { definition, stage: 'draft' });
  const details = await refused({ flowId: `flow_${asBase36(body['robot'].id)}` });
  expect(details).toEqual([{ path: 'flowId', message: 'no version of this flow is published' }]);
});

test('a start that is sent again with its key finds its batch; with another body it is refused', async () => {
  const body = { inputs: { city: 'Oslo' }, recordIds: ['1'] };
  const headers = { 'idempotency-key': 'once' };
  const first = await start(body, headers);
  const again = await start(body, headers);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  const other = await start({ ...body, recordIds: ['2'], options: { maxRetries: 2 } }, headers);
  expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  expect(other.body.details.map(({ path }: Body) => path)).toEqual(['options', 'recordIds']);
});

test('a key that another API sent first is told in words of the two requests alone', async () => {
  const headers = { 'idempotency-key': 'of-another-API' };
  const robot = `/api/robots/${readBase36(flowId.slice('flow_'.length))}`;
  await api.client.post(`${robot}/runs`, { inputs: { city: 'Oslo' } }, headers);
  const { status, body } = await start({ inputs: { city: 'Oslo' } }, headers);
  expect([status, body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  expect(JSON.stringify(body.details)).not.toContain('unknownInputs');
});

test('what is another space’s is answered as what does not exist', async () => {
  const { batchExecutionId } = (await start({ inputs: { city: 'Oslo' } })).body;
  const key = 'rk_the-key-of-another-space';
  await api.beside.query(
    `WITH s AS (INSERT INTO spaces (id, name) VALUES (gen_random_uuid(), 'other') RETURNING id)
     INSERT INTO api_keys (scopes, id, space_id, name, prefix, hash)
     SELECT '{admin}', gen_random_uuid(), id, 'k', 'rk_', sha256($1::bytea) FROM s`,
    [key],
  );
  const stranger = new TestClient(api.url, key);
  const unknown = `batch_${asBase36(newId())}`;
  const told = async (method: string, path: string, id: string) => {
    const { status, body } = await stranger.send<Body>(method, path.replace('ID', id));
    return [status, JSON.stringify({ ...body, requestId: '' }).replaceAll(id, 'ID')];
  };
  for (const [method, path] of [
    ['GET', '/v1/schedules/runs/ID/results'],
    ['GET', '/v1/schedules/batch/ID/results'],
    ['GET', '/v1/batch/status/ID'],
    ['POST', '/v1/batch/ID/cancel'],
  ] as const) {
    const answer = await told(method, path, batchExecutionId);
    expect([path, answer]).toEqual([path, await told(method, path, unknown)]);
    expect(answer[0]).toBe(404);
  }
  expect((await stranger.post('/v1/batch/flow', { flowId, inputs: { city: 'Oslo' } })).status).toBe(404);
  const empty = { activeBatches: 0, recentlyCompleted: 0, batches: [], recent: [] };
  expect((await stranger.get('/v1/batch/summary')).body).toEqual(empty);
  expect((await stranger.get<Body>('/v1/flows')).body.data).toEqual([]);
});
