import { randomBytes } from 'node:crypto';
import { aDefinition, awayFromMidnight, cloneDatabase, type TestDatabase } from '@runnel/testing';
import {
  insertRuns,
  KeyStore,
  newId,
  openDataSource,
  RobotStore,
  SpaceStore,
  TaskStore,
  type DataSource,
  type NewApiKey,
  type NewRun,
} from '../src';

let database: TestDatabase;
let dataSource: DataSource;
let spaceId: string;
let robotId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 20, application: 'test' });
});

beforeEach(async () => {
  await awayFromMidnight();
  spaceId = await new SpaceStore(dataSource.manager).create('test');
  const robot = { spaceId, name: 'A robot', definition: aDefinition(), publish: true };
  robotId = await new RobotStore(dataSource.manager).create(robot);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const aKey = async (parts: Partial<NewApiKey> = {}): Promise<string> => {
  const key = await new KeyStore(dataSource.manager).add({
    ...{ spaceId, name: 'a key', prefix: 'rk_test', hash: randomBytes(32), scopes: ['runs:*'] },
    ...{ robotId: null, domains: null, dailyTasks: null, expiresAt: null, ...parts },
  });
  return key!.id;
};

const aRun = (keyId: string | null, count = 1, parts: Partial<NewRun> = {}): NewRun => ({
  ...{
    id: newId(),
    spaceId,
    robotId,
    robotVersion: 1,
    stage: 'published',
    name: null,
    origin: 'api',
    tags: [],
  },
  ...{ priority: 0, retryOf: null, scheduleId: null, keyId, fire: null, fileIds: [], delayMs: 0 },
  ...{ idempotency: null, isRoomKnown: false },
  tasks: Array.from({ length: count }, () => ({
    ...{ id: newId(), inputs: {}, record: null, maxAttempts: 3, deadlineMs: 60_000 },
  })),
  ...parts,
});

const insert = (...runs: NewRun[]) => insertRuns(dataSource.manager, runs);
const used = async (id: string): Promise<number> =>
  (await new KeyStore(dataSource.manager).find({ spaceId, id }))!.usedToday;
const taskCount = async (): Promise<number> => {
  const [found] = await dataSource.query('SELECT count(*)::int AS count FROM tasks WHERE space_id = $1', [
    spaceId,
  ]);
  return found.count;
};

test('a key starts as many tasks in a day as it may, and none of a start beyond', async () => {
  const key = await aKey({ dailyTasks: 5 });
  const [first, second] = [await insert(aRun(key, 3)), await insert(aRun(key, 3))];
  expect(first).toMatchObject([{ kind: 'started', run: { keyId: key } }]);
  expect(second).toMatchObject([{ kind: 'spent', used: 3, limit: 5 }]);
  expect(await insert(aRun(key, 2))).toMatchObject([{ kind: 'started' }]);
  expect([await used(key), await taskCount()]).toEqual([5, 5]);
  const [third] = await insert(aRun(key));
  const untilNextMs = third!.kind === 'spent' ? third!.untilNextMs : NaN;
  const midnight = new Date();
  midnight.setUTCHours(24, 0, 0, 0);
  expect(Math.abs(untilNextMs - (midnight.getTime() - Date.now()))).toBeLessThan(10_000);
});

test('of many that start at once, in one call or in many, just as many are let in', async () => {
  const [key, other] = [await aKey({ dailyTasks: 20 }), await aKey({ dailyTasks: 7 })];
  const calls = Array.from({ length: 25 }, () => insert(aRun(key), aRun(other), aRun(key), aRun(null)));
  const outcomes = (await Promise.all(calls)).flat();
  const started = (keyId: string | null): number =>
    outcomes.filter((each) => each.kind === 'started' && each.run.keyId === keyId).length;
  expect([started(key), started(other), started(null)]).toEqual([20, 7, 25]);
  expect([await used(key), await used(other)]).toEqual([20, 7]);
});

test('what is refused for another reason, or was started before, spends nothing', async () => {
  const key = await aKey({ dailyTasks: 3 });
  const keyed = aRun(key, 2, { idempotency: { key: 'again', fingerprint: {} } });
  expect(await insert(keyed)).toMatchObject([{ kind: 'started' }]);
  expect(await insert(keyed)).toMatchObject([{ kind: 'started' }]);
  const again = aRun(key, 2, { idempotency: { key: 'again', fingerprint: {} } });
  expect(await insert(again)).toMatchObject([{ kind: 'known', runId: keyed.id }]);
  expect(await insert(aRun(key, 1, { robotVersion: 9 }))).toMatchObject([{ kind: 'gone' }]);
  await new SpaceStore(dataSource.manager).setLimits(spaceId, { maxQueued: 2 });
  expect(await insert(aRun(key))).toMatchObject([{ kind: 'full' }]);
  expect(await used(key)).toBe(2);
});

test('a transaction that is taken back spends nothing', async () => {
  const key = await aKey({ dailyTasks: 1 });
  const failing = dataSource.transaction(async (manager) => {
    await insertRuns(manager, [aRun(key)]);
    throw new Error('not now');
  });
  await expect(failing).rejects.toThrow('not now');
  expect([await used(key), await insert(aRun(key))]).toMatchObject([0, [{ kind: 'started' }]]);
});

test('another day has a budget of its own', async () => {
  const key = await aKey({ dailyTasks: 1 });
  await insert(aRun(key));
  expect(await insert(aRun(key))).toMatchObject([{ kind: 'spent' }]);
  await dataSource.query(`UPDATE api_keys SET budget_day = budget_day - 1 WHERE id = $1`, [key]);
  expect(await used(key)).toBe(0);
  expect(await insert(aRun(key), aRun(key))).toMatchObject([{ kind: 'started' }, { kind: 'spent' }]);
});

test("a task that is claimed tells the hosts of its run's key", async () => {
  const keys = [await aKey({ domains: ['example.com', '*.example.com'] }), await aKey(), null];
  const tasks = new TaskStore(dataSource.manager);
  const domains: unknown[] = [];
  for (const key of keys) {
    const run = aRun(key);
    await insert(run);
    domains.push((await tasks.claim(run.tasks[0]!.id, 'a worker', 60_000))!.domains);
  }
  expect(domains).toEqual([['example.com', '*.example.com'], null, null]);
});

test('a task whose key is gone may visit no host', async () => {
  const key = await aKey();
  const run = aRun(key);
  await insert(run);
  await dataSource.query('DELETE FROM api_keys WHERE id = $1', [key]);
  const task = await new TaskStore(dataSource.manager).claim(run.tasks[0]!.id, 'a worker', 60_000);
  expect(task!.domains).toEqual([]);
});

test('a start that is refused, or known, takes nothing from those behind it in its call', async () => {
  const [key, other] = [await aKey({ dailyTasks: 5 }), await aKey({ dailyTasks: 5 })];
  const told = await insert(aRun(key, 10), aRun(key, 1), aRun(key, 6), aRun(key, 4), aRun(key, 1));
  expect(told).toMatchObject([
    { kind: 'spent', used: 0, limit: 5 },
    { kind: 'started' },
    { kind: 'spent' },
    { kind: 'started' },
    { kind: 'spent', used: 5, limit: 5 },
  ]);
  const idempotency = { key: 'same', fingerprint: {} };
  const first = aRun(other, 2, { idempotency });
  await insert(first);
  const again = aRun(other, 2, { idempotency });
  expect(await insert(again, first, aRun(other, 3))).toMatchObject([
    { kind: 'known', runId: first.id },
    { kind: 'started' },
    { kind: 'started' },
  ]);
  expect([await used(key), await used(other), await taskCount()]).toEqual([5, 5, 10]);
});

test('where there is no room for a large start there is for a small one behind it', async () => {
  await new SpaceStore(dataSource.manager).setLimits(spaceId, { maxQueued: 3 });
  const told = await insert(aRun(null, 4), aRun(null, 2), aRun(null, 2), aRun(null, 1));
  expect(told).toMatchObject([
    { kind: 'full', queued: 0, limit: 3 },
    { kind: 'started' },
    { kind: 'full', queued: 2, limit: 3 },
    { kind: 'started' },
  ]);
});
