import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  administer,
  aDefinition,
  cloneDatabase,
  insertTestRun,
  TcpRelay,
  until,
  type TestDatabase,
} from '@runnel/testing';
import { openDataSource, RobotStore, RunSignals, SpaceStore, type DataSource } from '../src';

const forever = 60_000;
const connected = new AbortController().signal;
setMaxListeners(0, connected);
/** Looks do not come into the way of what is told. */
const seldom = { lookMs: forever };
const often = { lookMs: 100, answerMs: 500, reconnectMs: 50 };

let database: TestDatabase;
let dataSource: DataSource;
let robot: { spaceId: string; robotId: string };
let opened: RunSignals[] = [];

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 3, application: 'test' });
  const spaceId = await new SpaceStore(dataSource.manager).create('test');
  const made = { spaceId, name: 'x', definition: aDefinition(), publish: true };
  robot = { spaceId, robotId: await new RobotStore(dataSource.manager).create(made) };
});

afterEach(async () => {
  await Promise.all(opened.map((signals) => signals.close()));
  opened = [];
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const open = async (timing: object, url = database.url): Promise<RunSignals> => {
  const signals = await RunSignals.open(url, timing);
  opened.push(signals);
  return signals;
};
const aRun = async (): Promise<string> => (await insertTestRun(dataSource, robot)).runId;
const tell = (...words: (string | number)[]) =>
  dataSource.query(`SELECT pg_notify('runnel_run', $1)`, [words.join(' ')]);
const listeners = async (): Promise<number> => {
  const [{ count }] = await dataSource.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE application_name = 'runnel signals' AND datname = current_database()`,
  );
  return count;
};
const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = 'runnel signals' AND datname = current_database()`;

/** What one who waits has heard so far: null while it waits. */
function waiting(signals: RunSignals, runId: string, after: number | null) {
  const state: { reached: boolean | null; done: Promise<unknown> } = {
    reached: null,
    done: Promise.resolve(),
  };
  const watch = signals.watch(runId);
  state.done = watch.reaches(after, forever, connected).then((reached) => {
    state.reached = reached;
    watch.stop();
  });
  return state;
}

test('whoever waits is woken by what it waits for, and by nothing else', async () => {
  const signals = await open(seldom);
  const [mine, other] = [await aRun(), await aRun()];
  const forEvent = waiting(signals, mine, 3);
  const forEnd = waiting(signals, mine, null);
  await tell(other, 9, 'succeeded');
  await tell(mine, 3, 'running');
  const marker = waiting(signals, other, 9);
  await tell(other, 10, 'running');
  await marker.done;
  expect([forEvent.reached, forEnd.reached]).toEqual([null, null]);
  await tell(mine, 4, 'running');
  await forEvent.done;
  expect([forEvent.reached, forEnd.reached]).toEqual([true, null]);
  await tell(mine, 5, 'partial');
  await forEnd.done;
  expect(forEnd.reached).toBe(true);
  expect(signals.watching).toBe(0);
});

test('what was told since somebody began to watch is not lost while it looks for itself', async () => {
  const signals = await open(seldom);
  const runId = await aRun();
  const watch = signals.watch(runId);
  const other = waiting(signals, runId, 6);
  await tell(runId, 7, 'running');
  await other.done;
  expect(await watch.reaches(6, forever, connected)).toBe(true);
  expect(await watch.reaches(7, 20, connected)).toBe(false);
  watch.stop();
});

test('one who goes away waits no longer, and when signals close nobody waits', async () => {
  const signals = await RunSignals.open(database.url, seldom);
  const gone = new AbortController();
  const watch = signals.watch(randomUUID());
  const reached = watch.reaches(null, forever, gone.signal);
  gone.abort();
  expect(await reached).toBe(false);
  const last = watch.reaches(null, forever, connected);
  await signals.close();
  await last;
  watch.stop();
});

test('a notification of another version, which says only which run it was, wakes all who wait for the run', async () => {
  const signals = await open(seldom);
  const runId = await aRun();
  const one = waiting(signals, runId, 100);
  await tell(runId);
  await one.done;
});

test('what nobody told is found by one look for all, and a run that is gone wakes those who wait for it', async () => {
  const signals = await open(often);
  const runIds = await Promise.all(Array.from({ length: 20 }, aRun));
  const ones = runIds.map((runId) => waiting(signals, runId, 1));
  const gone = waiting(signals, randomUUID(), 5);
  await gone.done;
  expect(ones.filter(({ reached }) => reached !== null)).toEqual([]);
  await dataSource.query('UPDATE runs SET seq = seq + 1 WHERE id = ANY($1)', [runIds]);
  await Promise.all(ones.map(({ done }) => done));
});

test('a connection that is ended is made again once, and what was missed is found', async () => {
  const signals = await open({ ...seldom, reconnectMs: 50 });
  for (let times = 0; times < 3; times += 1) {
    const runId = await aRun();
    const one = waiting(signals, runId, 1);
    await dataSource.query(cut);
    await dataSource.query('UPDATE runs SET seq = seq + 1 WHERE id = $1', [runId]);
    await one.done;
  }
  const runId = await aRun();
  const last = waiting(signals, runId, null);
  await until(async () => (await listeners()) === 1);
  await tell(runId, 2, 'aborted');
  await last.done;
  expect(await listeners()).toBe(1);
});

test('a connection on which nothing passes any more is left for a new one', async () => {
  const relay = await TcpRelay.start(database.url);
  const signals = await open(often, relay.url);
  const runId = await aRun();
  const one = waiting(signals, runId, 1);
  await until(async () => (await listeners()) === 1);
  relay.blackHole();
  await dataSource.query('UPDATE runs SET seq = seq + 1 WHERE id = $1', [runId]);
  await one.done;
  const next = waiting(signals, runId, null);
  await tell(runId, 3, 'failed');
  await next.done;
  await signals.close();
  await relay.close();
});

test('a server that takes connections and says nothing is tried until it does, and does not hold up the end', async () => {
  const relay = await TcpRelay.start(database.url);
  const signals = await open(often, relay.url);
  const runId = await aRun();
  const one = waiting(signals, runId, 1);
  relay.blackHole({ newOnes: true });
  await dataSource.query('UPDATE runs SET seq = seq + 1 WHERE id = $1', [runId]);
  await sleep(1_500);
  expect(one.reached).toBeNull();
  relay.blackHole();
  await one.done;
  relay.blackHole({ newOnes: true });
  await signals.close();
  await relay.close();
});

test('a database that is away for a while is asked by one connection at a time, however often it refuses', async () => {
  const signals = await open({ ...seldom, reconnectMs: 50 });
  const name = new URL(database.url).pathname.slice(1);
  await administer(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
  await dataSource.query(cut);
  // Refused tries leave no trace to wait for: there are twenty in a second.
  await sleep(1_000);
  await administer(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true`);
  await until(async () => (await listeners()) > 0);
  await sleep(500);
  expect(await listeners()).toBe(1);
  await signals.close();
  await until(async () => (await listeners()) === 0);
});
