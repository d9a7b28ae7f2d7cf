import { aDefinition, cloneDatabase, insertTestRun, type TestDatabase } from '@runnel/testing';
import {
  insertRuns,
  newId,
  openDataSource,
  PruneStore,
  RobotStore,
  RunStore,
  SpaceStore,
  TaskListStore,
  type DataSource,
} from '../src';

const limits = { items: 7, bytes: 1_000_000, graceMs: 0 };

let database: TestDatabase;
let dataSource: DataSource;
let prune: PruneStore;
let spaceId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 20, application: 'test' });
  prune = new PruneStore(dataSource);
});

beforeEach(async () => {
  spaceId = await new SpaceStore(dataSource.manager).create('test');
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const aRobot = () =>
  new RobotStore(dataSource.manager).create({
    ...{ spaceId, name: 'A robot', definition: aDefinition(), publish: true },
  });

/** What the tallies say, and what there is. */
async function sums(robotId: string | null): Promise<{ told: number[]; there: number[] }> {
  const filter = { spaceId, robotId, statuses: null, from: null, to: null };
  const { manager } = dataSource;
  const told = [
    await new RunStore(manager).count({ ...filter, stage: null, tag: null }),
    await new TaskListStore(manager).countOf({ ...filter, search: null }),
  ];
  const [there] = await dataSource.query(
    `SELECT count(*)::int AS runs, coalesce(sum(task_count), 0)::int AS tasks FROM runs
     WHERE space_id = $1 AND ($2::uuid IS NULL OR robot_id = $2) AND removed_at IS NULL`,
    [spaceId, robotId],
  );
  return { told, there: [there.runs, there.tasks] };
}

async function expectRight(robotIds: string[]): Promise<void> {
  for (const owner of [...robotIds, null]) {
    const { told, there } = await sums(owner);
    expect(told).toEqual(there);
  }
}

const tallyRows = async (): Promise<number> => {
  const [found] = await dataSource.query(
    'SELECT count(*)::int AS count FROM run_tallies WHERE space_id = $1',
    [spaceId],
  );
  return found.count;
};
const foldAll = async (): Promise<void> => {
  while ((await prune.foldTallies(limits, 1)) > 0);
};

test('the tallies are right beside starts, removals, retention and folding, all at once', async () => {
  const robotIds = [await aRobot(), await aRobot(), await aRobot()];
  const runs: { robotId: string; runId: string }[] = [];
  for (let n = 0; n < 60; n += 1) {
    const robotId = robotIds[n % 3]!;
    const { runId } = await insertTestRun(dataSource, { spaceId, robotId, count: 1 + (n % 4) });
    runs.push({ robotId, runId });
  }
  await dataSource.query(`UPDATE runs SET status = 'failed', finished_at = now() WHERE space_id = $1`, [
    spaceId,
  ]);
  await new SpaceStore(dataSource.manager).setLimits(spaceId, { keepRuns: 20, keepDays: null });
  const removals = runs.slice(0, 30).map((key) => prune.markRemoved({ ...key, spaceId }));
  const sameAgain = runs.slice(0, 30).map((key) => prune.markRemoved({ ...key, robotId: null, spaceId }));
  const starts = Array.from({ length: 30 }, (_, n) =>
    insertTestRun(dataSource, { spaceId, robotId: robotIds[n % 3]!, count: 2 }),
  );
  const retention = Array.from({ length: 4 }, () => prune.markOld(limits));
  const folds = Array.from({ length: 12 }, () => prune.foldTallies(limits, 1));
  const removed = (await Promise.all([...removals, ...sameAgain])).filter(Boolean);
  await Promise.all([...starts, ...retention, ...folds]);
  expect(removed.length).toBeLessThanOrEqual(30);
  await expectRight(robotIds);
  let isFolded = false;
  const { there } = await sums(null);
  const readers = [1, 2].map(async () => {
    while (!isFolded) expect((await sums(null)).told).toEqual(there);
  });
  await foldAll();
  isFolded = true;
  await Promise.all(readers);
  expect(await tallyRows()).toBe(3);
  await expectRight(robotIds);
});

test('only the tallies of robots that have many are folded', async () => {
  const [few, many] = [await aRobot(), await aRobot()];
  for (let n = 0; n < 4; n += 1) await insertTestRun(dataSource, { spaceId, robotId: n === 0 ? few : many });
  expect(await prune.foldTallies(limits, 3)).toBe(0);
  await insertTestRun(dataSource, { spaceId, robotId: few });
  expect([await prune.foldTallies(limits, 2), await prune.foldTallies(limits, 2)]).toEqual([2, 0]);
  expect(await tallyRows()).toBe(3);
  await expectRight([few, many]);
});

test('a start that is refused or is there already is not tallied', async () => {
  const robotId = await aRobot();
  const { runId } = await insertTestRun(dataSource, { spaceId, robotId });
  const task = { id: newId(), inputs: {}, record: null, maxAttempts: 1, deadlineMs: 1_000 };
  const run = {
    ...{
      spaceId,
      robotId,
      robotVersion: 1,
      stage: null,
      name: null,
      origin: 'api' as const,
      tags: [],
      priority: 0,
    },
    ...{
      retryOf: null,
      scheduleId: null,
      keyId: null,
      fire: null,
      fileIds: [],
      delayMs: 0,
      idempotency: null,
      isRoomKnown: false,
      tasks: [task],
    },
  };
  await insertRuns(dataSource.manager, [
    { ...run, id: runId },
    { ...run, id: newId(), robotVersion: 9, stage: 'published' },
  ]);
  expect((await sums(robotId)).told).toEqual([1, 1]);
});

test('a robot takes its tallies with it, also while they are folded', async () => {
  const robotIds = await Promise.all(Array.from({ length: 8 }, aRobot));
  for (const robotId of robotIds) {
    for (let n = 0; n < 5; n += 1) await insertTestRun(dataSource, { spaceId, robotId });
  }
  const gone = robotIds.slice(2);
  await Promise.all([
    ...gone.map((id) => dataSource.transaction((manager) => new RobotStore(manager).delete(spaceId, id))),
    ...Array.from({ length: 10 }, () => prune.foldTallies(limits, 1)),
  ]);
  await expectRight(robotIds);
  expect((await sums(null)).told).toEqual([10, 10]);
  await foldAll();
  expect(await tallyRows()).toBe(2);
});
