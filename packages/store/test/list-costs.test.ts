import type { TaskStatus } from '@runnel/contracts';
import { aDefinition, cloneDatabase, type TestDatabase } from '@runnel/testing';
import {
  openDataSource,
  RobotStore,
  RunStore,
  SpaceStore,
  TaskListStore,
  type DataSource,
  type RunFilter,
} from '../src';

const many = 100_000;
const few = 10;

let database: TestDatabase;
let dataSource: DataSource;
let large: { spaceId: string; robotId: string };
let small: { spaceId: string; robotId: string };

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 5, application: 'test' });
  large = await aRobot();
  small = await aRobot();
  // Statistics of when there was one robot; that of the small one is older than all of its runs.
  await insertRuns(large, { from: few, count: many });
  await insertQueued(await aRobot(), 20_000);
  await dataSource.query('ANALYZE');
  await insertRuns(small, { from: 0, count: few });
  // A connection that has run a statement often plans it for whatever values.
  await dataSource.query(`DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET plan_cache_mode = force_generic_plan', current_database()); END $$`);
  await dataSource.destroy();
  dataSource = await openDataSource({ url: database.url, poolSize: 5, application: 'test' });
}, 120_000);

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function aRobot(): Promise<{ spaceId: string; robotId: string }> {
  const spaceId = await new SpaceStore(dataSource.manager).create('test');
  const robot = { spaceId, name: 'A robot', definition: aDefinition(), publish: true };
  return { spaceId, robotId: await new RobotStore(dataSource.manager).create(robot) };
}

/** Runs of one task each, whose ids grow; every thousandth is a draft and another failed; the last but one has not ended. */
async function insertRuns(
  { spaceId, robotId }: { spaceId: string; robotId: string },
  { from, count }: { from: number; count: number },
): Promise<void> {
  const [id, taskId] = ['a0000000', 'b0000000'].map(
    (head) => `('${head}-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`,
  );
  const numbers = `generate_series(${from}, ${from + count - 1}) n`;
  const running = from + count - 2;
  const status = `CASE WHEN n = ${running} THEN 'running' WHEN n % 1000 = 7 THEN 'failed' ELSE 'succeeded' END`;
  await dataSource.query(`
    INSERT INTO runs (id, space_id, robot_id, robot_version, stage, name, status, origin, tags, task_count, finished_at)
    SELECT ${id}, '${spaceId}', '${robotId}', 1, CASE WHEN n % 1000 = 5 THEN 'draft' ELSE 'published' END, 'Run ' || n,
      ${status}, 'api', '{}', 1, CASE n WHEN ${running} THEN NULL ELSE now() END FROM ${numbers};
    INSERT INTO tasks (id, space_id, run_id, ordinal, status, inputs, max_attempts, deadline_ms)
    SELECT ${taskId}, '${spaceId}', ${id}, 0, ${status}, '{}', 3, 1000 FROM ${numbers};
    INSERT INTO run_tallies (space_id, robot_id, runs, tasks) VALUES ('${spaceId}', '${robotId}', ${count}, ${count})`);
}

/** Runs of somebody else that wait: those that live are not few. */
async function insertQueued(
  { spaceId, robotId }: { spaceId: string; robotId: string },
  count: number,
): Promise<void> {
  await dataSource.query(`
    INSERT INTO runs (id, space_id, robot_id, robot_version, stage, name, status, origin, tags, task_count)
    SELECT gen_random_uuid(), '${spaceId}', '${robotId}', 1, 'published', 'Run', 'queued', 'api', '{}', 1
    FROM generate_series(1, ${count})`);
}

const filter = (
  owner: { spaceId: string; robotId?: string | null },
  more: Partial<RunFilter> = {},
): RunFilter => ({
  ...owner,
  ...more,
});
const page = { limit: 20, before: null, skip: 0, rows: 5 };
const taskPage = { limit: 20, after: null, skip: 0 };

/** What a read gives, and how many runs and tasks Postgres looked at for it. */
async function costOf<T>(
  read: (stores: { runs: RunStore; tasks: TaskListStore; robots: RobotStore }) => Promise<T>,
): Promise<{ result: T; looked: number }> {
  return dataSource.transaction(async (manager) => {
    const looked = async (): Promise<number> => {
      const [sum] =
        await manager.query(`SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS count
        FROM pg_stat_xact_user_tables WHERE relname IN ('runs', 'tasks')`);
      return sum.count;
    };
    const before = await looked();
    const result = await read({
      runs: new RunStore(manager),
      tasks: new TaskListStore(manager),
      robots: new RobotStore(manager),
    });
    return { result, looked: (await looked()) - before };
  });
}

