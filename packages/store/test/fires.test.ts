import type { FireKind, FireOutcome, RunStatus } from '@runnel/contracts';
import { aDefinition, cloneDatabase, insertTestRun, type TestDatabase } from '@runnel/testing';
import {
  FireStore,
  newId,
  openDataSource,
  RobotStore,
  SpaceStore,
  type DataSource,
  type FireState,
} from '../src';

let database: TestDatabase;
let dataSource: DataSource;
let spaceId: string;
let robotId: string;
let fires: FireStore;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 5, application: 'test' });
  fires = new FireStore(dataSource.manager);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

beforeEach(async () => {
  spaceId = await new SpaceStore(dataSource.manager).create('test');
  robotId = await aRobot('A robot');
});

async function aRobot(name: string): Promise<string> {
  const robot = { spaceId, name, definition: aDefinition(), publish: true };
  return new RobotStore(dataSource.manager).create(robot);
}

async function aSchedule(name = 'Hourly'): Promise<string> {
  const id = newId();
  await dataSource.query(
    `INSERT INTO schedules (id, space_id, robot_id, name, type, cron, timezone, jitter_seconds, overlap_policy,
       misfire_policy, misfire_window_seconds, catch_up_max, target, execution_options, reads_first, next_moment, due_at)
     VALUES ($1, $2, $3, $4, 'recurring', '0 * * * *', 'UTC', 0, 'skip', 'fire_once', 3600, 100, '{}', '{}', false,
       '2030-01-01T00:00:00Z', '2030-01-01T00:00:07Z')`,
    [id, spaceId, robotId, name],
  );
  return id;
}

interface FireParts {
  kind: FireKind;
  outcome: FireOutcome | null;
  reason: string | null;
  /** When it came about, and for which moment. */
  at: string;
  scheduledFor: string;
}

async function aFire(scheduleId: string, given: Partial<FireParts> = {}): Promise<string> {
  const at = given.at ?? new Date().toISOString();
  const parts = { kind: 'manual', outcome: 'started', reason: null, scheduledFor: at, ...given };
  const time = Date.parse(at).toString(16).padStart(12, '0');
  const id = `${time.slice(0, 8)}-${time.slice(8)}${newId().slice(13)}`;
  await dataSource.query(
    `INSERT INTO fires (id, space_id, schedule_id, kind, scheduled_for, outcome, reason, created_at, fired_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $6::text IS NULL THEN NULL ELSE $8::timestamptz END)`,
    [id, spaceId, scheduleId, parts.kind, parts.scheduledFor, parts.outcome, parts.reason, at],
  );
  return id;
}

/** A fire, and its run of three records. */
async function aRunOf(
  scheduleId: string,
  status: RunStatus,
  given: Partial<FireParts> = {},
): Promise<string> {
  const id = await aFire(scheduleId, given);
  await insertTestRun(dataSource, { id, spaceId, robotId, count: 3, scheduleId });
  const ends: Partial<Record<RunStatus, number[]>> = {
    succeeded: [3, 0, 0, 0],
    partial: [1, 1, 1, 0],
    failed: [0, 3, 0, 0],
    timed_out: [0, 0, 3, 0],
    aborted: [0, 0, 0, 3],
  };
  const [succeeded, failed, timedOut, aborted] = ends[status] ?? [1, 0, 0, 0];
  await dataSource.query(
    `UPDATE runs r SET status = $2, tasks_succeeded = $3, tasks_failed = $4, tasks_timed_out = $5, tasks_aborted = $6,
       started_at = f.fired_at, finished_at = CASE WHEN $7 THEN f.fired_at + interval '2 s' END
     FROM fires f WHERE r.id = $1 AND f.id = r.id`,
    [id, status, succeeded, failed, timedOut, aborted, status in ends],
  );
  return id;
}

const idsOf = (found: { id: string }[] | null | undefined) => found?.map(({ id }) => id);

test('fires of a schedule are listed the newest first, page by page, each with its run or its reason', async () => {
  const scheduleId = await aSchedule();
  const scheduledFor = '2026-01-05T10:00:00.000Z';
  const started = await aRunOf(scheduleId, 'partial', { kind: 'cron', scheduledFor });
  const refused = await aFire(scheduleId, { outcome: 'error', reason: 'nothing is published' });
  const waiting = await aFire(scheduleId, { outcome: null });
  await aFire(await aSchedule('Another'));
  const found = await fires.listOf({ spaceId, scheduleId }, 10);
  expect(idsOf(found)).toEqual([waiting, refused, started]);
  expect(found).toMatchObject([
    { outcome: null, firedAt: null, run: null },
    {
      outcome: 'error',
      reason: 'nothing is published',
      scheduleName: 'Hourly',
      robotName: 'A robot',
      run: null,
    },
    { kind: 'cron', scheduledFor: new Date(scheduledFor), failure: null, robotId },
  ]);
  expect(found?.[2]?.run).toEqual({
    ...{ id: started, status: 'partial', taskCount: 3 },
    ...{ tasksSucceeded: 1, tasksFailed: 1, tasksTimedOut: 1, tasksAborted: 0 },
    createdAt: expect.any(Date) as Date,
    startedAt: expect.any(Date) as Date,
    finishedAt: expect.any(Date) as Date,
  });
  expect(idsOf(await fires.listOf({ spaceId, scheduleId }, 2))).toEqual([waiting, refused]);
});

