import { failure, type RunEvent } from '@runnel/contracts';
import { aDefinition, cloneDatabase, insertTestRun, type TestDatabase } from '@runnel/testing';
import {
  dispatchTasks,
  endTasks,
  EventStore,
  openDataSource,
  RobotStore,
  RowStore,
  RunStore,
  SpaceStore,
  TaskStore,
  type Claim,
  type DataSource,
} from '../src';

const leaseMs = 60_000;

let database: TestDatabase;
let dataSource: DataSource;
let tasks: TaskStore;
let runs: RunStore;
let spaceId: string;
let robotId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 20, application: 'test' });
  tasks = new TaskStore(dataSource.manager);
  runs = new RunStore(dataSource.manager);
  spaceId = await new SpaceStore(dataSource.manager).create('test');
  const robot = { spaceId, name: 'A robot', definition: aDefinition(), publish: true };
  robotId = await new RobotStore(dataSource.manager).create(robot);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const aRun = (count = 1, maxAttempts = 3) =>
  insertTestRun(dataSource, { spaceId, robotId, count, task: { maxAttempts } });

async function aClaim(taskId: string, lease = leaseMs): Promise<Claim> {
  const task = await tasks.claim(taskId, 'a worker', lease);
  if (!task) throw new Error('not claimed');
  return { taskId, attempt: task.attempt };
}

const batch = (from: number, count: number) => ({
  rows: Array.from({ length: count }, (_, index) => ({
    list: 'rows',
    ordinal: from + index,
    position: from + index,
    data: { n: from + index },
  })),
  rowCount: from + count,
  lists: { rows: from + count },
});
const view = async (runId: string) => (await runs.find({ spaceId, robotId, runId }, 1000))!;
const succeeded = { status: 'succeeded', failure: null } as const;
const lost = { reason: 'silent', failure: null, delayMs: 0, attempt: 'lost' } as const;

describe('a claim', () => {
  test('is given to one of many who ask at once', async () => {
    const { taskIds } = await aRun();
    const asked = Array.from({ length: 20 }, (_, index) =>
      tasks.claim(taskIds[0]!, `worker ${index}`, leaseMs),
    );
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
  });

  test('is renewed while it holds, and tells that the run is being aborted', async () => {
    const { runId, taskIds } = await aRun();
    const claim = await aClaim(taskIds[0]!);
    expect(await tasks.renew(claim, leaseMs)).toEqual({ isRunAborting: false });
    expect(await runs.markAborting({ spaceId, robotId, runId })).toBe(true);
    expect(await tasks.renew(claim, leaseMs)).toEqual({ isRunAborting: true });
  });

  test('that was lost is neither renewed nor taken back before its lease is over', async () => {
    const { taskIds } = await aRun();
    const held = await aClaim(taskIds[0]!);
    expect(await tasks.requeue(held, lost)).toBe(false);
    await dataSource.query(`UPDATE tasks SET lease_until = now() - interval '1 s' WHERE id = $1`, [
      taskIds[0],
    ]);
    expect((await tasks.lost(100, 0)).map(({ id }) => id)).toContain(taskIds[0]);
    expect(await tasks.requeue(held, lost)).toBe(true);
    expect(await tasks.renew(held, leaseMs)).toBeNull();
  });

  test('waits for its time after a failure', async () => {
    const { taskIds } = await aRun();
    const claim = await aClaim(taskIds[0]!);
    await tasks.requeue(claim, { reason: 'busy', failure: null, delayMs: 60_000, attempt: 'spent' });
    expect(await tasks.claim(taskIds[0]!, 'a worker', leaseMs)).toBeNull();
    expect((await dispatchTasks(dataSource, 1000)).map(({ id }) => id)).not.toContain(taskIds[0]);
  });
});

