import {
  ArtifactStore,
  EventStore,
  newId,
  openDataSource,
  PruneStore,
  RobotStore,
  RowStore,
  RunStore,
  SpaceStore,
  type DataSource,
  type RowPlace,
  type SpaceLimits,
} from '@runnel/store';
import { aDefinition, cloneDatabase, until, type TestDatabase } from '@runnel/testing';
import { deleteRobot, prune, removeRun, type Pruned } from '../src';

const tiny = { items: 7, bytes: 1_000_000, graceMs: 0, pauseMs: 1 };
const quick = { ...tiny, items: 1_000 };

let database: TestDatabase;
let dataSource: DataSource;

beforeEach(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 20, application: 'test' });
});

afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

interface Place {
  spaceId: string;
  robotId: string;
}

async function aSpace(limits: Partial<SpaceLimits> = {}): Promise<Place> {
  const spaces = new SpaceStore(dataSource.manager);
  const spaceId = await spaces.create('test');
  await spaces.setLimits(spaceId, { keepDays: 30, ...limits });
  const robot = { spaceId, name: 'A robot', definition: aDefinition(), publish: true };
  return { spaceId, robotId: await new RobotStore(dataSource.manager).create(robot) };
}

interface RunParts {
  status: string;
  /** How long ago it was made, and has ended if it has. */
  days: number;
  tasks: number;
  rows: number;
  /** Hours since it was started with an idempotency key. */
  keyHours: number | null;
}

const living = ['queued', 'running', 'aborting'];

/** A run with tasks, each with rows and an artifact, and with as many events as tasks. */
async function aRun(place: Place, given: Partial<RunParts> = {}): Promise<string> {
  const parts = { status: 'succeeded', days: 40, tasks: 2, rows: 3, keyHours: null, ...given };
  const { status, days, tasks, rows, keyHours } = parts;
  const isLiving = living.includes(status);
  const runId = newId();
  const at = `now() - interval '${days} days'`;
  const end = isLiving ? 'NULL' : at;
  await dataSource.query(`
    INSERT INTO runs (id, space_id, robot_id, robot_version, stage, name, status, origin, tags, task_count,
      tasks_succeeded, created_at, finished_at)
    VALUES ('${runId}', '${place.spaceId}', '${place.robotId}', 1, 'published', 'A run', '${status}', 'api', '{}', ${tasks},
      ${isLiving ? 0 : tasks}, ${at}, ${end});
    INSERT INTO tasks (id, space_id, run_id, ordinal, status, inputs, attempt, max_attempts, deadline_ms, row_count,
      lists)
    SELECT gen_random_uuid(), '${place.spaceId}', '${runId}', n, '${isLiving ? 'queued' : status}', '{}', 1, 3, 1000,
      ${rows}, '{"list": ${rows}}' FROM generate_series(0, ${tasks - 1}) n;
    INSERT INTO rows (task_id, attempt, list, ordinal, position, data)
    SELECT t.id, 1, 'list', n, n, '{"a": 1}' FROM tasks t, generate_series(0, ${rows - 1}) n
    WHERE t.run_id = '${runId}';
    INSERT INTO artifacts (id, run_id, task_id, attempt, name, content_type, size, bytes)
    SELECT gen_random_uuid(), '${runId}', id, 1, 'x.png', 'image/png', 3, 'abc' FROM tasks WHERE run_id = '${runId}';
    INSERT INTO events (run_id, seq, event)
    SELECT '${runId}', n, '{"kind": "run.aborting"}' FROM generate_series(1, ${tasks}) n;
    UPDATE runs SET seq = ${tasks} WHERE id = '${runId}';
  `);
  if (keyHours !== null) await aKey(place, runId, keyHours);
  return runId;
}

async function aKey({ spaceId }: Place, runId: string, hours: number): Promise<void> {
  await dataSource.query(
    `INSERT INTO idempotency_keys (space_id, key, fingerprint, run_id, created_at)
     VALUES ($1, $2::text, '{}', $2::uuid, now() - $3 * interval '1 hour')`,
    [spaceId, runId, hours],
  );
}

async function aFile({ spaceId }: Place, days: number, size = 3): Promise<string> {
  const id = newId();
  await dataSource.query(
    `INSERT INTO files (id, space_id, name, content_type, size, records, bytes, created_at)
     VALUES ($1, $2, 'x.csv', 'text/csv', $3, 1, 'abc', now() - $4 * interval '1 day')`,
    [id, spaceId, size, days],
  );
  return id;
}

