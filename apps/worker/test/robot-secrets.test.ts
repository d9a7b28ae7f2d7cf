import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { HttpSessions, type BrowserPool } from '@runnel/browser';
import type { SessionSource } from '@runnel/contracts';
import { parseHtml } from '@runnel/extraction';
import { createLogger, type Logger } from '@runnel/runtime';
import { createKey, setSecret, Vault } from '@runnel/services';
import { EventStore, openDataSource, RobotStore, RunStore, SpaceStore, type DataSource } from '@runnel/store';
import {
  aDefinition,
  cloneDatabase,
  insertTestRun,
  page,
  serveSite,
  startTestPool,
  testEgress,
  type Site,
  type TestDatabase,
} from '@runnel/testing';
import { executeTask, type WorkerDeps } from '../src/execute-task';

const value = 'hunter2-of-the-shop';
const vault = Vault.parse(`a:${randomBytes(32).toString('base64')}`);

let database: TestDatabase;
let dataSource: DataSource;
let browser: BrowserPool;
let http: HttpSessions;
let spaceId: string;
let site: Site;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 5, application: 'test' });
  spaceId = await new SpaceStore(dataSource.manager).create('test');
  browser = await startTestPool();
  http = new HttpSessions({ parseHtml, egress: testEgress() });
  site = await serveSite({
    '/': (request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(page(`<ul><li>${String(request.headers['x-shop'])}</li></ul>`));
    },
  });
  await setSecret({ dataSource, vault }, { spaceId, name: 'shop', value });
});

afterAll(async () => {
  await Promise.all([browser.close(), http.close(), site.close(), dataSource.destroy()]);
  await database.drop();
});

interface How {
  engine?: 'auto' | 'browser' | 'http';
  secret?: string;
  keyId?: string | null;
  sessions?: Partial<Record<'browser' | 'http', SessionSource>>;
}

/** A run of a robot that sends a secret in a header; what it came to, and all that was written of it. */
async function run({ engine = 'http', secret = 'shop', keyId = null, sessions = {} }: How = {}) {
  const definition = aDefinition({
    engine,
    options: { headers: { 'x-shop': `key {{secret.${secret}}}` } },
    steps: [
      { type: 'navigate', url: site.url },
      { type: 'extractList', item: 'li', fields: { text: ':scope' }, timeout: 500 },
    ],
  });
  const robots = new RobotStore(dataSource.manager);
  const robotId = await robots.create({ spaceId, name: 'x', definition, publish: true });
  const task = { maxAttempts: 3 };
  const { runId, taskIds } = await insertTestRun(dataSource, { spaceId, robotId, keyId, task });
  const { logger, lines } = listeningLogger();
  const deps: WorkerDeps = {
    dataSource,
    sessions: { browser, http, ...sessions },
    vault,
    dispatcher: { soon: () => undefined },
    logger,
    workerId: 'a worker',
    leaseMs: 60_000,
    attempts: new Set(),
  };
  await executeTask(deps, { runId, taskId: taskIds[0]! });
  const view = await new RunStore(dataSource.manager).find({ spaceId, robotId, runId }, 100);
  const events = await new EventStore(dataSource.manager).list(runId);
  const told = JSON.stringify([view, events, lines]);
  const [{ failure } = { failure: null }] = await dataSource.query<{ failure: { code: string } | null }[]>(
    'SELECT failure FROM tasks WHERE run_id = $1',
    [runId],
  );
  return { status: view!.status, texts: view!.rows.map((row) => row['text']), failure, told };
}

/** A logger whose lines are kept, with all that an error says. */
function listeningLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const logger = createLogger('test', 'silent');
  const keep = (...said: unknown[]): void => void lines.push(inspect(said, { depth: 6 }));
  return { logger: Object.assign(logger, { child: () => logger, error: keep, info: keep }), lines };
}

test.each(['http', 'browser', 'auto'] as const)(
  'a secret reaches the site, and nothing that is kept says it (%s)',
  async (engine) => {
    const { status, texts, told } = await run({ engine });
    expect([status, texts]).toEqual(['succeeded', ['key ***']]);
    expect(told).not.toContain(value);
  },
);

test('a secret that is not set ends the task, and it is not tried again', async () => {
  const { status, failure } = await run({ secret: 'nobody' });
  expect([status, failure?.code]).toEqual(['failed', 'SECRET_MISSING']);
});

test('a fault of the worker is logged, and its message, stack and causes do not say the secret', async () => {
  const broken: SessionSource = {
    open: () =>
      Promise.reject(new Error(`cannot send ${value}`, { cause: new Error(`because of ${value}`) })),
  };
  const { told } = await run({ sessions: { http: broken } });
  expect(told).toContain('cannot send ***');
  expect(told).toContain('because of ***');
  expect(told).not.toContain(value);
});

test('a run visits only the hosts of the key that asked for it', async () => {
  const { apiKey } = await createKey(dataSource, {
    ...{ spaceId, name: 'narrow', scopes: ['runs:write'], domains: ['example.com'] },
  });
  for (const engine of ['http', 'browser'] as const) {
    const { failure } = await run({ engine, keyId: apiKey.id });
    expect([engine, failure?.code]).toEqual([engine, 'EGRESS_REFUSED']);
  }
});