describe('the fence', () => {
  test('refuses every write of an attempt that was overtaken', async () => {
    const { runId, taskIds } = await aRun();
    const stale = await aClaim(taskIds[0]!, 0);
    await tasks.appendRows(stale, batch(0, 2));
    expect(await tasks.requeue(stale, lost)).toBe(true);
    const fresh = await aClaim(taskIds[0]!);
    expect(fresh.attempt).toBe(stale.attempt + 1);

    const before = await view(runId);
    const picture = { name: 'x.png', contentType: 'image/png', bytes: Buffer.from('x') };
    expect(await tasks.appendRows(stale, batch(2, 2))).toBe(false);
    expect(await tasks.saveArtifact(stale, picture)).toBe(false);
    expect(await tasks.log(stale, { kind: 'step.warning', step: 0, message: 'late' })).toBe(false);
    expect(await tasks.requeue(stale, { ...lost, attempt: 'returned' })).toBe(false);
    expect(await endTasks(dataSource, stale, succeeded)).toBe(0);
    expect(await view(runId)).toEqual(before);

    expect(await tasks.appendRows(fresh, batch(0, 3))).toBe(true);
    expect(await tasks.saveArtifact(fresh, picture)).toBe(true);
    expect(await endTasks(dataSource, fresh, succeeded)).toBe(1);
    const after = await view(runId);
    expect(after).toMatchObject({ status: 'succeeded', rowCount: 3, lists: { rows: 3 }, attempts: 2 });
    expect(after.rows).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
  });

  test('refuses the writes of an attempt that was taken back and waits', async () => {
    const { taskIds } = await aRun();
    const stale = await aClaim(taskIds[0]!, 0);
    await tasks.requeue(stale, lost);
    expect(await tasks.appendRows(stale, batch(0, 1))).toBe(false);
    expect(await endTasks(dataSource, stale, succeeded)).toBe(0);
  });
});

describe('an end', () => {
  test('is final: neither a late success nor a late abort changes it', async () => {
    const { runId, taskIds } = await aRun();
    const claim = await aClaim(taskIds[0]!);
    expect(await endTasks(dataSource, claim, { status: 'aborted', failure: failure('ABORTED', 'x') })).toBe(
      1,
    );
    expect(await endTasks(dataSource, claim, succeeded)).toBe(0);
    expect(await runs.markAborting({ spaceId, robotId, runId })).toBe(false);
    expect((await view(runId)).status).toBe('aborted');
  });

  test('is held by the database itself', async () => {
    const { runId, taskIds } = await aRun();
    await endTasks(dataSource, await aClaim(taskIds[0]!), succeeded);
    const change = (table: string, id: string) =>
      dataSource.query(`UPDATE ${table} SET status = 'failed' WHERE id = $1`, [id]);
    await expect(change('tasks', taskIds[0]!)).rejects.toThrow(/has ended as succeeded/);
    await expect(change('runs', runId)).rejects.toThrow(/has ended as succeeded/);
  });

  test('of the last of many tasks, all at once, ends their run once and counts right', async () => {
    const { runId, taskIds } = await aRun(20);
    const claims = await Promise.all(taskIds.map((id) => aClaim(id)));
    const ends = claims.map((claim, index) => {
      const failed = { status: 'failed', failure: failure('INTERNAL', 'x') } as const;
      return endTasks(dataSource, claim, index % 4 === 0 ? failed : succeeded);
    });
    await Promise.all(ends);
    expect(await view(runId)).toMatchObject({ status: 'partial', tasksSucceeded: 15, tasksFailed: 5 });
    const kinds = (await new EventStore(dataSource.manager).list(runId)).map(({ event }) => event.kind);
    expect(kinds.filter((kind) => kind === 'run.ended')).toHaveLength(1);
  });

  test('by abort ends queued tasks now and running ones when their worker says so', async () => {
    const { runId, taskIds } = await aRun(3);
    const claim = await aClaim(taskIds[0]!);
    await runs.markAborting({ spaceId, robotId, runId });
    expect(await endTasks(dataSource, { queuedOf: runId }, { status: 'aborted', failure: null })).toBe(2);
    expect((await view(runId)).status).toBe('aborting');
    await endTasks(dataSource, claim, succeeded);
    expect((await view(runId)).status).toBe('aborted');
  });
});

