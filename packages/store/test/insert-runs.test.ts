import { aDefinition, cloneDatabase, type TestDatabase } from '@runnel/testing';
import {
  EventStore,
  insertRuns,
  newId,
  openDataSource,
  RobotStore,
  SpaceStore,
  type DataSource,
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
  spaceId = await new SpaceStore(dataSource.manager).create('test');
  const robot = { spaceId, name: 'A robot', definition: aDefinition(), publish: true };
  robotId = await new RobotStore(dataSource.manager).create(robot);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const aTask = () => ({ id: newId(), inputs: {}, record: null, maxAttempts: 3, deadlineMs: 60_000 });
const aNewRun = (parts: Partial<NewRun> = {}, count = 1): NewRun => ({
  id: newId(),
  ...{ spaceId, robotId, robotVersion: 1, stage: 'published', name: 'A run', origin: 'api', tags: [] },
  ...{
    priority: 0,
    retryOf: null,
    scheduleId: null,
    keyId: null,
    fire: null,
    fileIds: [],
    delayMs: 0,
    idempotency: null,
    isRoomKnown: false,
  },
  tasks: Array.from({ length: count }, aTask),
  ...parts,
});
const insert = (...runs: NewRun[]) => insertRuns(dataSource.manager, runs);
const keyed = (key: string, fingerprint = { name: 'a' }) => aNewRun({ idempotency: { key, fingerprint } });
const runCount = async (): Promise<number> => {
  const [found] = await dataSource.query(
    `SELECT count(*)::int AS count FROM runs WHERE space_id = '${spaceId}'`,
  );
  return found.count;
};

test('a run that is inserted again, because nobody knows whether it was, is the run that is there', async () => {
  const planned = { ...aNewRun(), idempotency: { key: 'again', fingerprint: {} } };
  const [first] = await insert(planned);
  const [again, gone] = await insert(planned, aNewRun({ robotId: newId() }));
  expect(again).toEqual({ ...first, room: null });
  expect(gone).toEqual({ kind: 'gone' });
  expect(await new EventStore(dataSource.manager).list(planned.id)).toHaveLength(1);
});

test('ten thousand tasks are one insert', async () => {
  const [inserted] = await insert(aNewRun({}, 10_000));
  expect(inserted).toMatchObject({ kind: 'started', run: { taskCount: 10_000, status: 'queued' } });
});

describe('an idempotency key', () => {
  test('lets one of many starts in, whether they come in one call or in many at once', async () => {
    const calls = Array.from({ length: 10 }, () => insert(...Array.from({ length: 5 }, () => keyed('k'))));
    const outcomes = (await Promise.all(calls)).flat();
    const started = outcomes.filter(({ kind }) => kind === 'started');
    expect(started).toHaveLength(1);
    const [first] = started as { run: { id: string } }[];
    const others = outcomes.filter(({ kind }) => kind !== 'started');
    expect(new Set(others.map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([JSON.stringify({ kind: 'known', runId: first!.run.id, fingerprint: { name: 'a' } })]),
    );
    expect(await runCount()).toBe(1);
  });

  test('is of its space', async () => {
    await insert(keyed('mine'));
    spaceId = await new SpaceStore(dataSource.manager).create('another');
    robotId = await new RobotStore(dataSource.manager).create({
      ...{ spaceId, name: 'Another', definition: aDefinition(), publish: true },
    });
    expect(await insert(keyed('mine'))).toMatchObject([{ kind: 'started' }]);
  });

  test('is not taken by a start that is refused', async () => {
    expect(await insert({ ...keyed('k'), robotVersion: 7 })).toEqual([{ kind: 'gone' }]);
    expect(await insert(keyed('k'))).toMatchObject([{ kind: 'started' }]);
  });
});

describe('the limit of queued tasks', () => {
  beforeEach(() => dataSource.query(`UPDATE spaces SET max_queued = 10 WHERE id = '${spaceId}'`));

  test('lets in what fits, in order, and says how full it is', async () => {
    const outcomes = await insert(aNewRun({}, 6), aNewRun({}, 4), aNewRun({}, 1));
    expect(outcomes).toMatchObject([
      { kind: 'started' },
      { kind: 'started' },
      { kind: 'full', queued: 10, limit: 10 },
    ]);
  });

  test('counts what the queue was told of as well, and another space has its own', async () => {
    await insert(aNewRun({}, 10));
    await dataSource.query(`UPDATE tasks SET dispatched_at = now() WHERE space_id = '${spaceId}'`);
    expect(await insert(aNewRun())).toMatchObject([{ kind: 'full' }]);
    await dataSource.query(
      `UPDATE tasks SET status = 'running' WHERE id = (SELECT id FROM tasks WHERE space_id = '${spaceId}' LIMIT 1)`,
    );
    expect(await insert(aNewRun())).toMatchObject([{ kind: 'started' }]);
  });

  test('is not counted for a run that is known to fit', async () => {
    const [counted, known] = [await insert(aNewRun({}, 4)), await insert(aNewRun({ isRoomKnown: true }, 4))];
    expect([counted, known]).toMatchObject([[{ room: 6 }], [{ kind: 'started', room: null }]]);
    expect(await insert(aNewRun({ isRoomKnown: true }), aNewRun({}, 2))).toMatchObject([
      { kind: 'started', room: 1 },
      { kind: 'full' },
    ]);
  });

  test('does not keep a start from being found again', async () => {
    const first = keyed('k');
    await insert(first, aNewRun({}, 9));
    expect(await insert(keyed('k'))).toMatchObject([{ kind: 'known', runId: first.id }]);
  });
});
