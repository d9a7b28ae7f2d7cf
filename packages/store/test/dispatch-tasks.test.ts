import { aDefinition, cloneDatabase, insertTestRun, until, type TestDatabase } from '@runnel/testing';
import {
  dispatchTasks,
  endTasks,
  openDataSource,
  RobotStore,
  SpaceStore,
  TaskStore,
  type DataSource,
} from '../src';
import { takeTurn } from '../src/dispatch-tasks';

let database: TestDatabase;
let dataSource: DataSource;
let tasks: TaskStore;

beforeEach(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 20, application: 'test' });
  tasks = new TaskStore(dataSource.manager);
});

afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

const aSpace = async (): Promise<{ spaceId: string; robotId: string }> => {
  const spaceId = await new SpaceStore(dataSource.manager).create('test');
  const robot = { spaceId, name: 'A robot', definition: aDefinition(), publish: true };
  return { spaceId, robotId: await new RobotStore(dataSource.manager).create(robot) };
};
const dispatched = async (leastAtHand = 4): Promise<string[]> =>
  (await dispatchTasks(dataSource, leastAtHand)).map(({ id }) => id);
const claimAll = async (ids: string[]): Promise<void> => {
  for (const id of ids) await tasks.claim(id, 'a worker', 60_000);
};

const holdTurn = async () => {
  const holder = dataSource.createQueryRunner();
  await holder.startTransaction();
  await holder.query(takeTurn);
  return holder;
};
const waitingForLocks = async (): Promise<number> => {
  const [found] = await dataSource.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return found.count;
};

test('a small space does not wait behind a large one', async () => {
  const large = await insertTestRun(dataSource, { ...(await aSpace()), count: 200 });
  expect(await dispatched()).toEqual(large.taskIds.slice(0, 4));
  expect(await dispatched()).toEqual([]);
  const small = await insertTestRun(dataSource, { ...(await aSpace()), count: 2 });
  expect(await dispatched()).toEqual(small.taskIds);
  await claimAll(large.taskIds.slice(0, 4));
  expect(await dispatched()).toEqual(large.taskIds.slice(4, 8));
});

test('spaces take turns, and each has as much at hand as its share of what runs', async () => {
  const first = await insertTestRun(dataSource, { ...(await aSpace()), count: 100 });
  await claimAll(await dispatched(30));
  const second = await insertTestRun(dataSource, { ...(await aSpace()), count: 100 });
  const next = await dispatched(4);
  expect(next).toHaveLength(30);
  const turns = next.map((id) => (first.taskIds.includes(id) ? 'first' : 'second'));
  expect(turns.filter((space) => space === 'first')).toHaveLength(15);
  expect(new Set(turns.slice(0, 2))).toEqual(new Set(['first', 'second']));
  expect(second.taskIds).toEqual(expect.arrayContaining(next.filter((_, i) => turns[i] === 'second')));
});

test('what is more urgent is first, then what is older', async () => {
  const space = await aSpace();
  const [low, usual, high] = [
    await insertTestRun(dataSource, { ...space, priority: -1 }),
    await insertTestRun(dataSource, { ...space, count: 2 }),
    await insertTestRun(dataSource, { ...space, priority: 5 }),
  ];
  expect(await dispatched()).toEqual([...high.taskIds, ...usual.taskIds, ...low.taskIds]);
});

test('a run that is to begin later does not keep others waiting', async () => {
  const space = await aSpace();
  await insertTestRun(dataSource, { ...space, delayMs: 60_000, count: 20 });
  const { taskIds } = await insertTestRun(dataSource, space);
  expect(await dispatched()).toEqual(taskIds);
});

test('no more tasks of a space run than may, however many ask at once', async () => {
  const space = await aSpace();
  await dataSource.query(`UPDATE spaces SET max_running = 3 WHERE id = '${space.spaceId}'`);
  await insertTestRun(dataSource, { ...space, count: 50 });
  const asked = await Promise.all(Array.from({ length: 10 }, () => dispatched(20)));
  expect(asked.flat()).toHaveLength(3);
  await claimAll(asked.flat());
  expect(await dispatched(20)).toEqual([]);
  const [ended] = asked.flat();
  await endTasks(dataSource, { taskId: ended!, attempt: 1 }, { status: 'succeeded', failure: null });
  expect(await dispatched(20)).toHaveLength(1);
});

test('one chooses at a time, so that nobody chooses by what another has just changed', async () => {
  await insertTestRun(dataSource, await aSpace());
  const holder = await holdTurn();
  let isDone = false;
  const chosen = dispatched().finally(() => (isDone = true));
  await until(async () => isDone || (await waitingForLocks()) === 1);
  expect(isDone).toBe(false);
  await holder.commitTransaction();
  await holder.release();
  expect(await chosen).toHaveLength(1);
});

test('each task is told once, however many ask at once', async () => {
  await insertTestRun(dataSource, { ...(await aSpace()), count: 300 });
  const asked = await Promise.all(Array.from({ length: 10 }, () => dispatched(100)));
  expect(asked.flat()).toHaveLength(100);
  expect(new Set(asked.flat()).size).toBe(100);
});

test('a process that stops in the middle keeps the others waiting for a second', async () => {
  const { taskIds } = await insertTestRun(dataSource, await aSpace());
  const holder = await holdTurn();
  // The pool's own limit is longer than the test.
  expect(await dispatched()).toEqual(taskIds);
  await holder.release().catch(() => null);
}, 2_500);
