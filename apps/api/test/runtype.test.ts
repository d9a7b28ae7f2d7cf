import { failure } from '@runnel/contracts';
import { endTasks, newId, TaskStore } from '@runnel/store';
import { asBase36 } from '../src/id-forms';
import { key, startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let robotId: string;
let flowId: string;

beforeAll(async () => {
  api = await startTestApi();
  robotId = await api.aRobot();
  flowId = `flow_${asBase36(robotId)}`;
});

afterAll(async () => {
  await api.close();
});

const get = (path: string) => api.client.get<Body>(`/v1${path}`);
const post = (path: string, body?: Body, headers?: Record<string, string>) =>
  api.client.post<Body>(`/v1${path}`, body, headers);

/** Starts a batch; gives the word behind the prefix of its id, and the ids of its tasks. */
async function aBatch(body: Body = {}): Promise<{ word: string; taskIds: string[] }> {
  const { status, body: started } = await post('/batch/flow', { flowId, ...body });
  expect([status, started]).toEqual([200, { batchExecutionId: expect.any(String), status: 'queued' }]);
  const word = started.batchExecutionId.slice('batch_'.length);
  const tasks: { id: string; run: string }[] = await api.beside.query(
    'SELECT id, run_id AS run FROM tasks ORDER BY ordinal',
  );
  return { word, taskIds: tasks.filter(({ run }) => asBase36(run) === word).map(({ id }) => id) };
}

/** Does to a task what a worker does. */
async function work(taskId: string, end: 'succeeded' | 'failed' | null): Promise<void> {
  const task = await new TaskStore(api.beside.manager).claim(taskId, 'the test', 60_000);
  const claim = { taskId, attempt: task!.attempt };
  const found = end === 'failed' ? failure('HTTP_STATUS', 'x answered with HTTP status 404') : null;
  if (end) await endTasks(api.beside, claim, { status: end, failure: found });
}

const second = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

describe('the results of a run', () => {
  let word: string;
  let taskIds: string[];

  beforeAll(async () => {
    ({ word, taskIds } = await aBatch({ recordIds: ['a', 'b', 'c', 'd'], recordType: 'user' }));
    await work(taskIds[0]!, 'succeeded');
    await work(taskIds[1]!, 'failed');
    await work(taskIds[2]!, null);
  });

  test('tell of each record what the seed tells', async () => {
    const { status, body } = await get(`/schedules/runs/run_${word}/results`);
    expect([status, body.pagination]).toEqual([200, { hasMore: false, limit: 10, offset: 0, total: 4 }]);
    expect(body.data[0]).toEqual({
      agentExecutionId: `exec_${asBase36(taskIds[0]!)}`,
      createdAt: second,
      error: null,
      executedAt: second,
      failedAt: null,
      flowId,
      flowName: '10 post link tree',
      record: { id: 'a', name: 'a', type: 'user' },
      recordId: 'a',
      recordResultId: `res_${asBase36(taskIds[0]!)}`,
      status: 'success',
    });
    const [, failed, running, pending] = body.data;
    expect(failed).toMatchObject({
      status: 'failed',
      error: 'x answered with HTTP status 404',
      failedAt: second,
    });
    expect(running).toMatchObject({ status: 'running', error: null, executedAt: second, failedAt: null });
    expect(pending).toMatchObject({ status: 'pending', error: null, executedAt: null, failedAt: null });
  });

  test.each(['runs', 'batch'])('are found under %s by either id of the run', async (place) => {
    for (const id of [`run_${word}`, `batch_${word}`]) {
      const { status, body } = await get(`/schedules/${place}/${id}/results`);
      expect([status, body.data.length]).toEqual([200, 4]);
    }
  });

  test('are given in pages, in order, and by status', async () => {
    const page = async (query: string) => {
      const { data, pagination } = (await get(`/schedules/batch/batch_${word}/results?${query}`)).body;
      return [data.map(({ recordId }: Body) => recordId).join(), pagination.total, pagination.hasMore];
    };
    expect(await page('limit=3')).toEqual(['a,b,c', 4, true]);
    expect(await page('limit=3&offset=3')).toEqual(['d', 4, false]);
    expect(await page('offset=9')).toEqual(['', 4, false]);
    expect(await page('status=failed')).toEqual(['b', 1, false]);
    expect(await page('status=pending,success&limit=1')).toEqual(['a', 2, true]);
    expect(await page('status=completed')).toEqual(['a', 1, false]);
  });

  test('of a run that another dialect started have a record too', async () => {
    const started = await api.client.post<Body>(`/api/robots/${robotId}/runs`, {});
    const { runId, id } = started.body.run;
    const { body } = await get(`/schedules/runs/run_${asBase36(runId)}/results`);
    const recordId = `rec_${asBase36(id)}`;
    expect(body.data).toMatchObject([{ recordId, record: { id: recordId, name: recordId, type: 'record' } }]);
  });

  test.each(['limit=0', 'limit=101', 'limit=x', 'offset=-1', 'status=done', 'page=2', 'limit=1&limit=2'])(
    'asked for with %s are refused',
    async (query) => {
      const { status, body } = await get(`/schedules/runs/run_${word}/results?${query}`);
      expect([status, body.code, body.error]).toEqual([400, 'INVALID_INPUT', body.message]);
      expect(body.details[0].path.replace(/\[.*/, '')).toBe(query.split('=')[0]);
    },
  );
});

describe('a batch', () => {
  test('tells how far it is, and what became of its records', async () => {
    const { word, taskIds } = await aBatch({ recordIds: ['1', '2', '3'] });
    const at = `/batch/status/batch_${word}`;
    expect((await get(at)).body).toMatchObject({ status: 'queued', progress: 0, startedAt: null });
    await work(taskIds[0]!, 'succeeded');
    await work(taskIds[1]!, 'failed');
    const { body } = await get(at);
    expect(body).toEqual({
      batchExecutionId: `batch_${word}`,
      flowId,
      status: 'running',
      progress: 66,
      totalRecords: 3,
      processedRecords: 2,
      failedRecords: 1,
      successCount: 1,
      startedAt: second,
      completedAt: null,
      results: (await get(`/schedules/batch/batch_${word}/results`)).body.data,
    });
    await work(taskIds[2]!, 'failed');
    const ended = { status: 'completed', progress: 100, failedRecords: 2, completedAt: second };
    expect((await get(at)).body).toMatchObject(ended);
  });

  test('says when it has more results than it shows', async () => {
    const { word } = await aBatch({ recordIds: Array.from({ length: 101 }, (_, n) => `${n}`) });
    const { body } = await get(`/batch/status/batch_${word}`);
    expect([body.results.length, body.totalRecords, body.resultsTruncated]).toEqual([100, 101, true]);
    const rest = await get(`/schedules/batch/batch_${word}/results?offset=100`);
    expect(rest.body.data).toMatchObject([{ recordId: '100' }]);
  });

  test('is cancelled once, and when it has ended no more', async () => {
    const { word, taskIds } = await aBatch({ recordIds: ['1', '2'] });
    await work(taskIds[0]!, null);
    const cancel = () => post(`/batch/batch_${word}/cancel`);
    const cancelled = { batchExecutionId: `batch_${word}`, status: 'cancelled' };
    expect(await cancel()).toMatchObject({ status: 200, body: cancelled });
    expect(await cancel()).toMatchObject({ status: 200, body: cancelled });
    const [{ attempt }] = await api.beside.query('SELECT attempt FROM tasks WHERE id = $1', [taskIds[0]]);
    const end = { status: 'aborted', failure: failure('ABORTED', 'aborted') } as const;
    await endTasks(api.beside, { taskId: taskIds[0]!, attempt }, end);
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    const { body } = await get(`/batch/status/run_${word}`);
    expect(body).toMatchObject({ status: 'cancelled', failedRecords: 2, progress: 100, completedAt: second });
    expect(body.results.map(({ status }: Body) => status)).toEqual(['failed', 'failed']);
  });

  test('stands in the summary while it is active, and among the last that ended', async () => {
    const { word, taskIds } = await aBatch();
    const id = `batch_${word}`;
    const item = {
      id,
      flowName: '10 post link tree',
      totalRecords: 1,
      processedRecords: 0,
      failedRecords: 0,
    };
    const active = (await get('/batch/summary')).body;
    expect(active.batches[0]).toEqual({ ...item, status: 'queued', progress: 0, startedAt: null });
    expect(active.activeBatches).toBe(active.batches.length);
    await work(taskIds[0]!, 'failed');
    const { body } = await get('/batch/summary');
    const ended = {
      status: 'failed',
      progress: 100,
      processedRecords: 1,
      failedRecords: 1,
      startedAt: second,
    };
    expect(body.recent[0]).toEqual({ ...item, ...ended });
    expect([body.recentlyCompleted, body.activeBatches]).toEqual([
      body.recent.length,
      active.activeBatches - 1,
    ]);
    expect(body.batches.map((batch: Body) => batch.id)).not.toContain(id);
  });
});

test('what is no id, names nothing, or has no such route is not found', async () => {
  const unknown = asBase36(newId());
  for (const id of [
    `run_${unknown}`,
    `batch_${unknown}`,
    unknown,
    'run_',
    `run_${unknown.toUpperCase()}`,
    newId(),
  ]) {
    for (const path of [
      `/schedules/runs/${id}/results`,
      `/schedules/batch/${id}/results`,
      `/batch/status/${id}`,
    ]) {
      const { status, body } = await get(path);
      expect([path, status, body.code, body.error]).toEqual([
        path,
        404,
        'NOT_FOUND',
        `There is no run or batch "${id}"`,
      ]);
    }
    expect((await post(`/batch/${id}/cancel`)).status).toBe(404);
  }
  const { status, body } = await get('/schedules/sch_1');
  expect([status, Object.keys(body)]).toEqual([404, ['error', 'message', 'code', 'requestId']]);
});

test('any of the three headers opens it, and nothing else', async () => {
  const ask = (headers: Record<string, string>) => fetch(`${api.url}/v1/flows`, { headers });
  for (const authorization of [key, `Bearer ${key}`, `Token ${key}`]) {
    expect((await ask({ authorization })).status).toBe(200);
  }
  expect((await ask({ 'x-api-key': key })).status).toBe(200);
  const refused = await ask({ authorization: 'Bearer another' });
  const body = await refused.json();
  expect([refused.status, body]).toEqual([401, { ...body, error: body.message, code: 'UNAUTHORIZED' }]);
  const keyless = await ask({});
  const told = expect.stringContaining('`Authorization: KEY`');
  expect([keyless.status, await keyless.json()]).toMatchObject([401, { error: told, message: told }]);
});
