import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { startApp } from '../app-process';
import { aDocument } from '../builders';
import { TestClient } from '../test-client';
import { openBenchLedger } from './bench-ledger';
import { report, say, type Round } from './report';

const rounds = 5;
const seconds = 3;
const connections = 20;
const key = 'rk_the-key-of-the-benchmark';

/** POST and poll beside a bare Express handler that does one insert or one select, on the same Postgres. */
export async function benchStart(): Promise<void> {
  const ledger = await openBenchLedger();
  const environment = {
    DATABASE_URL: ledger.databaseUrl,
    REDIS_URL: ledger.redisUrl,
    RUNNEL_API_KEY: key,
    LOG_LEVEL: 'warn',
  };
  const api = await startApp('api', { ...environment, LOG_LEVEL: 'info' });
  const bare = fork(join(__dirname, 'bare-server.js'), [ledger.databaseUrl]);
  const [{ port }] = (await once(bare, 'message')) as [{ port: number }];
  const ours = `http://127.0.0.1:${api.port}`;
  const theirs = `http://127.0.0.1:${port}`;
  const client = new TestClient(ours, key);
  const robot = await client.post<{ robot: { id: string } }>('/api/robots', { definition: aDocument() });
  const runs = `/api/robots/${robot.body.robot.id}/runs`;
  const run = await client.post<{ run: { runId: string } }>(runs);
  const item = await new TestClient(theirs, null).post<{ id: string }>('/items', { name: 'x' });

  say(
    `start: ${connections} connections, ${seconds} s a round, queue on ${ledger.redisUrl ? 'Redis' : 'Postgres'}`,
  );
  const starts = await alternate(
    { url: ours + runs, method: 'POST' },
    { url: `${theirs}/items`, method: 'POST' },
  );
  report('POST a run beside one insert', 'requests/s', starts);
  const polls = await alternate(
    { url: `${ours}${runs}/${run.body.run.runId}`, method: 'GET' },
    { url: `${theirs}/items/${item.body.id}`, method: 'GET' },
  );
  report('Poll a run beside one select', 'requests/s', polls);

  bare.kill();
  await api.kill('SIGTERM');
  await ledger.close();
}

interface Target {
  url: string;
  method: 'GET' | 'POST';
}

async function alternate(ours: Target, theirs: Target): Promise<Round[]> {
  await requestsPerSecond(ours);
  await requestsPerSecond(theirs);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    measured.push({ ours: await requestsPerSecond(ours), theirs: await requestsPerSecond(theirs) });
  }
  return measured;
}

async function requestsPerSecond({ url, method }: Target): Promise<number> {
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const body = method === 'POST' ? '{}' : undefined;
  const result = await autocannon({
    url,
    method,
    headers,
    connections,
    duration: seconds,
    ...(body && { body }),
  });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${url}: ${result.non2xx + result.errors} requests failed`);
  return result['2xx'] / result.duration;
}
