import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@runnel/testing';
import { openDataSource } from '@runnel/store';
import { hasEmbeddedDatabase, openEmbeddedDatabase } from '../src';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'runnel-embedded-'));
});

afterEach(async () => {
  // The keeper may still be stopping its Postgres, which writes until its end.
  await rm(dataDir, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
});

const state = async (): Promise<{ keeperPid: number }> =>
  JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8'));
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const connect = (url: string) => openDataSource({ url, poolSize: 1, application: 'test' });

async function ask(url: string, statement: string): Promise<unknown> {
  const dataSource = await connect(url);
  const rows: unknown = await dataSource.query(statement);
  await dataSource.destroy();
  return rows;
}

test('a database is brought, shared by all who open its folder, and gone when the last one closes', async () => {
  const [first, second] = await Promise.all(
    [1, 2].map(() => openEmbeddedDatabase({ dataDir, durable: false })),
  );
  expect(first!.url).toBe(second!.url);
  await ask(first!.url, 'CREATE TABLE kept AS SELECT 1 AS n');
  const { keeperPid } = await state();
  const other = await connect(second!.url);
  await Promise.race([first!.close(), new Promise((resolve) => setTimeout(resolve, 500))]);
  expect(isAlive(keeperPid)).toBe(true);
  await other.destroy();
  await second!.close();
  await until(() => !isAlive(keeperPid));

  const again = await openEmbeddedDatabase({ dataDir, durable: false });
  expect(await ask(again.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  await again.close();
});

test('a keeper that was killed is replaced, and the data is there', async () => {
  const first = await openEmbeddedDatabase({ dataDir, durable: false });
  await ask(first.url, 'CREATE TABLE kept AS SELECT 1 AS n');
  process.kill((await state()).keeperPid, 'SIGKILL');
  const again = await until(() => openEmbeddedDatabase({ dataDir, durable: false }).catch(() => null));
  expect(await ask(again.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  await again.close();
});

test('a first start that was cut off in the middle does not spoil the folder', async () => {
  const opening = openEmbeddedDatabase({ dataDir, durable: false });
  opening.catch(() => undefined);
  const lock = join(dataDir, 'postgres', 'cluster.lock');
  await until(() =>
    access(join(dataDir, 'postgres', 'cluster', 'PG_VERSION')).then(
      () => true,
      () => false,
    ),
  );
  process.kill(Number(await readFile(lock, 'utf8')), 'SIGKILL');
  await expect(opening).rejects.toThrow('did not start');
  const database = await openEmbeddedDatabase({ dataDir, durable: false });
  expect(await ask(database.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  await database.close();
});

test('whether there is one is told, and nothing is made by the look', async () => {
  expect([await hasEmbeddedDatabase(dataDir), await readdir(dataDir)]).toEqual([false, []]);
  const database = await openEmbeddedDatabase({ dataDir, durable: false });
  expect(await hasEmbeddedDatabase(dataDir)).toBe(true);
  await database.close();
  expect(await hasEmbeddedDatabase(dataDir)).toBe(true);
});
