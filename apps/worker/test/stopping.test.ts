import { setTimeout as sleep } from 'node:timers/promises';
import { HttpSessions, type BrowserPool } from '@runnel/browser';
import { parseHtml } from '@runnel/extraction';
import { createLogger } from '@runnel/runtime';
import { abortRun } from '@runnel/services';
import {
  EventStore,
  hearAborts,
  openDataSource,
  RobotStore,
  RunStore,
  SpaceStore,
  type DataSource,
  type RunView,
} from '@runnel/store';
import {
  aDefinition,
  cloneDatabase,
  hangs,
  insertTestRun,
  page,
  serveSite,
  startTestPool,
  TcpRelay,
  until,
  type Site,
  type TestDatabase,
  testEgress,
} from '@runnel/testing';
import { executeTask, type WorkerDeps } from '../src/execute-task';
import type { RunningAttempt } from '../src/running-attempt';

/** Heartbeats are twenty seconds apart: they tell nothing in these tests. */
const leaseMs = 60_000;
const often = { lookMs: 100, answerMs: 500, reconnectMs: 50 };
const seldom = { lookMs: leaseMs, reconnectMs: 50 };

let database: TestDatabase;
let relay: TcpRelay;
let dataSource: DataSource;
let throughRelay: DataSource;
let browser: BrowserPool;
let http: HttpSessions;
let site: Site;
let spaceId: string;
const attempts = new Set<RunningAttempt>();
let deps: WorkerDeps;
let closers: (() => Promise<unknown>)[] = [];

/** Asks for /tick as long as it is open. */
const ticking = page('<script>setInterval(() => fetch("/tick"), 20)</script>');

beforeAll(async () => {
  database = await cloneDatabase();
  relay = await TcpRelay.start(database.url);
  dataSource = await openDataSource({ url: database.url, poolSize: 5, application: 'test' });
  throughRelay = await openDataSource({ url: relay.url, poolSize: 5, application: 'worker' });
  spaceId = await new SpaceStore(dataSource.manager).create('test');
  browser = await startTestPool();
  http = new HttpSessions({ parseHtml, egress: testEgress() });
  site = await serveSite({ '/': ticking, '/tick': '', '/hangs': hangs });
  const dispatcher = { soon: () => undefined };
  const logger = createLogger('test', 'silent');
  deps = {
    dataSource: throughRelay,
    sessions: { browser, http },
    vault: null,
    dispatcher,
    logger,
    workerId: 'w',
    leaseMs,
    attempts,
  };
});

afterEach(async () => {
  await Promise.all(closers.map((close) => close()));
  closers = [];
});

afterAll(async () => {
  await Promise.all([browser.close(), http.close(), site.close()]);
  await Promise.all([dataSource.destroy(), throughRelay.destroy()]);
  await relay.close();
  await database.drop();
});

async function listen(timing: object): Promise<void> {
  const heard = await hearAborts(
    database.url,
    {
      running: () => [...attempts].map(({ runId }) => runId),
      aborted: (runId) => attempts.forEach((attempt) => attempt.runId === runId && attempt.stop('aborted')),
    },
    timing,
  );
  closers.push(() => heard.close());
}

const hanging = { type: 'navigate', url: '/hangs', timeout: 60_000 };
const fast = { type: 'extract', name: 'rows', fields: { text: 'title' } };

interface RunOptions {
  engine?: string;
  deadlineMs?: number;
}

async function aRun(steps: object[], { engine = 'browser', deadlineMs = 60_000 }: RunOptions = {}) {
  const at = (step: object) =>
    'url' in step ? { ...step, url: new URL(String(step.url), site.url).href } : step;
  const definition = aDefinition({ engine, steps: steps.map(at) });
  const robot = { spaceId, name: 'x', definition, publish: true };
  const robotId = await new RobotStore(dataSource.manager).create(robot);
  const { runId, taskIds } = await insertTestRun(dataSource, { spaceId, robotId, task: { deadlineMs } });
  return { key: { spaceId, robotId, runId }, taskId: taskIds[0]! };
}

/** A run at whose task this worker works. */
async function begin(steps: object[], options: RunOptions = {}) {
  const { key, taskId } = await aRun(steps, options);
  const asked = site.asked.length;
  const done = executeTask(deps, { runId: key.runId, taskId });
  return {
    key,
    done,
    view: async () => (await new RunStore(dataSource.manager).find(key, 10)) as RunView,
    kinds: async () =>
      (await new EventStore(dataSource.manager).list(key.runId)).map(({ event }) => event.kind),
    hasAsked: (path: string) => until(() => site.asked.slice(asked).includes(path)),
  };
}

