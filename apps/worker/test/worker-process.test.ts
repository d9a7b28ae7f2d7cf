import { JobProducer } from '@runnel/queue';
import { abortRun } from '@runnel/services';
import { openDataSource, RobotStore, RunStore, SpaceStore, type DataSource } from '@runnel/store';
import {
  aDefinition,
  cloneDatabase,
  hangs,
  insertTestRun,
  serveSite,
  startApp,
  until,
  type AppProcess,
  type Site,
  type TestDatabase,
} from '@runnel/testing';

let database: TestDatabase;
let dataSource: DataSource;
let producer: JobProducer;
let site: Site;
let worker: AppProcess;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 3, application: 'test' });
  producer = new JobProducer({ databaseUrl: database.url, redisUrl: null }, () => undefined);
  site = await serveSite({ '/': hangs });
  worker = await startApp('worker', {
    DATABASE_URL: database.url,
    // A heartbeat comes every twenty seconds: it is not what tells this worker.
    RUNNEL_LEASE_MS: '60000',
    WORKER_CONCURRENCY: '2',
    PUPPETEER_EXECUTABLE_PATH: process.env['PUPPETEER_EXECUTABLE_PATH'] ?? null,
  });
});

afterAll(async () => {
  await worker.kill('SIGTERM');
  await Promise.all([producer.close(), dataSource.destroy(), site.close()]);
  await database.drop();
});

test('a worker ends the tasks of an aborted run within two seconds, however long its lease', async () => {
  const spaceId = await new SpaceStore(dataSource.manager).create('test');
  const definition = aDefinition({ steps: [{ type: 'navigate', url: site.url, timeout: 60_000 }] });
  const robot = { spaceId, name: 'x', definition, publish: true };
  const robotId = await new RobotStore(dataSource.manager).create(robot);
  const { runId, taskIds } = await insertTestRun(dataSource, { spaceId, robotId, count: 2 });
  await producer.add(taskIds.map((taskId) => ({ taskId, runId, attempt: 0, reminders: 0 })));
  await until(() => site.asked.length === 2);
  const key = { spaceId, robotId, runId };
  const began = performance.now();
  expect(await abortRun(dataSource, key)).toMatchObject({ changed: true });
  await until(async () => (await new RunStore(dataSource.manager).find(key, 0))!.status === 'aborted');
  expect(performance.now() - began).toBeLessThan(2_000);
});
