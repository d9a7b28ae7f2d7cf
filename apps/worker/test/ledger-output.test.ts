import { aDefinition, cloneDatabase, insertTestRun, TcpRelay, type TestDatabase } from '@runnel/testing';
import { openDataSource, RobotStore, RunStore, SpaceStore, TaskStore, type DataSource } from '@runnel/store';
import { LedgerOutput } from '../src/ledger-output';

let database: TestDatabase;
let dataSource: DataSource;
let spaceId: string;
let robotId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 3, application: 'test' });
  spaceId = await new SpaceStore(dataSource.manager).create('test');
  const robot = { spaceId, name: 'x', definition: aDefinition(), publish: true };
  robotId = await new RobotStore(dataSource.manager).create(robot);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function anAttempt(of = dataSource): Promise<{ runId: string; output: LedgerOutput }> {
  const { runId, taskIds } = await insertTestRun(dataSource, { spaceId, robotId });
  const store = new TaskStore(of.manager);
  const task = await store.claim(taskIds[0]!, 'a worker', 60_000);
  const claim = { taskId: task!.id, attempt: task!.attempt };
  return { runId, output: new LedgerOutput(store, claim, attempt) };
}

const attempt = { signal: new AbortController().signal, leaseMs: 15_000 };

const view = (runId: string) => new RunStore(dataSource.manager).find({ spaceId, robotId, runId }, 10_000);

test('rows are written in batches, and lists may have the name of anything', async () => {
  const { runId, output } = await anAttempt();
  await output.rows(
    'constructor',
    Array.from({ length: 1201 }, (_, n) => ({ n })),
  );
  expect((await view(runId))!.rowCount).toBe(1000);
  await output.rows('toString', [{ n: -1 }]);
  await output.flush();
  const run = (await view(runId))!;
  expect(run.lists).toEqual({ constructor: 1201, toString: 1 });
  expect(run.rows.map((row) => row['n'])).toEqual([...Array.from({ length: 1201 }, (_, n) => n), -1]);
});

test('after a write that failed nothing is written any more, so no gap looks whole', async () => {
  const { runId, output } = await anAttempt();
  const hold = 'ALTER TABLE rows ADD CONSTRAINT refuse CHECK (ordinal < 500) NOT VALID';
  await dataSource.query(hold);
  const many = Array.from({ length: 600 }, (_, n) => ({ n }));
  await output.rows('rows', many.slice(0, 500));
  await expect(output.rows('rows', many)).rejects.toThrow('refuse');
  await dataSource.query('ALTER TABLE rows DROP CONSTRAINT refuse');
  await expect(output.rows('rows', many)).rejects.toThrow('refuse');
  await expect(output.warning(0, 'x')).rejects.toThrow('refuse');
  expect((await view(runId))!.rows).toHaveLength(500);
});

test('a ledger that is away for a moment costs nothing, whether it had the rows or not', async () => {
  const relay = await TcpRelay.start(database.url);
  const behind = await openDataSource({ url: relay.url, poolSize: 2, application: 'test' });
  const { runId, output } = await anAttempt(behind);
  const many = (from: number) => Array.from({ length: 500 }, (_, n) => ({ n: from + n }));
  const cut = relay.cutAfter('INSERT INTO rows');
  await Promise.all([cut, output.rows('rows', many(0))]);
  expect((await view(runId))!.rowCount).toBe(500);
  await relay.refuse();
  const written = output.rows('rows', many(500));
  await relay.accept();
  await written;
  const cutArtifact = relay.cutAfter('INSERT INTO artifacts');
  const artifact = { name: 'a.txt', contentType: 'text/plain', bytes: Buffer.from('a') };
  await Promise.all([cutArtifact, output.artifact(artifact)]);
  const run = (await view(runId))!;
  expect(run.rows.map(({ n }) => n)).toEqual([...many(0), ...many(500)].map(({ n }) => n));
  expect(run.artifacts).toHaveLength(1);
  await behind.destroy();
  await relay.close();
});

test('what pages that are read side by side give at once is stored in the order in which it came', async () => {
  const { runId, output } = await anAttempt();
  const many = (from: number) => Array.from({ length: 500 }, (_, n) => ({ n: from + n }));
  const artifact = { name: 'a.txt', contentType: 'text/plain', bytes: Buffer.from('a') };
  const asked = Array.from({ length: 12 }, (_, page) => output.rows('rows', many(page * 500)));
  await Promise.all([...asked, output.artifact(artifact), output.warning(0, 'x')]);
  const run = (await view(runId))!;
  expect(run.rowCount).toBe(6_000);
  expect(run.rows.map(({ n }) => n)).toEqual(Array.from({ length: 6_000 }, (_, n) => n));
});