test('a failed run tells why, and of the robot that ran, whichever its schedule has now', async () => {
  const scheduleId = await aSchedule();
  const id = await aRunOf(scheduleId, 'failed');
  await dataSource.query(
    `UPDATE tasks SET failure = json_build_object('message', 'it was task ' || ordinal) WHERE run_id = $1`,
    [id],
  );
  await dataSource.query('UPDATE schedules SET robot_id = $2 WHERE id = $1', [
    scheduleId,
    await aRobot('Next'),
  ]);
  expect(await fires.find(spaceId, id)).toMatchObject({
    failure: 'it was task 0',
    robotId,
    robotName: 'A robot',
  });
  const skipped = await aFire(scheduleId, { outcome: 'skipped_overlap' });
  expect(await fires.find(spaceId, skipped)).toMatchObject({ failure: null, robotName: 'Next' });
});

test('another space sees none of them', async () => {
  const scheduleId = await aSchedule();
  const id = await aRunOf(scheduleId, 'succeeded');
  const other = await new SpaceStore(dataSource.manager).create('other');
  const key = { spaceId: other, scheduleId };
  expect(await fires.listOf(key, 10)).toBeNull();
  expect(await fires.stats(key, null)).toBeNull();
  expect(await fires.find(other, id)).toBeNull();
  expect(await fires.sparklines(other, { scheduleIds: [scheduleId], since: new Date(0) })).toEqual([]);
  const all = { scheduleId, states: null, skip: 0, limit: 10 };
  expect(await fires.list(other, all)).toEqual({ totalCount: 0, items: [] });
});

test('fires of a space are found by what became of them, and by how their runs are', async () => {
  const [one, two] = [await aSchedule(), await aSchedule()];
  const made = new Map<string, string>();
  const states: RunStatus[] = ['queued', 'running', 'aborting', 'succeeded', 'partial'];
  const ends: RunStatus[] = ['failed', 'timed_out', 'aborted'];
  for (const status of [...states, ...ends]) made.set(status, await aRunOf(one, status));
  for (const skip of ['skipped_overlap', 'skipped_misfire', 'skipped_paused'] as const) {
    made.set(skip, await aFire(two, { outcome: skip }));
  }
  made.set('error', await aFire(two, { outcome: 'error' }));
  made.set('waiting', await aFire(two, { outcome: null }));
  made.set('gone', await aFire(two));
  await insertTestRun(dataSource, { spaceId, robotId });
  const wordOf = new Map([...made].map(([word, id]) => [id, word]));
  const found = async (wanted: FireState[] | null, scheduleId: string | null = null) => {
    const { totalCount, items } = await fires.list(spaceId, {
      scheduleId,
      states: wanted,
      skip: 0,
      limit: 50,
    });
    expect(totalCount).toBe(items.length);
    return items.map(({ id }) => wordOf.get(id));
  };
  const newestFirst = [...made.keys()].reverse();
  expect(await found(null)).toEqual(newestFirst);
  expect(await found(null, two)).toEqual(newestFirst.slice(0, 6));
  for (const status of [...states, ...ends]) {
    expect(await found([status])).toEqual([status]);
    expect(await found([status], one)).toEqual([status]);
    expect(await found([status], two)).toEqual([]);
  }
  expect(await found(['skipped'])).toEqual(['skipped_paused', 'skipped_misfire', 'skipped_overlap']);
  expect(await found(['removed'])).toEqual(['gone']);
  expect(await found(['removed', 'error'], two)).toEqual(['gone', 'error']);
  expect(await found(['removed'], one)).toEqual([]);
  expect(await found(['error', 'waiting', 'skipped'])).toEqual(newestFirst.slice(1, 6));
  expect(await found(['failed', 'running', 'error'])).toEqual(['error', 'failed', 'running']);
  expect(await found(['waiting', 'succeeded', 'failed'])).toEqual(['waiting', 'failed', 'succeeded']);
  expect(await found([])).toEqual([]);
  const { items, totalCount } = await fires.list(spaceId, {
    scheduleId: null,
    states: null,
    skip: 3,
    limit: 2,
  });
  expect([totalCount, items.map(({ id }) => wordOf.get(id))]).toEqual([14, newestFirst.slice(3, 5)]);
});

