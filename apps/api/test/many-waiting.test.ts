import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'node:http';
import { cloneDatabase, until } from '@runnel/testing';
import { openDataSource, type DataSource } from '@runnel/store';
import { EventReader } from './event-reader';
import { key, startTestApi, type Body, type TestApi } from './test-api';
import { WorkedRun } from './worked-run';

const clients = 2_000;
const runs = 50;
/** More than it takes to look for what was missed. */
const idleMs = 4_000;

let api: TestApi;
let robotId: string;
let observer: DataSource;
let dropObserver: () => Promise<void>;
const agent = new Agent({ maxSockets: Infinity, keepAlive: false });

beforeAll(async () => {
  api = await startTestApi();
  robotId = await api.aRobot();
  // Not of the database whose statements are counted.
  const other = await cloneDatabase();
  observer = await openDataSource({ url: other.url, poolSize: 1, application: 'observer' });
  dropObserver = () => other.drop();
});

afterAll(async () => {
  agent.destroy();
  await api.close();
  await observer.destroy();
  await dropObserver();
});

/** Statements that the API's database has done so far. */
async function statements(): Promise<number> {
  // A connection tells what it did with its next statement, a second later at the earliest.
  await sleep(1_100);
  const each = (source: DataSource, count: number) =>
    Promise.all(Array.from({ length: count }, () => source.query('SELECT pg_sleep(0.2)')));
  await Promise.all([each(api.dataSource, 10), each(api.beside, 3)]);
  const [{ name }] = await api.beside.query('SELECT current_database() AS name');
  const [{ count }] = await observer.query(
    'SELECT (xact_commit + xact_rollback)::int AS count FROM pg_stat_database WHERE datname = $1',
    [name],
  );
  return count;
}

async function get(path: string): Promise<Body> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-api-key': key, accept: 'application/json' };
    request(`${api.url}${path}`, { agent, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString())));
    })
      .on('error', reject)
      .end();
  });
}

test(`${clients} clients that wait for runs ask the database nothing, and are answered by a read for each run`, async () => {
  const started = await Promise.all(Array.from({ length: runs }, () => WorkedRun.start(api, robotId)));
  const waiting = Array.from({ length: clients }, (_, n) => get(`${started[n % runs]!.path}?wait=60`));
  await until(() => api.signals.watching === clients);
  const before = await statements();
  await sleep(idleMs);
  const idle = (await statements()) - before;
  // A look every three seconds, and what counts it. Clients that looked every five would be 2,000 and more.
  expect(idle).toBeLessThan(50);
  const beforeEnd = await statements();
  await Promise.all(
    started.map(async (run) => {
      await run.claim();
      await run.end();
    }),
  );
  const answers = await Promise.all(waiting);
  expect(answers.filter(({ run }) => run.status === 'success')).toHaveLength(clients);
  // A few to work on each run, and one to read it.
  expect((await statements()) - beforeEnd).toBeLessThan(runs * 8);
}, 60_000);

test(`${clients} clients that follow the events of one run share what is read`, async () => {
  const run = await WorkedRun.start(api, robotId);
  await run.claim();
  const streams = await Promise.all(Array.from({ length: clients }, () => EventReader.open(run.events)));
  await Promise.all(streams.map((stream) => stream.until(({ told }) => told.length === 2)));
  const before = await statements();
  for (let count = 0; count < 20; count += 1) {
    await run.warn();
    await streams[0]!.until(({ told }) => told.length >= 3 + count);
  }
  await run.end();
  expect(await Promise.all(streams.map(({ over }) => over))).toEqual(Array(clients).fill(true));
  const numbers = Array.from({ length: 24 }, (_, index) => index + 1);
  expect(streams.filter(({ told }) => told.length === 24)).toHaveLength(clients);
  expect(streams.at(-1)!.numbers).toEqual(numbers);
  // Reads of each event by all would be 40,000 and more.
  expect((await statements()) - before).toBeLessThan(300);
}, 60_000);
