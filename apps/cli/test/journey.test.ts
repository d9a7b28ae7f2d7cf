import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveShop, type Shop } from '@runnel/shop';
import {
  cloneDatabase,
  describeOnBothBackends,
  freePort,
  hangs,
  serveSite,
  startApp,
  startTestQueue,
  TestClient,
  until,
  type AppProcess,
  type Site,
  type TestDatabase,
  type TestQueue,
} from '@runnel/testing';

type Body = Record<string, any>;

const key = 'rk_a-key-that-the-test-knows';

/** A run through all processes: API, queue, worker with a real browser, Postgres, scheduler. */
describeOnBothBackends('the journey of a run', (backend) => {
  let database: TestDatabase;
  let queue: TestQueue;
  let shop: Shop;
  let site: Site;
  let temporary: string;
  let environment: Record<string, string | null>;
  let api: AppProcess;
  let scheduler: AppProcess;
  let client: TestClient;
  const workers = new Set<AppProcess>();

  const startApi = async (): Promise<void> => {
    api = await startApp('api', environment);
    client = new TestClient(`http://127.0.0.1:${api.port}`, key);
  };
  const startWorker = async (more: Record<string, string> = {}): Promise<AppProcess> => {
    const worker = await startApp('worker', { ...environment, WORKER_CONCURRENCY: '2', ...more });
    workers.add(worker);
    return worker;
  };
  const stop = async (worker: AppProcess, signal: NodeJS.Signals): Promise<number | string> => {
    workers.delete(worker);
    return worker.kill(signal);
  };

  beforeAll(async () => {
    database = await cloneDatabase();
    queue = await startTestQueue(backend, database.url);
    shop = await serveShop({ products: 200, perPage: 10, delayMs: 60 });
    site = await serveSite({ '/hangs': hangs, '/': '<h1>Home</h1>' });
    temporary = await mkdtemp(join(tmpdir(), 'runnel-journey-'));
    environment = {
      DATABASE_URL: database.url,
      REDIS_URL: queue.address.redisUrl,
      RUNNEL_API_KEY: key,
      RUNNEL_LEASE_MS: '1500',
      TMPDIR: temporary,
      PUPPETEER_EXECUTABLE_PATH: process.env['PUPPETEER_EXECUTABLE_PATH'] ?? null,
    };
    await startApi();
    scheduler = await startApp('scheduler', environment);
  });

  afterEach(async () => {
    await Promise.all([...workers].map((worker) => stop(worker, 'SIGTERM')));
  });

  afterAll(async () => {
    await Promise.all([api.kill('SIGTERM'), scheduler.kill('SIGTERM')]);
    await Promise.all([shop.close(), site.close(), queue.stop()]);
    await database.drop();
    await rm(temporary, { recursive: true, force: true });
  });

  const listing = {
    type: 'extractList',
    name: 'teas',
    item: 'article.product',
    fields: { name: 'h2', price: { selector: '.price', type: 'number' } },
    paginate: { by: 'next', selector: 'a.next' },
  };
  const aRobot = async (steps: object[], options: object = {}): Promise<string> => {
    const { body } = await client.post<Body>('/api/robots', { name: 'Shop', definition: { steps, options } });
    return body.robot.id;
  };
  const theShop = () => aRobot([{ type: 'navigate', url: shop.url }, listing]);
  const start = async (robotId: string): Promise<string> =>
    (await client.post<Body>(`/api/robots/${robotId}/runs`)).body.run.runId;
  const look = async (robotId: string, runId: string, query = ''): Promise<Body> =>
    (await client.get<Body>(`/api/robots/${robotId}/runs/${runId}${query}`)).body.run;
  const ended = (robotId: string, runId: string) =>
    until(async () => {
      const run = await look(robotId, runId, '?wait=10');
      return run.finishedAt !== null && run;
    });
  const expected = () => shop.products.map(({ name, price }) => ({ name, price: Number(price.toFixed(2)) }));
  const leftovers = async (): Promise<string[]> =>
    (await readdir(temporary)).filter((name) => name.includes('browser'));

  test('goes from HTTP to rows', async () => {
    await startWorker();
    const robotId = await theShop();
    const run = await ended(robotId, await start(robotId));
    expect(run).toMatchObject({ status: 'success', attempts: 1, progress: { rows: 200 } });
    expect(run.data).toEqual(expected());
  });

  test('goes on with another worker when one is killed in the middle, and no row is doubled', async () => {
    const first = await startWorker();
    const robotId = await theShop();
    const runId = await start(robotId);
    await until(async () => (await look(robotId, runId)).progress.rows >= 30);
    await stop(first, 'SIGKILL');
    expect(await leftovers()).toHaveLength(1);
    const second = await startWorker();
    const run = await ended(robotId, runId);
    expect(run).toMatchObject({ status: 'success', attempts: 2 });
    expect(run.data).toEqual(expected());
    await stop(second, 'SIGTERM');
    expect(await leftovers()).toEqual([]);
  });

  test('starts although the API dies right after its answer', async () => {
    const robotId = await theShop();
    const runId = await start(robotId);
    await api.kill('SIGKILL');
    await startApi();
    await startWorker();
    expect((await ended(robotId, runId)).data).toEqual(expected());
  });

  test('is given back by a worker that stops, without an attempt being spent', async () => {
    const first = await startWorker({ RUNNEL_GRACE_MS: '100' });
    const robotId = await theShop();
    const runId = await start(robotId);
    await until(async () => (await look(robotId, runId)).status === 'running');
    const second = await startWorker();
    expect(await stop(first, 'SIGTERM')).toBe(0);
    expect((await look(robotId, runId)).progress.done).toBe(0);
    const run = await ended(robotId, runId);
    expect(run).toMatchObject({ status: 'success' });
    expect(run.data).toEqual(expected());
    expect(second.log.some((line) => line.includes(runId))).toBe(true);
  });

  test('ends soon after it is aborted, with its browser context', async () => {
    const worker = await startWorker();
    const robotId = await aRobot([{ type: 'navigate', url: `${site.url}/hangs`, timeout: 60_000 }]);
    const runId = await start(robotId);
    await until(() => site.asked.includes('/hangs'));
    const aborting = await client.post<Body>(`/api/robots/${robotId}/runs/${runId}/abort`);
    expect(aborting.body.run.status).toBe('aborting');
    expect(await ended(robotId, runId)).toMatchObject({ status: 'aborted', error: { code: 'ABORTED' } });
    await worker.logged(new RegExp(`${runId}.*stopped`));
  });

  test('ends at its deadline', async () => {
    await startWorker();
    const steps = [{ type: 'navigate', url: `${site.url}/hangs`, timeout: 60_000 }];
    const robotId = await aRobot(steps, { deadlineMs: 1000 });
    const run = await ended(robotId, await start(robotId));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'DEADLINE' } });
  });

  test('tries again what may pass, and tells the attempts', async () => {
    await startWorker();
    const robotId = await aRobot([{ type: 'navigate', url: `http://127.0.0.1:${await freePort()}/` }], {
      maxAttempts: 2,
    });
    const run = await ended(robotId, await start(robotId));
    expect(run).toMatchObject({
      status: 'failed',
      attempts: 2,
      error: { code: 'NAVIGATION_REFUSED', step: 0 },
    });
  });

  test('that takes its worker with it twice is not given to a third', async () => {
    const robotId = await aRobot([{ type: 'navigate', url: `${site.url}/hangs`, timeout: 60_000 }], {
      maxAttempts: 9,
    });
    const runId = await start(robotId);
    for (let deaths = 1; deaths <= 2; deaths += 1) {
      const worker = await startWorker();
      await until(async () => (await look(robotId, runId)).attempts === deaths);
      await stop(worker, 'SIGKILL');
    }
    expect(await ended(robotId, runId)).toMatchObject({
      status: 'failed',
      attempts: 2,
      error: { code: 'WORKER_LOST' },
    });
  });

  if (backend === 'redis') {
    test('is accepted while Redis is away, and runs when it is back', async () => {
      await startWorker();
      const robotId = await theShop();
      await queue.redis!.kill();
      const runId = await start(robotId);
      expect((await look(robotId, runId)).status).toBe('queued');
      await queue.redis!.start();
      expect((await ended(robotId, runId)).data).toEqual(expected());
    });
  }
});
