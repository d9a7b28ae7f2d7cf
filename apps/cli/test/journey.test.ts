import { serveShop, type Shop } from '@runnel/shop';
import { describeOnBothBackends, freePort, hangs, serveSite, until, type Site } from '@runnel/testing';
import { TestFleet, type Body } from './test-fleet';

/** A run through all processes: API, queue, worker with a real browser, Postgres, scheduler. */
describeOnBothBackends('the journey of a run', (backend) => {
  let fleet: TestFleet;
  let shop: Shop;
  let site: Site;

  beforeAll(async () => {
    fleet = await TestFleet.start(backend);
    shop = await serveShop({ products: 200, perPage: 10, delayMs: 60 });
    site = await serveSite({ '/hangs': hangs, '/': '<h1>Home</h1>' });
  });

  afterEach(() => fleet.stopWorkers());

  afterAll(async () => {
    await fleet.close();
    await Promise.all([shop.close(), site.close()]);
  });

  const listing = {
    type: 'extractList',
    name: 'teas',
    item: 'article.product',
    fields: { name: 'h2', price: { selector: '.price', type: 'number' } },
    paginate: { by: 'next', selector: 'a.next' },
  };
  const theShop = () => fleet.aRobot([{ type: 'navigate', url: shop.url }, listing]);
  const expected = () => shop.products.map(({ name, price }) => ({ name, price: Number(price.toFixed(2)) }));

  test('goes from HTTP to rows', async () => {
    await fleet.startWorker();
    const robotId = await theShop();
    const run = await fleet.ended(robotId, await fleet.run(robotId));
    expect(run).toMatchObject({ status: 'success', attempts: 1, progress: { rows: 200 } });
    expect(run['data']).toEqual(expected());
  });

  test('goes on with another worker when one is killed in the middle, and no row is doubled', async () => {
    const first = await fleet.startWorker();
    const robotId = await theShop();
    const runId = await fleet.run(robotId);
    await until(async () => (await fleet.look(robotId, runId))['progress'].rows >= 30);
    await fleet.stop(first, 'SIGKILL');
    expect(await fleet.leftovers()).toHaveLength(1);
    const second = await fleet.startWorker();
    const run = await fleet.ended(robotId, runId);
    expect(run).toMatchObject({ status: 'success', attempts: 2 });
    expect(run['data']).toEqual(expected());
    await fleet.stop(second, 'SIGTERM');
    expect(await fleet.leftovers()).toEqual([]);
  });

  test('starts although the API dies right after its answer', async () => {
    const robotId = await theShop();
    const runId = await fleet.run(robotId);
    await fleet.killApi();
    await fleet.startApi();
    await fleet.startWorker();
    expect((await fleet.ended(robotId, runId))['data']).toEqual(expected());
  });

  test('is given back by a worker that stops, without an attempt being spent', async () => {
    const first = await fleet.startWorker({ RUNNEL_GRACE_MS: '100' });
    site.replace('/slow', hangs);
    const heading = { type: 'extract', name: 'page', fields: { heading: 'h1' } };
    const robotId = await fleet.aRobot([
      { type: 'navigate', url: `${site.url}/slow`, timeout: 60_000 },
      heading,
    ]);
    const runId = await fleet.run(robotId);
    await until(() => site.asked.includes('/slow'));
    const second = await fleet.startWorker();
    site.replace('/slow', '<h1>Home</h1>');
    expect(await fleet.stop(first, 'SIGTERM')).toBe(0);
    const run = await fleet.ended(robotId, runId);
    expect(run).toMatchObject({ status: 'success', data: [{ heading: 'Home' }] });
    expect(second.log.some((line) => line.includes(runId))).toBe(true);
    const returned = (await fleet.events(robotId, runId)).filter(({ kind }) => kind === 'task.requeued');
    expect(returned).toMatchObject([{ reason: 'the worker is stopping and gives its tasks back' }]);
  });

  test('ends soon after it is aborted, with its browser context', async () => {
    const worker = await fleet.startWorker();
    const robotId = await fleet.aRobot([{ type: 'navigate', url: `${site.url}/hangs`, timeout: 60_000 }]);
    const runId = await fleet.run(robotId);
    await until(() => site.asked.includes('/hangs'));
    const aborting = await fleet.client.post<Body>(`/api/robots/${robotId}/runs/${runId}/abort`);
    // The worker may have heard of it before the answer is written.
    expect(['aborting', 'aborted']).toContain(aborting.body['run'].status);
    expect(await fleet.ended(robotId, runId)).toMatchObject({
      status: 'aborted',
      error: { code: 'ABORTED' },
    });
    await worker.logged(new RegExp(`${runId}.*stopped`));
  });

  test('ends at its deadline', async () => {
    await fleet.startWorker();
    const steps = [{ type: 'navigate', url: `${site.url}/hangs`, timeout: 60_000 }];
    const robotId = await fleet.aRobot(steps, { deadlineMs: 1000 });
    const run = await fleet.ended(robotId, await fleet.run(robotId));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'DEADLINE' } });
  });

  test('tries again what may pass, and tells the attempts', async () => {
    await fleet.startWorker();
    const robotId = await fleet.aRobot([{ type: 'navigate', url: `http://127.0.0.1:${await freePort()}/` }], {
      maxAttempts: 2,
    });
    const run = await fleet.ended(robotId, await fleet.run(robotId));
    expect(run).toMatchObject({
      status: 'failed',
      attempts: 2,
      error: { code: 'NAVIGATION_REFUSED', step: 0 },
    });
  });

  test('that takes its worker with it twice is not given to a third', async () => {
    const robotId = await fleet.aRobot([{ type: 'navigate', url: `${site.url}/hangs`, timeout: 60_000 }], {
      maxAttempts: 9,
    });
    const runId = await fleet.run(robotId);
    for (let deaths = 1; deaths <= 2; deaths += 1) {
      const worker = await fleet.startWorker();
      await until(async () => (await fleet.look(robotId, runId))['attempts'] === deaths);
      await fleet.stop(worker, 'SIGKILL');
    }
    expect(await fleet.ended(robotId, runId)).toMatchObject({
      status: 'failed',
      attempts: 2,
      error: { code: 'WORKER_LOST' },
    });
  });

  if (backend === 'redis') {
    test('is accepted while Redis is away, and runs when it is back', async () => {
      await fleet.startWorker();
      const robotId = await theShop();
      await fleet.queue.redis!.kill();
      const runId = await fleet.run(robotId);
      expect((await fleet.look(robotId, runId))['status']).toBe('queued');
      await fleet.queue.redis!.start();
      expect((await fleet.ended(robotId, runId))['data']).toEqual(expected());
    });
  }
});