describe.each([
  ['of a hundred thousand runs', () => large, many],
  ['of ten runs among those', () => small, few],
])('a list %s', (_, whose, total) => {
  const owners = () => [{ spaceId: whose().spaceId }, whose()];
  const shown = Math.min(total, 20);

  test('reads only what it shows of the runs of a space or a robot', async () => {
    for (const owner of owners()) {
      const { result, looked } = await costOf(({ runs }) => runs.list(filter(owner), page));
      expect(result).toHaveLength(shown);
      // Of each: the run, and its task for each part of the view.
      expect(looked).toBeLessThanOrEqual(shown * 8);
      const last = result.at(-1)!.id;
      const next = await costOf(({ runs }) => runs.list(filter(owner), { ...page, before: last }));
      expect(next.result.every(({ id }) => id < last)).toBe(true);
      expect(next.looked).toBeLessThanOrEqual(shown * 8);
    }
  });

  test('works out nothing for what it skips', async () => {
    for (const owner of owners()) {
      const { result, looked } = await costOf(({ runs }) =>
        runs.list(filter(owner), { ...page, skip: 5, limit: 3 }),
      );
      expect(result).toHaveLength(3);
      expect(looked).toBeLessThanOrEqual(5 + 3 * 8);
    }
  });

  test('counts without looking at runs', async () => {
    for (const owner of owners()) {
      expect(await costOf(({ runs }) => runs.count(filter(owner)))).toEqual({ result: total, looked: 0 });
      expect(await costOf(({ tasks }) => tasks.countOf(owner))).toEqual({
        result: total,
        looked: 0,
      });
    }
  });

  test('finds the drafts of a robot, and what is active in a space, by their indexes', async () => {
    const drafts = await costOf(({ runs }) => runs.list(filter(whose(), { stage: 'draft' }), page));
    expect(drafts.result).toHaveLength(Math.min(20, Math.ceil(total / 1_000)));
    expect(drafts.looked).toBeLessThanOrEqual(20 * 8);
    const counted = await costOf(({ runs }) => runs.count(filter(whose(), { stage: 'draft' })));
    expect(counted.looked).toBe(counted.result);
    const active = await costOf(async ({ runs }) => ({
      items: await runs.active(whose().spaceId, 10),
      count: await runs.countActive(whose().spaceId),
    }));
    expect(active.result).toMatchObject({ items: [{ status: 'running' }], count: 1 });
    expect(active.looked).toBeLessThanOrEqual(10);
  });

  test('reads only what it shows of the tasks of a space or a robot', async () => {
    for (const owner of owners()) {
      const { result, looked } = await costOf(({ tasks }) => tasks.listOf(owner, taskPage));
      expect(result).toHaveLength(shown);
      // Postgres sorts runs by their tasks some dozens at a time.
      expect(looked).toBeLessThanOrEqual(200);
      const { id: runId } = result.at(9)!.run;
      const next = await costOf(({ tasks }) =>
        tasks.listOf(owner, { ...taskPage, after: { runId, ordinal: 0 } }),
      );
      expect(next.result.map(({ id }) => id).slice(0, 10)).toEqual(result.slice(10).map(({ id }) => id));
      expect(next.looked).toBeLessThanOrEqual(200);
    }
  });

  test('finds those that run and those that failed among all that succeeded, by their indexes', async () => {
    const failed = Math.ceil(total / 1_000);
    const sets: [TaskStatus[], number][] = [
      [['running'], 1],
      [['failed'], failed],
      [['running', 'failed'], failed + 1],
    ];
    for (const owner of owners()) {
      for (const [statuses, expected] of sets) {
        const listed = await costOf(({ runs }) => runs.heads({ ...owner, statuses }, page));
        expect(listed.result).toHaveLength(Math.min(20, expected));
        expect(listed.looked).toBeLessThanOrEqual(150);
        const counted = await costOf(({ runs }) => runs.count({ ...owner, statuses }));
        expect(counted.result).toBe(expected);
        expect(counted.looked).toBeLessThanOrEqual(2 * expected + 10);
        const tasks = await costOf(async (stores) => ({
          items: (await stores.tasks.listOf({ ...owner, statuses }, taskPage)).length,
          count: await stores.tasks.countOf({ ...owner, statuses }),
        }));
        expect(tasks.result).toEqual({ items: Math.min(20, expected), count: expected });
        expect(tasks.looked).toBeLessThanOrEqual(1_000);
      }
    }
  });

  test('of no states is empty without a look', async () => {
    const nothing = await costOf(async ({ runs, tasks }) => [
      ...(await runs.list(filter(whose(), { statuses: [] }), page)),
      ...(await tasks.listOf({ ...whose(), statuses: [] }, taskPage)),
      await runs.count(filter(whose(), { statuses: [] })),
      await tasks.countOf({ ...whose(), statuses: [] }),
    ]);
    expect(nothing).toEqual({ result: [0, 0], looked: 0 });
  });

  test('tells when robots ran last by the newest run of each', async () => {
    const { result, looked } = await costOf(({ robots }) => robots.lastRuns([whose().robotId]));
    expect(result).toEqual(new Map([[whose().robotId, expect.any(Date)]]));
    expect(looked).toBeLessThanOrEqual(2);
  });
});