describe('the events of a run', () => {
  test('are numbered from one without gaps, also when many write at once', async () => {
    const { runId, taskIds } = await aRun(10);
    await Promise.all(
      taskIds.map(async (id) => {
        const claim = await aClaim(id);
        await tasks.appendRows(claim, batch(0, 1));
        await tasks.log(claim, { kind: 'step.warning', step: 0, message: 'x' });
        await endTasks(dataSource, claim, succeeded);
      }),
    );
    const events = await new EventStore(dataSource.manager).list(runId);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 42 }, (_, index) => index + 1));
    expect(events.at(0)?.event).toEqual({ kind: 'run.queued', tasks: 10 } satisfies RunEvent);
    expect(events.at(-1)?.event).toEqual({ kind: 'run.ended', status: 'succeeded' } satisfies RunEvent);
    expect((await view(runId)).seq).toBe(42);
  });
});

test('a batch of rows is stored once, whole, or not at all', async () => {
  const { runId, taskIds } = await aRun();
  const claim = await aClaim(taskIds[0]!);
  await tasks.appendRows(claim, batch(0, 3));
  expect(await tasks.appendRows(claim, batch(0, 3))).toBe(false);
  const wrong = batch(2, 3);
  const rows = wrong.rows.map((row) => ({ ...row, position: row.position + 9 }));
  await expect(tasks.appendRows(claim, { ...wrong, rows, rowCount: 6 })).rejects.toThrow('rows_pkey');
  expect((await view(runId)).rows.map(({ n }) => n)).toEqual([0, 1, 2]);
});

test('readers see the rows of one attempt, however far the one before it came', async () => {
  const { runId, taskIds } = await aRun();
  const stale = await aClaim(taskIds[0]!, 0);
  await tasks.appendRows(stale, batch(0, 5));
  await tasks.requeue(stale, lost);
  const fresh = await aClaim(taskIds[0]!);
  await tasks.appendRows(fresh, batch(0, 2));
  const page = await new RowStore(dataSource.manager).page(runId, {
    ...{ list: null, taskId: null, after: null, limit: 100 },
  });
  expect(page!.map(({ data }) => data)).toEqual([{ n: 0 }, { n: 1 }]);
  expect((await view(runId)).rows).toEqual([{ n: 0 }, { n: 1 }]);
});

test('robots are deleted while workers write, and nobody waits for ever', async () => {
  const store = new RobotStore(dataSource.manager);
  const id = await store.create({ spaceId, name: 'busy', definition: aDefinition(), publish: true });
  const planned = await Promise.all(
    Array.from({ length: 20 }, () => insertTestRun(dataSource, { spaceId, robotId: id })),
  );
  const claims = await Promise.all(planned.map(({ taskIds }) => aClaim(taskIds[0]!)));
  const writes = claims.map(async (claim) => {
    for (let from = 0; await tasks.appendRows(claim, batch(from, 1)); from += 1);
  });
  expect(await dataSource.transaction((manager) => new RobotStore(manager).delete(spaceId, id))).toBe(true);
  await Promise.all(writes);
});

test('rows keep the order of their keys, and any text', async () => {
  const { runId, taskIds } = await aRun();
  const data = { 'Label 2': 'b', 'Label 10': 'ü 😀 שלום "quoted" \\ \u2028', a: null };
  const rows = [{ list: 'List 1', ordinal: 0, position: 0, data }];
  await tasks.appendRows(await aClaim(taskIds[0]!), { rows, rowCount: 1, lists: { 'List 1': 1 } });
  expect(JSON.stringify((await view(runId)).rows)).toBe(JSON.stringify([data]));
});

test('a robot that is deleted takes its runs with it, and a worker that runs one hears of it', async () => {
  const store = new RobotStore(dataSource.manager);
  const id = await store.create({ spaceId, name: 'gone', definition: aDefinition(), publish: true });
  const { taskIds } = await insertTestRun(dataSource, { spaceId, robotId: id });
  const claim = await aClaim(taskIds[0]!);
  expect(await store.delete(spaceId, id)).toBe(true);
  expect(await tasks.renew(claim, leaseMs)).toBeNull();
  expect(await tasks.appendRows(claim, batch(0, 1))).toBe(false);
});
