import { newId, openDataSource, SpaceStore, type DataSource } from '@runnel/store';
import { cloneDatabase, startApp, until, type AppProcess, type TestDatabase } from '@runnel/testing';

let database: TestDatabase;
let dataSource: DataSource;
let scheduler: AppProcess;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 2, application: 'test' });
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

test('a scheduler prunes, and stops in the middle of its pauses', async () => {
  const spaceId = await new SpaceStore(dataSource.manager).create('test');
  await dataSource.query(
    `INSERT INTO idempotency_keys (space_id, key, fingerprint, run_id, created_at)
     VALUES ($1, 'old', '{}', $2, now() - interval '2 days'), ($1, 'new', '{}', $2, now())`,
    [spaceId, newId()],
  );
  scheduler = await startApp('scheduler', { DATABASE_URL: database.url });
  const keys = (): Promise<{ key: string }[]> => dataSource.query('SELECT key FROM idempotency_keys');
  expect(await until(async () => ((await keys()).length === 1 ? keys() : null))).toEqual([{ key: 'new' }]);
  await scheduler.logged(/"keys":1.*pruned/);
  expect(await scheduler.kill('SIGTERM')).toBe(0);
});
