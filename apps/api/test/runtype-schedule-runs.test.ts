import { failure, type FireOutcome } from '@runnel/contracts';
import { createSpace } from '@runnel/services';
import { endTasks, newId, noteFires, TaskStore } from '@runnel/store';
import { TestClient } from '@runnel/testing';
import { asBase36, readBase36 } from '../src/id-forms';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let flowId: string;

beforeAll(async () => {
  api = await startTestApi();
  flowId = `flow_${asBase36(await api.aRobot())}`;
});

afterAll(async () => {
  await api.close();
});

const get = async (path: string) => (await api.client.get<Body>(`/v1/schedules${path}`)).body;
const post = (path: string, body?: Body, headers?: Record<string, string>) =>
  api.client.post<Body>(`/v1/schedules${path}`, body, headers);

const hourly = { type: 'recurring', cron: '0 * * * *' };

async function aSchedule(parts: Body = {}): Promise<string> {
  const { status, body } = await post('', { target: { flowId }, trigger: hourly, ...parts });
  expect(status).toBe(201);
  return body['id'];
}

const uuidIn = (id: string): string => readBase36(id.slice(id.indexOf('_') + 1))!;

/** Runs it now; gives the word behind the prefixes of its run. */
async function started(id: string, body: Body = {}): Promise<string> {
  const answer = await post(`/${id}/run-now`, body);
  expect([answer.status, answer.body['status']]).toEqual([200, 'queued']);
  return answer.body['batchExecutionId'].slice('batch_'.length);
}

/** Does to the tasks of a run what a worker does. */
async function work(run: string, ...ends: ('succeeded' | 'failed')[]): Promise<void> {
  const tasks = new TaskStore(api.beside.manager);
  const ids: { id: string }[] = await api.beside.query(
    'SELECT id FROM tasks WHERE run_id = $1 ORDER BY ordinal',
    [readBase36(run)],
  );
  for (const [index, end] of ends.entries()) {
    const taskId = ids[index]!.id;
    const task = await tasks.claim(taskId, 'the test', 60_000);
    const found = end === 'failed' ? failure('HTTP_STATUS', 'x answered with HTTP status 404') : null;
    await endTasks(api.beside, { taskId, attempt: task!.attempt }, { status: end, failure: found });
  }
}

/** What becomes of a moment that starts no run; gives the id of its run. */
async function noted(id: string, outcome: Exclude<FireOutcome, 'started'>, reason = 'why'): Promise<string> {
  const fire = { id: newId(), scheduleId: uuidIn(id), kind: 'cron', outcome, reason } as const;
  const scheduledFor = new Date(Date.UTC(2026, 0, 1) + (moments += 1) * 3_600_000);
  await noteFires(api.beside.manager, [{ ...fire, scheduledFor }]);
  return `run_${asBase36(fire.id)}`;
}
let moments = 0;

const second = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