test('statistics count each outcome, each end of a run, their time, their lag and their records', async () => {
  const scheduleId = await aSchedule();
  const at = (second: number) => ({ at: `2026-01-05T10:00:0${second}.000Z` });
  const scheduledFor = '2026-01-05T10:00:00.000Z';
  await aRunOf(scheduleId, 'succeeded', { ...at(1), kind: 'cron', scheduledFor });
  await aRunOf(scheduleId, 'partial', {
    ...at(3),
    kind: 'catch_up',
    scheduledFor: '2026-01-05T09:59:58.000Z',
  });
  // What a person asked for is never late.
  await aRunOf(scheduleId, 'failed', {
    ...at(4),
    kind: 'backfill',
    scheduledFor: '2025-01-05T10:00:00.000Z',
  });
  await aRunOf(scheduleId, 'timed_out', at(5));
  await aRunOf(scheduleId, 'aborted', at(6));
  await aRunOf(scheduleId, 'running', at(7));
  for (const outcome of ['skipped_overlap', 'skipped_misfire', 'skipped_paused', 'error', null] as const) {
    await aFire(scheduleId, { ...at(8), outcome });
  }
  const lastRunAt = new Date('2026-01-05T10:00:07.000Z');
  const last = `(SELECT id FROM runs WHERE schedule_id = $1 AND status = 'running')`;
  await dataSource.query(`UPDATE schedules SET last_run_id = ${last}, last_run_at = $2 WHERE id = $1`, [
    scheduleId,
    lastRunAt,
  ]);
  const key = { spaceId, scheduleId };
  expect(await fires.stats(key, null)).toEqual({
    ...{ total: 11, waiting: 1, started: 6, errors: 1 },
    ...{ skippedOverlap: 1, skippedMisfire: 1, skippedPaused: 1 },
    runs: { active: 1, succeeded: 1, partial: 1, failed: 1, timedOut: 1, aborted: 1 },
    averageDurationMs: 2_000,
    averageLagMs: 3_000,
    ...{ totalRecords: 18, processedRecords: 16, failedRecords: 11 },
    lastRunAt,
    lastRunStatus: 'running',
    nextRunAt: new Date('2030-01-01T00:00:07Z'),
  });
  const since = await fires.stats(key, new Date('2026-01-05T10:00:06.000Z'));
  expect(since).toMatchObject({ total: 7, started: 2, runs: { active: 1, succeeded: 0, aborted: 1 } });
  const empty = await fires.stats({ spaceId, scheduleId: await aSchedule() }, null);
  expect(empty).toMatchObject({
    ...{ total: 0, totalRecords: 0, averageDurationMs: null, averageLagMs: null },
    ...{ lastRunAt: null, lastRunStatus: null, runs: { active: 0 } },
  });
});

test('sparklines count the fires of each day in UTC', async () => {
  const [one, two] = [await aSchedule(), await aSchedule()];
  const [monday, tuesday] = ['2026-01-05T23:59:59.999Z', '2026-01-06T00:00:00.000Z'];
  for (const status of ['succeeded', 'partial', 'failed', 'timed_out', 'aborted', 'queued'] as const) {
    await aRunOf(one, status, { at: monday });
  }
  for (const outcome of ['skipped_misfire', 'error', null] as const)
    await aFire(one, { at: monday, outcome });
  await aRunOf(one, 'succeeded', { at: tuesday });
  await aFire(two, { at: tuesday, outcome: 'skipped_paused' });
  await aFire(two, { at: '2026-01-05T11:59:59.000Z', outcome: 'skipped_paused' });
  const since = new Date('2026-01-05T12:00:00Z');
  const none = { total: 1, completed: 0, failed: 0, aborted: 0, skipped: 0, running: 0 };
  const mixed = { total: 9, completed: 2, failed: 3, aborted: 1, skipped: 1, running: 2 };
  const ofOne = [
    { scheduleId: one, day: '2026-01-05', ...mixed },
    { scheduleId: one, day: '2026-01-06', ...none, completed: 1 },
  ];
  const ofTwo = [{ scheduleId: two, day: '2026-01-06', ...none, skipped: 1 }];
  expect(await fires.sparklines(spaceId, { scheduleIds: null, since })).toEqual([...ofTwo, ...ofOne]);
  expect(await fires.sparklines(spaceId, { scheduleIds: [one], since })).toEqual(ofOne);
});
