import { serveShop, type Shop } from '@runnel/shop';
import { FaultProxy, PostgresReader, until, type AppProcess, type CrashPoint } from '@runnel/testing';
import { TestFleet, type Body } from './test-fleet';

/**
 * Processes that die, or stop until others have taken over, between any two statements that matter: the proxy before
 * Postgres sees each statement, so the programs need no points of their own at which to crash.
 */
describe('a process that dies at a statement', () => {
  let fleet: TestFleet;
  let shop: Shop;
  let proxy: FaultProxy;
  let robotId: string;
  let environment: Record<string, string>;

  beforeAll(async () => {
    fleet = await TestFleet.start('postgres');
    shop = await serveShop({ products: 30, perPage: 10 });
    const url = new URL(fleet.databaseUrl);
    proxy = await FaultProxy.open(Number(url.port), () => new PostgresReader());
    url.port = String(proxy.port);
    environment = { DATABASE_URL: url.href };
    const fields = { name: 'h2' };
    const paginate = { by: 'next', selector: 'a.next' };
    robotId = await fleet.aRobot(
      [
        { type: 'navigate', url: shop.url },
        { type: 'extractList', name: 'teas', item: 'article.product', fields, paginate },
      ],
      {},
      { engine: 'http' },
    );
  });

  afterEach(() => fleet.stopWorkers());

  afterAll(async () => {
    await fleet.close();
    await Promise.all([shop.close(), proxy.close()]);
  });

  const both = (name: string, statement: RegExp): [string, CrashPoint][] =>
    (['before', 'after'] as const).map((when) => [`${when} ${name}`, { statement, when, nth: 1 }]);
  const key = () => ({ 'idempotency-key': `key-${Math.random()}` });
  const names = () => shop.products.map(({ name }) => ({ name }));

  /** The run is whole: its rows once each, its events numbered without gaps, one end. */
  const expectWhole = async (runId: string): Promise<Body[]> => {
    const run = await fleet.ended(robotId, runId);
    expect(run).toMatchObject({ status: 'success', progress: { tasks: 1, done: 1, rows: 30 } });
    expect(run['data']).toEqual(names());
    const events = await fleet.events(robotId, runId);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const ends = events.filter(({ kind }) => kind === 'task.ended' || kind === 'run.ended');
    expect(ends.map(({ kind }) => kind)).toEqual(['task.ended', 'run.ended']);
    return events;
  };
  const dieAt = (point: CrashPoint, victim: () => AppProcess): Promise<boolean> =>
    proxy.at(point, async () => {
      await victim().kill('SIGKILL');
      return 'drop';
    }).reached;

  describe('as an API', () => {
    // A scheduler that looks at the right moment tells the queue in the API's place, which then never comes to it.
    beforeEach(() => fleet.stopSchedulers());

    test.each([
      ...both('a run is committed', /INSERT INTO runs/),
      ...both('the tasks are chosen that the queue is told of', /WITH RECURSIVE waiting/),
      ...both('that choice is committed', /^COMMIT/),
      ...both('the queue is told', /add_job/),
    ])('%s: the client that asks again has one run', async (_, point) => {
      const api = await fleet.startApi(environment);
      const died = dieAt(point, () => api);
      const headers = key();
      const path = `/api/robots/${robotId}/runs`;
      const first = await fleet.client.post<Body>(path, {}, headers).catch(() => null);
      expect(await died).toBe(true);
      await fleet.startScheduler();
      await fleet.startApi();
      const again = await fleet.client.post<Body>(path, {}, headers);
      const { runId } = again.body['run'];
      if (first) expect(first.body['run'].runId).toBe(runId);
      await fleet.startWorker();
      await expectWhole(runId);
    });
  });

  const ofWorker = [
    ...both('a claim', /^\s*WITH claimed AS/),
    ...both('its rows', /INSERT INTO rows/),
    ...both("its task's end", /^\s*WITH ended AS/),
    ...both("its run's end", /UPDATE runs SET status = \$2, finished_at/),
    ...both('the end is committed', /^COMMIT/),
  ];

  describe('as a worker', () => {
    test.each(ofWorker)('%s: another does its task', async (_, point) => {
      const worker = await fleet.startWorker(environment);
      const died = dieAt(point, () => worker);
      const runId = await fleet.run(robotId);
      expect(await died).toBe(true);
      await fleet.startWorker();
      await expectWhole(runId);
    });

    test.each(ofWorker.filter(([name]) => name.startsWith('before')))(
      '%s, and lives again when another has its task: what it writes then is refused',
      async (_, point) => {
        const worker = await fleet.startWorker(environment);
        let goOn = (): void => undefined;
        const released = new Promise<void>((resolve) => (goOn = resolve));
        const stopped = proxy.at(point, async () => {
          process.kill(worker.pid, 'SIGSTOP');
          await released;
          return 'pass';
        }).reached;
        const runId = await fleet.run(robotId);
        expect(await stopped).toBe(true);
        const other = await fleet.startWorker();
        await fleet.ended(robotId, runId);
        process.kill(worker.pid, 'SIGCONT');
        goOn();
        await fleet.stop(worker, 'SIGTERM');
        await expectWhole(runId);
        expect(other.log.some((line) => line.includes(runId))).toBe(true);
      },
    );
  });

  describe('as a scheduler', () => {
    test.each([
      ...both('it takes a task back', /SET status = 'queued', worker_id = NULL/),
      ...both('the queue is told of it', /WITH RECURSIVE waiting/),
      ...both('the queue is reminded', /reminders = t.reminders \+ 1/),
    ])('%s: another goes on', async (_, point) => {
      await fleet.stopSchedulers();
      const scheduler = await fleet.startScheduler(environment);
      const died = dieAt(point, () => scheduler);
      const worker = await fleet.startWorker();
      const runId = await fleet.run(robotId);
      await until(async () => (await fleet.look(robotId, runId))['status'] !== 'queued');
      await fleet.stop(worker, 'SIGKILL');
      expect(await died).toBe(true);
      await fleet.startScheduler();
      await fleet.startWorker();
      await expectWhole(runId);
    });
  });
});
