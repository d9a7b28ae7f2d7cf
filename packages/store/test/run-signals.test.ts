import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { administer, cloneDatabase, until, type TestDatabase } from '@runnel/testing';
import { openDataSource, RunSignals, type DataSource } from '../src';

const forever = 60_000;
const connected = new AbortController().signal;

let database: TestDatabase;
let dataSource: DataSource;
let signals: RunSignals;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 3, application: 'test' });
  signals = await RunSignals.open(database.url);
});

afterAll(async () => {
  await signals.close();
  await dataSource.destroy();
  await database.drop();
});

const tell = (runId: string) => dataSource.query(`SELECT pg_notify('runnel_run', $1)`, [runId]);
const listeners = async (): Promise<number> => {
  const [{ count }] = await dataSource.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE application_name = 'runnel signals' AND datname = current_database()`,
  );
  return count;
};

test('whoever waits for a run is woken by its change, and by no other', async () => {
  const [mine, other] = [randomUUID(), randomUUID()];
  let isWoken = false;
  const waiting = signals.changed(mine, forever, connected).then(() => (isWoken = true));
  await tell(other);
  await signals.changed(other, 50, connected);
  expect(isWoken).toBe(false);
  await tell(mine);
  await waiting;
});

test('one who goes away waits no longer', async () => {
  const gone = new AbortController();
  const waiting = signals.changed(randomUUID(), forever, gone.signal);
  gone.abort();
  await waiting;
});

test('a connection that is lost wakes all, and is made again once', async () => {
  const waiting = signals.changed(randomUUID(), forever, connected);
  for (let times = 0; times < 3; times += 1) {
    await until(async () => (await listeners()) === 1);
    await dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'runnel signals' AND datname = current_database()`,
    );
  }
  await waiting;
  await until(async () => (await listeners()) === 1);
  const mine = randomUUID();
  const next = signals.changed(mine, forever, connected);
  await tell(mine);
  await next;
  expect(await listeners()).toBe(1);
});

test('a database that is away for a while is asked by one connection at a time, however often it refuses', async () => {
  const name = new URL(database.url).pathname.slice(1);
  const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'runnel signals' AND datname = current_database()`;
  await administer(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
  await dataSource.query(cut);
  // Refused tries leave no trace to wait for: there is one each half second.
  await sleep(2_300);
  await administer(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true`);
  await until(async () => (await listeners()) > 0);
  await sleep(1_000);
  expect(await listeners()).toBe(1);
});