async function aSchedule({ spaceId, robotId }: Place, fileIds: string[] = []): Promise<string> {
  const id = newId();
  await dataSource.query(
    `INSERT INTO schedules (id, space_id, robot_id, name, type, cron, timezone, jitter_seconds, overlap_policy,
       misfire_policy, misfire_window_seconds, catch_up_max, target, execution_options, file_ids,
       reads_first)
     VALUES ($1, $2, $3, 'A schedule', 'recurring', '0 * * * *', 'UTC', 0, 'skip', 'fire_once', 3600, 100, '{}', '{}',
       $4::uuid[], $4::uuid[] <> '{}')`,
    [id, spaceId, robotId, fileIds],
  );
  return id;
}

/** A fire of a schedule; its id tells its age, as every id does. */
async function aFire(
  spaceId: string,
  scheduleId: string,
  fire: { days: number; outcome: string | null },
): Promise<string> {
  const { days, outcome } = fire;
  const time = Math.round(Date.now() - days * 86_400_000)
    .toString(16)
    .padStart(12, '0');
  const id = `${time.slice(0, 8)}-${time.slice(8)}${newId().slice(13)}`;
  await dataSource.query(
    `INSERT INTO fires (id, space_id, schedule_id, kind, scheduled_for, outcome, created_at, fired_at)
     SELECT $1, $2, $3, 'manual', at, $4, at, CASE WHEN $4::text IS NULL THEN NULL ELSE at END
     FROM (SELECT now() - $5 * interval '1 day' AS at) x`,
    [id, spaceId, scheduleId, outcome, days],
  );
  return id;
}

const failures: unknown[] = [];
const pruneAll = async (limits = quick, source = dataSource): Promise<Pruned> => {
  const onError = (error: unknown): void => void failures.push(error);
  return prune({ dataSource: source, signal: new AbortController().signal, onError }, limits);
};
afterEach(() => {
  expect(failures.splice(0)).toEqual([]);
});

async function count(table: string, condition = 'true'): Promise<number> {
  const [found] = await dataSource.query(`SELECT count(*)::int AS count FROM ${table} WHERE ${condition}`);
  return found.count;
}

const runIds = async ({ spaceId }: Place): Promise<string[]> =>
  (await dataSource.query('SELECT id FROM runs WHERE space_id = $1', [spaceId]))
    .map(({ id }: { id: string }) => id)
    .sort();
/** What there is of runs, all together. */
const parts = async () => ({
  tasks: await count('tasks'),
  rows: await count('rows'),
  artifacts: await count('artifacts'),
  events: await count('events'),
});