/** Long before a heartbeat. */
async function soon(done: Promise<void>): Promise<void> {
  const began = performance.now();
  await done;
  expect(performance.now() - began).toBeLessThan(2_000);
}

/** Nobody asks the site for anything any more. */
async function expectSilence(): Promise<void> {
  // What was on its way when the page was closed.
  await sleep(100);
  const before = site.asked.length;
  await sleep(500);
  expect(site.asked.slice(before)).toEqual([]);
}

const steps = [{ type: 'navigate', url: '/' }, hanging];

test.each(['browser', 'http'])(
  'an abort reaches the %s at once, and nothing goes on behind it',
  async (engine) => {
    await listen(seldom);
    const task = await begin(steps, { engine });
    await task.hasAsked('/hangs');
    await abortRun(dataSource, task.key);
    await soon(task.done);
    expect(await task.view()).toMatchObject({ status: 'aborted', failure: { code: 'ABORTED' } });
    await expectSilence();
  },
);

test('an abort of another run changes nothing', async () => {
  await listen(seldom);
  const [mine, other] = [await begin(steps), await begin(steps)];
  await Promise.all([mine.hasAsked('/hangs'), other.hasAsked('/hangs')]);
  await abortRun(dataSource, other.key);
  await other.done;
  expect((await mine.view()).status).toBe('running');
  await abortRun(dataSource, mine.key);
  await mine.done;
});

test('an abort that is told while the task is being claimed is not missed', async () => {
  await listen(seldom);
  const { key, taskId } = await aRun([hanging]);
  const before = site.asked.length;
  const holder = dataSource.createQueryRunner();
  await holder.startTransaction();
  await holder.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [taskId]);
  const done = executeTask(deps, { runId: key.runId, taskId });
  const claiming = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await until(async () => (await dataSource.query(claiming)).length > 0);
  await dataSource.query(`SELECT pg_notify('runnel_abort', $1)`, [key.runId]);
  // Whether it is heard shows only when the task is claimed.
  await sleep(300);
  await holder.rollbackTransaction();
  await holder.release();
  await soon(done);
  expect(site.asked.slice(before)).toEqual([]);
});

test('an abort that nobody told is found', async () => {
  await listen(often);
  const task = await begin(steps);
  await task.hasAsked('/hangs');
  await dataSource.query(`UPDATE runs SET status = 'aborting' WHERE id = $1`, [task.key.runId]);
  await soon(task.done);
  expect((await task.view()).status).toBe('aborted');
});

test('an abort while the connection that listens is made again is found then', async () => {
  await listen(seldom);
  const task = await begin(steps);
  await task.hasAsked('/hangs');
  await dataSource.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'runnel aborts' AND datname = current_database()`,
  );
  await dataSource.query(`UPDATE runs SET status = 'aborting' WHERE id = $1`, [task.key.runId]);
  await soon(task.done);
  expect((await task.view()).status).toBe('aborted');
});

test('a deadline ends all, and a task that is overdue when it is claimed is not begun', async () => {
  const task = await begin(steps, { deadlineMs: 1_500 });
  await task.done;
  expect(await task.view()).toMatchObject({ status: 'timed_out', failure: { code: 'DEADLINE' } });
  await expectSilence();
  const before = site.asked.length;
  const late = await begin([{ type: 'navigate', url: '/' }], { deadlineMs: 0 });
  await late.done;
  expect([(await late.view()).status, site.asked.length]).toEqual(['timed_out', before]);
});

test('a drain gives the task back, and ends all', async () => {
  const task = await begin(steps);
  await task.hasAsked('/hangs');
  for (const attempt of attempts) attempt.stop('drain');
  await task.done;
  expect(attempts.size).toBe(0);
  expect(await task.kinds()).toEqual(['run.queued', 'task.started', 'task.requeued']);
  await expectSilence();
});

test('an end that was committed although its answer was lost is written once', async () => {
  const cut = relay.cutAfter('COMMIT');
  const task = await begin([{ type: 'navigate', url: '/' }, fast], { engine: 'http' });
  await Promise.all([cut, task.done]);
  expect((await task.view()).status).toBe('succeeded');
  const kinds = await task.kinds();
  expect(kinds.filter((kind) => kind.endsWith('.ended'))).toEqual(['task.ended', 'run.ended']);
});

test('an end that cannot be written is tried for as long as the lease', async () => {
  const task = await begin(
    [
      { type: 'navigate', url: '/' },
      { type: 'wait', ms: 1_000 },
    ],
    { engine: 'http' },
  );
  await task.hasAsked('/');
  await relay.refuse();
  // Longer than five tries, which it once had.
  await sleep(7_000);
  expect(attempts.size).toBe(1);
  await relay.accept();
  await task.done;
  expect((await task.view()).status).toBe('succeeded');
});
