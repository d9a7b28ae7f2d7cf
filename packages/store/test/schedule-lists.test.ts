import { aDefinition, cloneDatabase, type TestDatabase } from '@runnel/testing';
import {
  newId,
  openDataSource,
  RobotStore,
  ScheduleListStore,
  ScheduleStore,
  SpaceStore,
  type CreatedSchedule,
  type DataSource,
  type EntityManager,
  type SchedulePage,
} from '../src';

const many = 30_000;

interface Owner {
  spaceId: string;
  robotId: string;
}

let database: TestDatabase;
let dataSource: DataSource;
let large: Owner;
let small: Owner;
/** Of the small one, oldest first. */
const ids: string[] = [];

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 5, application: 'test' });
  [large, small] = [await aRobot('Large'), await aRobot('Small')];
  // The oldest is behind all of the others.
  ids.push(await create('100% a'));
  await dataSource.query(`
    INSERT INTO schedules (id, space_id, robot_id, name, type, cron, timezone, jitter_seconds, overlap_policy,
      misfire_policy, misfire_window_seconds, catch_up_max, target, execution_options, reads_first)
    SELECT ('f0000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, '${large.spaceId}', '${large.robotId}',
      'Schedule ' || n, 'recurring', '0 * * * *', 'UTC', 0, 'skip', 'skip', 0, 1, '{}', '{}', false
    FROM generate_series(1, ${many}) n`);
  await dataSource.query('ANALYZE');
  for (const name of ['B', 'b_', 'c']) ids.push(await create(name));
  await dataSource.query(`DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET plan_cache_mode = force_generic_plan', current_database()); END $$`);
  await dataSource.destroy();
  dataSource = await openDataSource({ url: database.url, poolSize: 5, application: 'test' });
}, 60_000);

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function aRobot(name: string): Promise<Owner> {
  const spaceId = await new SpaceStore(dataSource.manager).create('test');
  const robot = { spaceId, name, definition: aDefinition(), publish: true };
  return { spaceId, robotId: await new RobotStore(dataSource.manager).create(robot) };
}

async function create(name: string | null): Promise<string> {
  const schedule: CreatedSchedule = {
    ...{
      ...small,
      id: newId(),
      keyId: null,
      name,
      type: 'recurring',
      cron: '0 * * * *',
      timezone: 'UTC',
      runAt: null,
    },
    ...{ startAt: null, endAt: null, maxFires: null, jitterSeconds: 0, overlapPolicy: 'skip' },
    ...{ misfirePolicy: 'skip', misfireWindowSeconds: 0, catchUpMax: 1, pauseAfterFailures: null },
    target: { inputs: {}, recordType: null, records: [], fileIds: [], recordFilter: null },
    ...{ maxAttempts: null, executionOptions: {}, pausedAt: null, pausedBy: null, pauseNote: null },
    ...{
      failuresSince: new Date(),
      nextMoment: null,
      dueAt: null,
      waiting: 0,
      aheadRunId: null,
      readsFirst: false,
      fileIds: [],
    },
    ...{ idempotencyKey: null, fingerprint: null },
  };
  const created = await new ScheduleStore(dataSource.manager).create(schedule);
  if (!created) throw new Error('there is no such robot');
  return created.id;
}

/** What a read gives, and how many schedules Postgres looked at for it. */
async function costOf<T>(
  read: (store: ScheduleListStore, manager: EntityManager) => Promise<T>,
): Promise<{ result: T; looked: number }> {
  return dataSource.transaction(async (manager) => {
    const looked = async (): Promise<number> => {
      const [sum] =
        await manager.query(`SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS count
        FROM pg_stat_xact_user_tables WHERE relname = 'schedules'`);
      return Number(sum.count);
    };
    const before = await looked();
    const result = await read(new ScheduleListStore(manager), manager);
    return { result, looked: (await looked()) - before };
  });
}

const all: SchedulePage = { limit: 2, before: null, after: null, search: null, robotId: null };

test('schedules of a space or a robot are listed newest first, page by page, and no others looked at', async () => {
  const [first, second, third, fourth] = ids;
  const { spaceId } = small;
  for (const robotId of [null, small.robotId]) {
    const listed = async (parts: Partial<SchedulePage>, owner = spaceId) => {
      const { result, looked } = await costOf((store) => store.page(owner, { ...all, robotId, ...parts }));
      expect(looked).toBeLessThanOrEqual(4);
      return result.map(({ id }) => id);
    };
    expect(await listed({})).toEqual([fourth, third]);
    expect(await listed({ before: third })).toEqual([second, first]);
    expect(await listed({ after: first })).toEqual([third, second]);
    expect(await listed({ search: 'b' })).toEqual([third, second]);
    expect(await listed({ search: '0% ' })).toEqual([first]);
    expect(await listed({ search: 'b_', limit: 9 })).toEqual([third]);
    expect(await listed({}, newId())).toEqual([]);
  }
});

test('a page of many reads what it shows', async () => {
  for (const robotId of [null, large.robotId]) {
    const page = await costOf((store) => store.page(large.spaceId, { ...all, robotId, limit: 20 }));
    expect([page.result.length, page.looked]).toEqual([20, 20]);
  }
});

test('they are counted by their owner', async () => {
  for (const robotId of [null, small.robotId]) {
    // As Postgres plans by itself: one plan for all owners would be right to read half of the table.
    const counted = await costOf(async (store, manager) => {
      await manager.query('SET LOCAL plan_cache_mode = auto');
      return store.count(small.spaceId, { robotId, search: 'B' });
    });
    expect(counted).toEqual({ result: 2, looked: 4 });
  }
  const store = new ScheduleListStore(dataSource.manager);
  expect(await store.count(large.spaceId, { robotId: null, search: null })).toBe(many);
  expect(await store.count(newId(), { robotId: small.robotId, search: null })).toBe(0);
});

test('the first of a robot is its oldest that recurs', async () => {
  const { spaceId, robotId } = small;
  const { result, looked } = await costOf((store) => store.firstOf(spaceId, [robotId]));
  expect([...result].map(([robot, { id }]) => [robot, id])).toEqual([[robotId, ids[0]]]);
  expect(looked).toBe(1);
  expect((await new ScheduleListStore(dataSource.manager).firstOf(large.spaceId, [robotId])).size).toBe(0);
});