describe('runs', () => {
  test('that ended longer ago than their space keeps them go, with all that is of them', async () => {
    const month = await aSpace();
    const week = await aSpace({ keepDays: 7 });
    const ever = await aSpace({ keepDays: null });
    await Promise.all([aRun(month, { days: 31 }), aRun(week, { days: 8 })]);
    const kept = [await aRun(month, { days: 29 }), await aRun(week, { days: 6 })];
    kept.push(await aRun(ever, { days: 3_000 }));
    // Two runs are marked; each has two tasks, six rows, two artifacts, two events and itself.
    expect(await pruneAll()).toEqual({ keys: 0, files: 0, fires: 0, runs: 2, parts: 26 });
    expect([...(await runIds(month)), ...(await runIds(week)), ...(await runIds(ever))]).toEqual(kept);
    expect(await parts()).toEqual({ tasks: 6, rows: 18, artifacts: 6, events: 6 });
    expect(await pruneAll()).toEqual({ keys: 0, files: 0, fires: 0, runs: 0, parts: 0 });
  });

  test('go when their space has as many that ended after them as it keeps', async () => {
    const few = await aSpace({ keepRuns: 3, keepDays: null });
    const all = await aSpace({ keepDays: null });
    const newest = [];
    for (const days of [1, 2, 3, 4, 5]) {
      newest.push(await aRun(few, { days }));
      await aRun(all, { days });
    }
    await pruneAll();
    expect(await runIds(few)).toEqual(newest.slice(0, 3).sort());
    expect(await runIds(all)).toHaveLength(5);
  });

  test('are kept for what they are, whichever of age and count is the stricter', async () => {
    const both = await aSpace({ keepRuns: 2, keepDays: 10 });
    const fresh = await aRun(both, { days: 1 });
    for (const days of [11, 12]) await aRun(both, { days });
    await pruneAll();
    expect(await runIds(both)).toEqual([fresh]);
  });

  test('that live stay, however old they are and however many ended since', async () => {
    const place = await aSpace({ keepRuns: 1, keepDays: 1 });
    const alive = [];
    for (const status of living) alive.push(await aRun(place, { status, days: 1_000 }));
    const newest = await aRun(place, { days: 0 });
    await aRun(place, { days: 2 });
    await pruneAll();
    expect(await runIds(place)).toEqual([...alive, newest].sort());
    expect(await parts()).toEqual({ tasks: 8, rows: 24, artifacts: 8, events: 8 });
    const key = { ...place, runId: alive[1]! };
    expect(await removeRun(dataSource, key)).toMatchObject({ isRemoved: false, run: { status: 'running' } });
    expect(await new PruneStore(dataSource).markRemoved(key)).toBe(false);
  });

  test('stay while their idempotency keys are there, which are kept for a day', async () => {
    const place = await aSpace({ keepRuns: 1, keepDays: null });
    const newest = await aRun(place, { days: 0 });
    const keyed = await aRun(place, { days: 0.98, keyHours: 23.5 });
    await aRun(place, { days: 1.2, keyHours: 24.5 });
    expect(await pruneAll()).toMatchObject({ keys: 1, runs: 1 });
    expect(await runIds(place)).toEqual([newest, keyed].sort());
    await dataSource.query(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours'`);
    expect(await pruneAll()).toMatchObject({ keys: 1, runs: 1 });
    expect(await runIds(place)).toEqual([newest]);
  });

  test('that are removed by hand are gone for readers at once, and are taken apart a while later', async () => {
    const place = await aSpace();
    const runId = await aRun(place, { days: 0, keyHours: 0 });
    const key = { ...place, runId };
    const patient = { ...quick, graceMs: 60_000 };
    expect(await removeRun(dataSource, key)).toMatchObject({ isRemoved: true });
    expect(await new RunStore(dataSource.manager).find(key, 0)).toBeNull();
    expect(await removeRun(dataSource, key)).toBeNull();
    expect(await pruneAll(patient)).toMatchObject({ parts: 0 });
    await dataSource.query(`UPDATE runs SET removed_at = now() - interval '61 s'`);
    expect(await pruneAll(patient)).toMatchObject({ parts: 13 });
    expect(await runIds(place)).toEqual([]);
  });
});

test('input files go by their age', async () => {
  const [month, ever] = [await aSpace(), await aSpace({ keepDays: null })];
  for (const days of [29, 31, 400]) await Promise.all([aFile(month, days), aFile(ever, days)]);
  expect(await pruneAll()).toMatchObject({ files: 2 });
  expect(await count('files', `space_id = '${month.spaceId}'`)).toBe(1);
  expect(await count('files', `space_id = '${ever.spaceId}'`)).toBe(3);
});

test('a file that a schedule names is kept, however old', async () => {
  const [one, two] = [await aSpace(), await aSpace()];
  const named = [await aFile(one, 400), await aFile(one, 31)];
  const [, other] = [await aFile(one, 400), await aFile(two, 400)];
  const scheduleId = await aSchedule(one, named);
  // That of another space does not keep it.
  await aSchedule(one, [other]);
  expect(await pruneAll()).toMatchObject({ files: 2 });
  const kept = await dataSource.query('SELECT id FROM files');
  expect(kept.map(({ id }: { id: string }) => id).sort()).toEqual(named.sort());
  await dataSource.query('DELETE FROM schedules WHERE id = $1', [scheduleId]);
  expect(await pruneAll()).toMatchObject({ files: 2 });
});

test('what became of moments goes by its age, but what still waits', async () => {
  const [month, ever] = [await aSpace(), await aSpace({ keepDays: null })];
  const [scheduleId, always] = [await aSchedule(month), await aSchedule(ever)];
  const kept: string[] = [];
  for (const outcome of ['started', 'skipped_overlap', 'error']) {
    await aFire(month.spaceId, scheduleId, { days: 30.01, outcome });
    kept.push(await aFire(month.spaceId, scheduleId, { days: 29.99, outcome }));
    kept.push(await aFire(ever.spaceId, always, { days: 400, outcome }));
  }
  kept.push(await aFire(month.spaceId, scheduleId, { days: 40, outcome: null }));
  expect(await pruneAll({ ...quick, items: 2 })).toMatchObject({ fires: 3 });
  const found = await dataSource.query('SELECT id FROM fires');
  expect(found.map(({ id }: { id: string }) => id).sort()).toEqual(kept.sort());
});

test('pruning ends, and deletes what is old, however fast runs are started meanwhile', async () => {
  const place = await aSpace();
  await aRun(place);
  let [isDone, started] = [false, 0];
  const starting = [1, 2].map(async () => {
    while (!isDone) {
      // What the starts of a moment note of their robot.
      await dataSource.query(
        `INSERT INTO run_tallies (space_id, robot_id, runs, tasks) SELECT $1, $2, 1, 1 FROM generate_series(1, 150)`,
        [place.spaceId, place.robotId],
      );
      started += 150;
    }
  });
  expect(await pruneAll({ ...quick, items: 200 })).toMatchObject({ runs: 1, parts: 13 });
  isDone = true;
  await Promise.all(starting);
  expect(await count('run_tallies')).toBeGreaterThan(100);
  await pruneAll({ ...quick, items: 1_000_000 });
  expect(await count('run_tallies')).toBe(1);
  const filter = { spaceId: place.spaceId };
  // The one that is gone was inserted without a note.
  expect(await new RunStore(dataSource.manager).count(filter)).toBe(started - 1);
});

describe('a batch', () => {
  const sizes = async (batch: () => Promise<number>): Promise<number[]> => {
    const counts: number[] = [];
    for (let size = await batch(); size > 0; size = await batch()) counts.push(size);
    return counts;
  };

  test('is of so many rows at most, so a large run goes in many', async () => {
    const place = await aSpace();
    await aRun(place, { tasks: 1, rows: 20_000 });
    const store = new PruneStore(dataSource);
    const limits = { ...quick, items: 3_000, bytes: 32_000_000 };
    expect(await store.markOld(limits)).toBe(1);
    const large = [3_000, 3_000, 3_000, 3_000, 3_000, 3_000, 2_000];
    // Then its artifact, its task, its event, and itself.
    expect(await sizes(() => store.deleteMarked(limits))).toEqual([...large, 1, 1, 1, 1]);
    expect(await parts()).toEqual({ tasks: 0, rows: 0, artifacts: 0, events: 0 });
  });

  test('is of so many bytes at most, but for one that has more', async () => {
    const place = await aSpace();
    await aRun(place, { tasks: 5, rows: 0 });
    await dataSource.query(`UPDATE artifacts SET size = 400`);
    for (const days of [40, 41, 42]) await aFile(place, days, 5_000);
    const store = new PruneStore(dataSource);
    const limits = { ...quick, bytes: 1_000 };
    await store.markOld(limits);
    expect(await sizes(() => store.deleteMarked(limits))).toEqual([3, 2, 5, 5, 1]);
    expect(await sizes(() => store.deleteOldFiles(limits))).toEqual([1, 1, 1]);
  });
});

/** What readers see of a run. */
interface Seen {
  find: number[] | null;
  list: number[];
  rows: number | null;
  events: number | null;
  artifact: boolean;
}

async function readRows(runId: string): Promise<number | null> {
  const store = new RowStore(dataSource.manager);
  let [after, seen]: [RowPlace | null, number] = [null, 0];
  for (;;) {
    const page = await store.page(runId, { list: null, taskId: null, after, limit: 5 });
    if (!page) return null;
    seen += page.length;
    after = page.at(-1) ?? null;
    if (!after) return seen;
  }
}

async function look(place: Place, runId: string): Promise<Seen> {
  const { manager } = dataSource;
  const key = { ...place, runId };
  const runs = new RunStore(manager);
  const run = await runs.find(key, 1_000);
  const items = await runs.list(place, { limit: 100, before: null, skip: 0, rows: 1_000 });
  const events = await new EventStore(manager).page(key, { after: 0, limit: 1_000 });
  const artifact = await new ArtifactStore(manager).find({ ...key, taskId: null, name: 'x.png' });
  return {
    find: run && [run.rowCount, run.rows.length, run.artifacts.length],
    list: items.flatMap((each) => [each.rowCount, each.rows.length, each.artifacts.length]),
    rows: await readRows(runId),
    events: events && events.events.length,
    artifact: artifact !== null,
  };
}

test('readers see a run that goes whole or not at all', async () => {
  const place = await aSpace();
  const ids = [];
  for (let n = 0; n < 12; n += 1) ids.push(await aRun(place, { tasks: 2, rows: 20 }));
  let isDone = false;
  const seen: Seen[] = [];
  const readers = ids.slice(0, 6).map(async (runId) => {
    while (!isDone) seen.push(await look(place, runId));
  });
  await until(() => seen.length > 12);
  await pruneAll(tiny);
  isDone = true;
  await Promise.all(readers);
  const whole = [40, 40, 2];
  expect(new Set(seen.map(({ find }) => JSON.stringify(find)))).toEqual(
    new Set([JSON.stringify(whole), 'null']),
  );
  for (const { list } of seen) {
    expect(list).toEqual(Array.from({ length: list.length / 3 }, () => whole).flat());
  }
  expect(new Set(seen.map(({ rows }) => rows))).toEqual(new Set([40, null]));
  expect(new Set(seen.map(({ events }) => events))).toEqual(new Set([2, null]));
});

describe('many pruners', () => {
  const fill = async (): Promise<Place> => {
    const place = await aSpace();
    for (let n = 0; n < 15; n += 1) await aRun(place, { tasks: 4, rows: 5 });
    for (let n = 0; n < 20; n += 1) await aKey(place, newId(), 30);
    for (let n = 0; n < 20; n += 1) await aFile(place, 50);
    return place;
  };

  test('share the work, and none of it is done twice', async () => {
    const place = await fill();
    const kept = await aRun(place, { days: 1 });
    const pruned = await Promise.all([pruneAll(tiny), pruneAll(tiny), pruneAll(tiny)]);
    pruned.push(await pruneAll(tiny));
    const sum = (name: keyof Pruned) => pruned.reduce((total, each) => total + each[name], 0);
    expect([sum('keys'), sum('files'), sum('runs')]).toEqual([20, 20, 15]);
    // Of each run: 4 tasks, 20 rows, 4 artifacts, 4 events, and itself.
    expect(sum('parts')).toBe(15 * 33);
    expect(await runIds(place)).toEqual([kept]);
    expect(await parts()).toEqual({ tasks: 2, rows: 6, artifacts: 2, events: 2 });
  });

  test('go on where one was killed', async () => {
    const place = await fill();
    const kept = await aRun(place, { days: 1 });
    const application = 'killed pruner';
    for (let kills = 0; kills < 8; kills += 1) {
      const source = await openDataSource({ url: database.url, poolSize: 3, application });
      const stopping = new AbortController();
      const deps = { dataSource: source, signal: stopping.signal, onError: () => stopping.abort() };
      const before = await count('rows');
      const work = prune(deps, { ...tiny, pauseMs: 5 });
      // In the middle of whatever it does at this moment; some at their beginning.
      if (kills % 2 === 0) await until(async () => (await count('rows')) < before);
      await dataSource.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1`,
        [application],
      );
      stopping.abort();
      await work;
      await source.destroy();
    }
    const left = await count('rows');
    expect([left > 6, left < 300]).toEqual([true, true]);
    await pruneAll(tiny);
    expect(await runIds(place)).toEqual([kept]);
    expect(await parts()).toEqual({ tasks: 2, rows: 6, artifacts: 2, events: 2 });
  });

  test('do not wait for one that is stuck, and finish what it held when it is gone', async () => {
    await fill();
    const application = 'stuck pruner';
    const source = await openDataSource({ url: database.url, poolSize: 1, application });
    const lock = dataSource.createQueryRunner();
    await lock.startTransaction();
    // Of the first run: the pruner that comes first has locked its tasks when it comes upon these rows.
    await lock.query(`SELECT FROM rows WHERE task_id IN (SELECT id FROM tasks WHERE run_id =
      (SELECT id FROM runs ORDER BY finished_at LIMIT 1)) FOR UPDATE`);
    const stuckFailures: unknown[] = [];
    const onError = (error: unknown): void => void stuckFailures.push(error);
    const stuck = prune({ dataSource: source, signal: new AbortController().signal, onError }, tiny);
    await until(async () => (await count('pg_stat_activity', `wait_event_type = 'Lock'`)) > 0);
    await pruneAll(tiny);
    // All but the seven tasks that it holds, and their two runs.
    expect(await parts()).toEqual({ tasks: 7, rows: 35, artifacts: 7, events: 8 });
    await dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1`,
      [application],
    );
    await stuck;
    expect(stuckFailures).not.toEqual([]);
    await source.destroy();
    await lock.rollbackTransaction();
    await lock.release();
    await pruneAll(tiny);
    expect(await parts()).toEqual({ tasks: 0, rows: 0, artifacts: 0, events: 0 });
  });

  test('and who deletes a whole robot do not wait for each other for ever', async () => {
    const places = await Promise.all([fill(), fill()]);
    const pruning = Promise.all([pruneAll(tiny), pruneAll(tiny)]);
    await until(async () => (await count('rows')) < 590);
    const deleted = places.map(({ spaceId, robotId }) => deleteRobot(dataSource, spaceId, robotId));
    expect(await Promise.all(deleted)).toEqual([true, true]);
    await pruning;
    expect(await parts()).toEqual({ tasks: 0, rows: 0, artifacts: 0, events: 0 });
  });
});