describe('a run', () => {
  test('is started now, and listed with all its fields', async () => {
    const id = await aSchedule({
      name: 'Now',
      target: { flowId, recordIds: ['a', 'b'], recordType: 'shop' },
    });
    const answer = await post(`/${id}/run-now`);
    const batchExecutionId = expect.stringMatching(/^batch_[0-9a-z]{25}$/);
    expect([answer.status, answer.body]).toEqual([
      200,
      { batchExecutionId, recordCount: 2, status: 'queued' },
    ]);
    const word = answer.body['batchExecutionId'].slice('batch_'.length);
    const item = {
      ...{ id: `run_${word}`, scheduleId: id, scheduleName: 'Now', flowId, flowName: '10 post link tree' },
      ...{ agentId: null, agentExecutionId: null, batchExecutionId: `batch_${word}` },
      ...{ status: 'queued', totalRecords: 2, processedRecords: 0, failedRecords: 0, error: null },
      ...{ kind: 'manual', scheduledFor: second, firedAt: second, outcome: 'started', reason: null },
      ...{ createdAt: second, startedAt: null, completedAt: null },
    };
    expect(await get(`/${id}/runs`)).toEqual({ data: [item] });
    await work(word, 'succeeded', 'failed');
    const ended = {
      status: 'completed',
      processedRecords: 2,
      failedRecords: 1,
      startedAt: second,
      completedAt: second,
    };
    const pagination = { hasMore: false, limit: 10, offset: 0, total: 1 };
    expect(await get(`/runs?scheduleId=${id}`)).toEqual({ data: [{ ...item, ...ended }], pagination });
    const results = await get(`/runs/run_${word}/results`);
    const records = results['data'].map(({ record, status }: Body) => [record.id, record.type, status]);
    expect(records).toEqual([
      ['a', 'shop', 'success'],
      ['b', 'shop', 'failed'],
    ]);
    expect(await get(`/${id}`)).toMatchObject({ lastRunStatus: 'completed', lastRunAt: second });
  });

  test('says why it failed', async () => {
    const id = await aSchedule();
    await work(await started(id), 'failed');
    const [run] = (await get(`/${id}/runs`))['data'];
    expect(run).toMatchObject({ status: 'failed', error: 'x answered with HTTP status 404' });
  });

  test('that is asked for twice with one key is one', async () => {
    const id = await aSchedule();
    const headers = { 'idempotency-key': 'now-and-once' };
    const [first, again] = [
      await post(`/${id}/run-now`, {}, headers),
      await post(`/${id}/run-now`, {}, headers),
    ];
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await get(`/${id}/runs`))['data']).toHaveLength(1);
    const other = await post(`/${id}/run-now`, { overlapPolicy: 'allow' }, headers);
    expect([other.status, other.body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test('is refused, runs beside or takes the place of one that has not ended', async () => {
    const id = await aSchedule();
    const first = await started(id);
    for (const body of [{}, { overlapPolicy: 'queue_one' }]) {
      const { status, body: refusal } = await post(`/${id}/run-now`, body);
      expect([status, refusal['code']]).toEqual([409, 'CONFLICT']);
      expect(refusal['error']).toContain(`batch_${first}`);
    }
    await started(id, { overlapPolicy: 'allow' });
    await started(id, { overlapPolicy: 'cancel_previous' });
    const words = (await get(`/${id}/runs`))['data'].map(({ status }: Body) => status);
    expect(words).toEqual(['queued', 'cancelled', 'cancelled']);
  });

  test('cannot start when what it is made of is gone', async () => {
    const headers = { 'content-type': 'text/csv' };
    const sent = await api.client.send<Body>('POST', '/api/files?name=a.csv', { body: 'a\n1\n', headers });
    const recordId = `rec_${asBase36(sent.body['file'].id)}_0`;
    const id = await aSchedule({
      target: { flowId, records: [{ inputs: {} }], recordIds: ['own', recordId] },
    });
    await api.beside.query('DELETE FROM files');
    const { status, body } = await post(`/${id}/run-now`);
    expect([status, body['details']]).toMatchObject([
      400,
      [{ path: 'target.recordIds[1]', found: recordId }],
    ]);
  });
});

describe('what became of a moment', () => {
  test('is told in the words of runs, and has no results where it started none', async () => {
    const id = await aSchedule();
    const overlap = await noted(id, 'skipped_overlap');
    const error = await noted(id, 'error', 'no row matches');
    const waiting = await post(`/${id}/backfill`, {
      from: '2026-01-01T00:30:00Z',
      until: '2026-01-01T01:30:00Z',
    });
    expect(waiting.body).toEqual({ id, status: 'queued', moments: 1, added: 1 });
    const none = { batchExecutionId: null, totalRecords: 0, startedAt: null };
    expect((await get(`/${id}/runs`))['data']).toMatchObject([
      { ...none, status: 'queued', kind: 'backfill', outcome: null, scheduledFor: '2026-01-01T01:00:00Z' },
      {
        ...none,
        id: error,
        status: 'failed',
        outcome: 'error',
        error: 'no row matches',
        completedAt: second,
      },
      { ...none, id: overlap, status: 'skipped', outcome: 'skipped_overlap', error: null, reason: 'why' },
    ]);
    expect(await get(`/${id}`)).toMatchObject({ waiting: 1 });
    const pagination = { hasMore: false, limit: 10, offset: 0, total: 0 };
    for (const run of [overlap, error])
      expect(await get(`/runs/${run}/results`)).toEqual({ data: [], pagination });
    expect(await get(`/batch/${overlap}/results`)).toEqual({ data: [], pagination });
  });

  test('is listed by status, in pages', async () => {
    const id = await aSchedule();
    const skipped = [await noted(id, 'skipped_misfire'), await noted(id, 'skipped_paused')];
    const failed = [await noted(id, 'error')];
    const completed = await started(id);
    await work(completed, 'succeeded');
    const queued = await started(id);
    const list = async (query: string): Promise<unknown> => {
      const { data, pagination } = await get(`/runs?scheduleId=${id}&${query}`);
      return [data.map((run: Body) => run['id']), pagination.total, pagination.hasMore];
    };
    const [done, waits] = [`run_${completed}`, `run_${queued}`];
    expect(await list('status=skipped')).toEqual([[...skipped].reverse(), 2, false]);
    expect(await list('status=failed')).toEqual([failed, 1, false]);
    expect(await list('status=completed,queued')).toEqual([[waits, done], 2, false]);
    expect(await list('limit=2&offset=1')).toEqual([[done, failed[0]], 5, true]);
    expect((await get(`/${id}/runs?limit=1`))['data']).toMatchObject([{ id: waits }]);
    for (const query of ['status=success', 'limit=101', 'scheduleId=x', 'cursor=x']) {
      expect((await get(`/runs?${query}`))['details'][0].path).toBe(query.split('=')[0]);
    }
  });

  test('that could start nothing tells of flows', async () => {
    const id = await aSchedule();
    await noted(id, 'error', 'The inputs are not right: inputs.robot is no input of this robot');
    await noted(id, 'skipped_paused', 'the schedule is paused: robot is broken');
    const told = 'The inputs are not right: inputs.robot is no input of this flow';
    expect((await get(`/${id}/runs`))['data']).toMatchObject([
      { error: null, reason: 'the schedule is paused: robot is broken' },
      { error: told, reason: told },
    ]);
  });

  test('stays when its run is removed, without what was counted', async () => {
    const id = await aSchedule();
    const word = await started(id);
    await work(word, 'succeeded');
    await api.beside.query('UPDATE runs SET removed_at = now() WHERE id = $1', [readBase36(word)]);
    const counts = { totalRecords: null, processedRecords: null, failedRecords: null };
    const told = {
      status: 'removed',
      batchExecutionId: null,
      reason: 'its run was removed since',
      ...counts,
    };
    expect((await get(`/${id}/runs`))['data']).toMatchObject([{ id: `run_${word}`, ...told }]);
    const found = async (status: string) =>
      (await get(`/runs?scheduleId=${id}&status=${status}`))['pagination'].total;
    expect([await found('removed'), await found('completed')]).toEqual([1, 0]);
    expect((await api.client.get(`/v1/schedules/runs/run_${word}/results`)).status).toBe(404);
  });
});

describe('figures', () => {
  test('count what became of the moments of a schedule', async () => {
    const id = await aSchedule({ target: { flowId, recordIds: ['a', 'b'] } });
    const none = { completedRuns: 0, failedRuns: 0, cancelledRuns: 0, activeRuns: 0, skippedRuns: 0 };
    const empty = { scheduleId: id, totalRuns: 0, ...none, successRate: null, averageDurationMs: null };
    expect(await get(`/${id}/stats`)).toMatchObject({ ...empty, lastRunAt: null, nextRunAt: second });
    await work(await started(id), 'succeeded', 'failed');
    await work(await started(id), 'failed', 'failed');
    for (const outcome of ['skipped_overlap', 'skipped_misfire', 'error'] as const) await noted(id, outcome);
    await started(id);
    expect(await get(`/${id}/stats?days=7`)).toEqual({
      ...{ scheduleId: id, totalRuns: 6, completedRuns: 1, failedRuns: 2, cancelledRuns: 0, activeRuns: 1 },
      ...{ skippedRuns: 2, skipped: { overlap: 1, misfire: 1, paused: 0 }, successRate: 1 / 3 },
      ...{ averageDurationMs: expect.any(Number), averageLagMs: null },
      ...{ lastRunAt: second, lastRunStatus: 'queued', nextRunAt: second },
      ...{ totalRecords: 6, processedRecords: 4, failedRecords: 3 },
    });
    expect((await get(`/${id}/stats?days=0`))['details'][0].path).toBe('days');
  });

  test('are drawn day by day', async () => {
    const [id, other, idle] = [await aSchedule(), await aSchedule(), await aSchedule()];
    const yesterday = await noted(id, 'skipped_paused');
    await api.beside.query("UPDATE fires SET created_at = now() - interval '1 day' WHERE id = $1", [
      uuidIn(yesterday),
    ]);
    await work(await started(id), 'succeeded');
    await noted(id, 'error');
    await noted(other, 'skipped_overlap');
    const { data } = await get(`/sparklines?days=2&ids=${id},${idle}`);
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    const point = { total: 0, completed: 0, failed: 0, cancelled: 0, skipped: 0, running: 0 };
    expect(data).toEqual([
      {
        scheduleId: id,
        points: [
          { ...point, date: day(1), total: 1, skipped: 1 },
          { ...point, date: day(0), total: 2, completed: 1, failed: 1 },
        ],
      },
    ]);
    const all = (await get('/sparklines'))['data'];
    expect(all.map(({ points }: Body) => points.length)).toEqual(all.map(() => 14));
    expect(all.map(({ scheduleId }: Body) => scheduleId)).toEqual(expect.arrayContaining([id, other]));
    for (const query of ['days=91', 'ids=x', `ids=${Array(101).fill(id).join()}`]) {
      expect((await get(`/sparklines?${query}`))['details'][0].path).toMatch(/^(?:days|ids)/);
    }
  });
});

describe('a moment to come', () => {
  test('is previewed with what the clocks do to it', async () => {
    const trigger = { cron: '30 2 * * *', timezone: 'Europe/Berlin' };
    const { status, body } = await post('/preview', { trigger, count: 2, from: '2026-03-29T00:00:00Z' });
    const summer = { offset: '+02:00', isDaylightSaving: true };
    expect([status, body['data']]).toEqual([
      200,
      [
        {
          scheduledFor: expect.any(String),
          local: expect.stringMatching(/^2026-03-29T03/),
          ...summer,
          shift: 'moved',
        },
        { scheduledFor: '2026-03-30T00:30:00Z', local: '2026-03-30T02:30:00+02:00', ...summer, shift: null },
      ],
    ]);
    const limited = { ...trigger, maxFires: 1 };
    expect((await post('/preview', { trigger: limited })).body['data']).toHaveLength(1);
    for (const [part, path] of [
      [{ trigger: { ...trigger, cron: '0 0 31 2 *' } }, 'trigger.cron'],
      [{ trigger: { ...trigger, timezone: 'Mars/Base' } }, 'trigger.timezone'],
      [{ trigger, count: 101 }, 'count'],
    ] as const) {
      const refused = await post('/preview', part);
      expect([refused.status, refused.body['details'][0].path]).toEqual([400, path]);
    }
  });

  test('is skipped once', async () => {
    const id = await aSchedule({ trigger: { ...hourly, startAt: '2099-01-01T00:00:00Z' } });
    const [first, next] = ['2099-01-01T00:00:00Z', '2099-01-01T01:00:00Z'];
    const { status, body } = await post(`/${id}/skip-next`, { scheduledFor: first });
    expect([status, body]).toEqual([200, { id, status: 'skipped', scheduledFor: first, nextRunAt: next }]);
    expect(await post(`/${id}/skip-next`, { scheduledFor: first })).toMatchObject({ status, body });
    expect((await post(`/${id}/skip-next`, { scheduledFor: '2099-01-01T00:30:00Z' })).status).toBe(409);
    expect((await post(`/${id}/skip-next`)).body).toMatchObject({ scheduledFor: next });
    const skipped = { status: 'skipped', outcome: 'skipped_paused', reason: 'skipped by request' };
    expect((await get(`/${id}/runs`))['data']).toMatchObject([skipped, { ...skipped, scheduledFor: first }]);
  });

  test('is none when the only one is skipped', async () => {
    const id = await aSchedule({ trigger: { runAt: '2099-01-01T00:00:00Z' } });
    expect((await post(`/${id}/skip-next`)).body).toMatchObject({ nextRunAt: null });
    expect(await get(`/${id}`)).toMatchObject({ status: 'finished', enabled: true, nextRunAt: null });
    expect((await post(`/${id}/skip-next`)).status).toBe(409);
  });
});

describe('moments of the past', () => {
  test('are run once', async () => {
    const id = await aSchedule();
    const range = { from: '2026-01-01T00:00:00Z', until: '2026-01-01T05:00:00Z' };
    expect((await post(`/${id}/backfill`, range)).body).toEqual({
      id,
      status: 'queued',
      moments: 6,
      added: 6,
    });
    expect((await post(`/${id}/backfill`, range)).body).toMatchObject({ moments: 6, added: 0 });
    await post(`/${id}/pause`);
    const paused = await post(`/${id}/backfill`, range);
    expect([paused.status, paused.body['code']]).toEqual([409, 'CONFLICT']);
  });

  test.each([
    ['until', { from: '2026-01-01T00:00:00Z', until: '2099-01-01T00:00:00Z' }],
    ['until', { from: '2026-01-01T00:00:00Z' }],
    ['until', { from: '2020-01-01T00:00:00Z', until: '2021-01-01T00:00:00Z' }],
    ['from', { from: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' }],
  ])('of a wrong range are refused at %s', async (path, range) => {
    const { status, body } = await post(`/${await aSchedule()}/backfill`, range);
    expect([status, body['details'][0].path]).toEqual([400, path]);
  });
});

describe('a pause', () => {
  test('has a note, stops nothing that a person starts, and is taken back', async () => {
    const id = await aSchedule();
    expect((await post(`/${id}/pause`, { note: 'the shop moves' })).body).toEqual({ id, status: 'paused' });
    const paused = { enabled: false, status: 'paused', pausedAt: second, pausedBy: 'person' };
    expect(await get(`/${id}`)).toMatchObject({ ...paused, pauseNote: 'the shop moves', nextRunAt: second });
    await started(id);
    const { body } = await post(`/${id}/resume`);
    expect(body).toEqual({ id, status: 'resumed', nextRunAt: second });
    expect(await get(`/${id}`)).toMatchObject({ enabled: true, pausedAt: null, pauseNote: null });
    const wrong = await post(`/${id}/pause`, { reason: 'x' });
    expect([wrong.status, wrong.body['details'][0].path]).toEqual([400, 'reason']);
  });

  test('is of all schedules of a space, and of no other', async () => {
    const id = await aSchedule();
    const space = await createSpace(api.beside, 'that pauses');
    const client = new TestClient(api.url, space.key);
    const definition = { title: 'Pauses', steps: [{ type: 'navigate', url: 'http://127.0.0.1:9/' }] };
    const { robot } = (await client.post<Body>('/api/robots', { definition })).body as { robot: Body };
    const target = { flowId: `flow_${asBase36(robot['id'])}` };
    for (const enabled of [true, true, false]) {
      await client.post('/v1/schedules', { target, trigger: hourly, enabled });
    }
    const all = async (verb: string, body?: Body) =>
      (await client.post<Body>(`/v1/schedules/${verb}`, body)).body;
    expect(await all('pause-all', { note: 'at night' })).toEqual({ status: 'paused', count: 2 });
    expect(await all('resume-all')).toEqual({ status: 'resumed', count: 3 });
    expect(await get(`/${id}`)).toMatchObject({ enabled: true });
  });
});
