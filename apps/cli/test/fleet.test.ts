import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createSpace } from '@runnel/services';
import { openDataSource } from '@runnel/store';
import { describeOnBothBackends, page, serveSite, TestClient, until, type Site } from '@runnel/testing';
import { serveHeldSite } from './held-site';
import { TestFleet, type Body } from './test-fleet';

/** Many tasks on many workers. */
describeOnBothBackends('a fleet', (backend) => {
  let fleet: TestFleet;
  let site: Site;

  beforeAll(async () => {
    fleet = await TestFleet.start(backend, { RUNNEL_LEASE_MS: '15000', RUNNEL_GRACE_MS: '200' });
    site = await serveSite({ '/': page('<h1>Home</h1>') });
  });

  afterEach(() => fleet.stopWorkers());

  afterAll(async () => {
    await fleet.close();
    await site.close();
  });

  const heading = { type: 'extract', name: 'page', fields: { heading: 'h1' } };
  const aReader = (more: object[] = [], engine = 'browser') =>
    fleet.aRobot([{ type: 'navigate', url: `${site.url}/` }, ...more, heading], {}, { engine });
  const records = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `${n}`, inputs: {} }));

  test('is restarted worker by worker: no run fails, no attempt is spent, none waits for a lease', async () => {
    const workers = await Promise.all([fleet.startWorker(), fleet.startWorker(), fleet.startWorker()]);
    const held = await serveHeldSite();
    const open = { type: 'navigate', url: `${held.url}/`, timeout: 120_000 };
    const robotId = await fleet.aRobot([open, heading], {}, { engine: 'browser' });
    // One attempt is all that a task has: were one spent, it would fail.
    const runId = await fleet.run(robotId, { records: records(60), maxAttempts: 1 });
    await until(() => held.held() > 0);
    for (const worker of workers.splice(0)) {
      const [next, code] = await Promise.all([fleet.startWorker(), fleet.stop(worker, 'SIGTERM')]);
      expect(code).toBe(0);
      workers.push(next);
    }
    held.release();
    expect(await fleet.ended(robotId, runId)).toMatchObject({
      status: 'success',
      progress: { tasks: 60, succeeded: 60, rows: 60 },
    });
    const events = await fleet.events(robotId, runId);
    const returned = events.filter(({ kind }) => kind === 'task.requeued');
    expect(returned.length).toBeGreaterThan(0);
    expect(new Set(returned.map(({ reason }) => reason))).toEqual(
      new Set(['the worker is stopping and gives its tasks back']),
    );
    await held.close();
  });

  test('does not keep a small space waiting behind a large one', async () => {
    const dataSource = await openDataSource({ url: fleet.databaseUrl, poolSize: 1, application: 'test' });
    const { key } = await createSpace(dataSource, 'small').finally(() => dataSource.destroy());
    const large = await aReader([{ type: 'wait', ms: 100 }], 'http');
    await fleet.startWorker();
    const manyId = await fleet.run(large, { records: records(300) });
    const client = new TestClient(fleet.client.url, key);
    const definition = { engine: 'http', steps: [{ type: 'navigate', url: `${site.url}/` }, heading] };
    const small = (await client.post<Body>('/api/robots', { name: 'Small', definition })).body['robot'].id;
    const few = await client.post<Body>(`/api/robots/${small}/runs?wait=60`, { records: records(5) });
    expect(few.body['run']).toMatchObject({ status: 'success', progress: { rows: 5 } });
    const many = await fleet.look(large, manyId);
    expect(many['progress'].done).toBeLessThan(100);
    await fleet.client.post(`/api/robots/${large}/runs/${manyId}/abort`);
    const ended = await fleet.ended(large, manyId);
    expect(ended).toMatchObject({ status: 'aborted', progress: { done: 300, failed: 0 } });
  });

  test('gives any text back: without U+0000, with U+FFFD for half a pair, else as it is', async () => {
    const long = 'lang '.repeat(2_000_000).trim();
    const texts = ['שלום עולם', '👩‍👩‍👧‍👦 e\u0301', 'a\u0000b', 'half \ud83d pair', long];
    // JSON tells the page's script what no HTML can hold.
    const script = `for (const text of ${JSON.stringify(texts)}) {
      const item = document.createElement('li'); item.textContent = text; document.body.append(item); }`;
    const odd = await serveSite({ '/': page(`<script>${script}</script>`) });
    await fleet.startWorker();
    const steps = [
      { type: 'navigate', url: `${odd.url}/` },
      { type: 'extractList', item: 'li', fields: { text: ':scope' } },
    ];
    const robotId = await fleet.aRobot(steps, {}, { engine: 'browser' });
    const runId = await fleet.run(robotId);
    expect(await fleet.ended(robotId, runId)).toMatchObject({ status: 'success', error: null });
    const { body } = await fleet.client.get<Body>(`/api/robots/${robotId}/runs/${runId}/data`);
    expect(body['data'].items.map(({ text }: Body) => text)).toEqual([
      ...['שלום עולם', '👩‍👩‍👧‍👦 e\u0301', 'ab', 'half \ufffd pair', long],
    ]);
    await odd.close();
  });

  test('lets hostile pages fail alone: their neighbours succeed, and the worker lives', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 ** 2));
    const hostile = await serveSite({
      '/good': page('<h1>Good</h1>'),
      '/bomb': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(bomb);
      },
      '/busy': page('<script>while (true);</script><h1>Busy</h1>'),
      '/greedy': page(
        '<script>const all = []; for (;;) all.push(new Array(1e6).fill(Math.random()));</script>',
      ),
    });
    const worker = await fleet.startWorker({ WORKER_CONCURRENCY: '3' });
    const steps = [{ type: 'navigate', url: `${hostile.url}{{path}}`, timeout: 5_000 }, heading];
    const robotId = await fleet.aRobot(
      steps,
      { maxAttempts: 1 },
      { engine: 'browser', inputs: [{ name: 'path' }] },
    );
    const paths = ['/bomb', '/good', '/busy', '/good', '/greedy', '/good'];
    const runId = await fleet.run(robotId, { records: paths.map((path) => ({ inputs: { path } })) });
    expect(await fleet.ended(robotId, runId)).toMatchObject({ status: 'partial', progress: { rows: 3 } });
    const { body } = await fleet.client.get<Body>(`/api/robots/${robotId}/runs/${runId}/tasks`);
    const codes = body['tasks'].items.map(({ error }: Body) => error?.code ?? null);
    expect(codes).toEqual(['PAGE_TOO_LARGE', null, 'NAVIGATION_TIMEOUT', null, 'PAGE_TOO_LARGE', null]);
    const workers = (await fleet.events(robotId, runId)).filter(({ kind }) => kind === 'task.started');
    expect(new Set(workers.map((event) => event['worker'])).size).toBe(1);
    expect(await fleet.stop(worker, 'SIGTERM')).toBe(0);
    await hostile.close();
  });

  test('ends each of many runs once, however their abort meets their end', async () => {
    const worker = await fleet.startWorker({ WORKER_CONCURRENCY: '4' });
    const robots = [await aReader([], 'browser'), await aReader([], 'http')];
    const ends = { aborted: 0, success: 0 };
    let left = 250;
    /** Begins its abort about when the run ends: later when the last one was early, and the reverse. */
    const race = async (robotId: string): Promise<void> => {
      for (let delayMs = 100; (left -= 1) >= 0;) {
        const runId = await fleet.run(robotId);
        await sleep(delayMs);
        const { status } = await fleet.client.post(`/api/robots/${robotId}/runs/${runId}/abort`);
        const run = await fleet.ended(robotId, runId);
        expect([run['status'], status]).toEqual(status === 200 ? ['aborted', 200] : ['success', 409]);
        ends[run['status'] as keyof typeof ends] += 1;
        delayMs *= status === 200 ? 1.1 : 0.9;
        const kinds = (await fleet.events(robotId, runId)).map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === 'task.ended' || kind === 'run.ended')).toHaveLength(2);
        expect(kinds.at(-1)).toBe('run.ended');
      }
    };
    await Promise.all([0, 1, 0, 1, 0, 1].map((index) => race(robots[index]!)));
    expect(ends.aborted).toBeGreaterThan(25);
    expect(ends.success).toBeGreaterThan(25);
    // Chromium keeps one renderer at hand; pages of aborted runs would be more.
    await until(async () => (await renderersOf(worker.pid)) <= 2);
    await fleet.stop(worker, 'SIGTERM');
    expect(await fleet.leftovers()).toEqual([]);
  }, 120_000);
});

/** Processes of pages below a worker. */
async function renderersOf(worker: number): Promise<number> {
  const found = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(processOf),
  );
  const family = new Set([worker]);
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const { pid, parent } of found) if (family.has(parent)) family.add(pid);
  }
  return found.filter(({ pid, command }) => family.has(pid) && command.includes('--type=renderer')).length;
}

async function processOf(name: string): Promise<{ pid: number; parent: number; command: string }> {
  const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
  const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
  return { pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), command };
}
