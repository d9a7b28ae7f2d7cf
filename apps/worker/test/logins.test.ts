import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpSessions, type BrowserPool } from '@runnel/browser';
import { parseHtml } from '@runnel/extraction';
import { createLogger } from '@runnel/runtime';
import { listLogins, loadLogin, saveLogin, Vault } from '@runnel/services';
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

const newVault = () =>
  Vault.parse(`k${randomBytes(3).toString('hex')}:${randomBytes(32).toString('base64')}`);

let database: TestDatabase;
let dataSource: DataSource;
let browser: BrowserPool;
let http: HttpSessions;
let spaceId: string;
let shop: Shop;
let vault: Vault;

/** A site that wants a cookie and a token in the page's storage, and counts who signs in. */
interface Shop {
  site: Site;
  signIns: number;
  /** Words of all who signed in and were not forgotten. */
  known: Set<string>;
  /** Requests for the account that are answered with 401, whoever asks. */
  refuses: boolean;
}

const loginForm = page(
  '<form method="post" action="/session"><input id="user" name="user"><input type="password" id="pass" name="pass"><button>Sign in</button></form>',
  'Sign in',
);

async function openShop(): Promise<Shop> {
  const opened = { signIns: 0, known: new Set<string>(), refuses: false };
  const isKnown = (request: IncomingMessage) =>
    [...opened.known].some((word) => request.headers.cookie?.includes(`sid=${word}`));
  const html = (response: ServerResponse, text: string, headers: Record<string, string> = {}) =>
    response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(text);
  const site = await serveSite({
    '/': (request, response) => void html(response, isKnown(request) ? page('<h1>Home</h1>') : loginForm),
    '/session': (_request, response) => {
      opened.signIns += 1;
      const word = `cookieword${randomBytes(8).toString('hex')}`;
      opened.known.add(word);
      const script = `localStorage.setItem('token', 'tokenword${word}'); location.replace('/account')`;
      html(response, page(`<script>${script}</script>`), {
        'set-cookie': `sid=${word}; HttpOnly; Path=/; Max-Age=86400`,
      });
    },
    '/account': (request, response) => {
      if (opened.refuses) return void response.writeHead(401).end(page('<h1>No</h1>'));
      if (!isKnown(request)) return void html(response, loginForm);
      const script = `document.querySelector('li').textContent += localStorage.getItem('token') ? '+token' : ''`;
      html(response, page(`<ul><li>orders</li></ul><script>${script}</script>`));
    },
  });
  return Object.assign(opened, { site });
}

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 5, application: 'test' });
  spaceId = await new SpaceStore(dataSource.manager).create('test');
  browser = await startTestPool();
  http = new HttpSessions({ parseHtml, egress: testEgress() });
});

beforeEach(async () => {
  shop = await openShop();
  vault = newVault();
});

afterEach(() => shop.site.close());

afterAll(async () => {
  await Promise.all([browser.close(), http.close(), dataSource.destroy()]);
  await database.drop();
});

const when = 'input[type=password]';
const signIn = [
  { type: 'change', selectors: [['#user']], value: 'me', when },
  { type: 'change', selectors: [['#pass']], value: 'password1', when },
  { type: 'click', selectors: [['button']], when, assertedEvents: [{ type: 'navigation' }] },
];
const read = { type: 'extractList', item: 'li', fields: { text: ':scope' }, timeout: 2_000 };

const visit = (path: string) => ({ type: 'navigate', url: `${shop.site.url}${path}` });
/** Reads, and does not sign in. */
const account = (more: object = {}) => [visit('/account'), { ...read, ...more }];

/** Signs in where it is asked to, and reads what only a customer sees. */
async function aRobot({ steps, ...parts }: { steps?: object[] } & Record<string, unknown> = {}) {
  const definition = aDefinition({
    engine: 'browser',
    options: { session: { name: 'main' } },
    steps: steps ?? [visit('/'), ...signIn, visit('/account'), read],
    ...parts,
  });
  return new RobotStore(dataSource.manager).create({ spaceId, name: 'x', definition, publish: true });
}

const logged: string[] = [];

/** A run from its start to its end, as often as its task is given back. */
async function run(
  robotId: string,
  { maxAttempts = 1, sealing = vault }: { maxAttempts?: number; sealing?: Vault | null } = {},
) {
  const { runId, taskIds } = await insertTestRun(dataSource, { spaceId, robotId, task: { maxAttempts } });
  const deps: WorkerDeps = {
    dataSource,
    sessions: { browser, http },
    vault: sealing,
    dispatcher: { soon: () => undefined },
    logger: createLogger('test', 'silent'),
    workerId: 'a worker',
    leaseMs: 60_000,
    attempts: new Set(),
  };
  const runs = new RunStore(dataSource.manager);
  for (let attempts = 0; attempts < 3; attempts += 1) {
    await dataSource.query('UPDATE tasks SET not_before = NULL WHERE run_id = $1', [runId]);
    await executeTask(deps, { runId, taskId: taskIds[0]! });
    const view = await runs.find({ spaceId, robotId, runId }, 100);
    if (!view?.finishedAt) continue;
    const events = (await new EventStore(dataSource.manager).list(runId)).map(({ event }) => event);
    const warnings = events.flatMap((event) => (event.kind === 'step.warning' ? [event.message] : []));
    const failed = await dataSource.query<{ failure: { code: string; message: string; help: string } }[]>(
      'SELECT failure FROM tasks WHERE run_id = $1',
      [runId],
    );
    const texts = view.rows.map((row) => row['text']);
    logged.push(JSON.stringify(events));
    return { status: view.status, texts, warnings, failure: failed[0]!.failure };
  }
  throw new Error('the run does not end');
}

const load = (robotId: string) => loadLogin({ dataSource, vault }, { spaceId, robotId, name: 'main' });
const well = { status: 'succeeded', texts: ['orders+token'], warnings: [], failure: null };

test('a robot signs in once for five runs', async () => {
  const robot = await aRobot();
  for (let runs = 0; runs < 5; runs += 1) expect(await run(robot)).toEqual(well);
  expect(shop.signIns).toBe(1);
});

test('a robot that keeps no session signs in every time', async () => {
  const robot = await aRobot({ options: {} });
  for (let runs = 0; runs < 2; runs += 1) expect(await run(robot)).toEqual(well);
  expect([shop.signIns, await listLogins(dataSource, spaceId, robot)]).toEqual([2, []]);
});

test('when the site forgets it, the robot signs in once again', async () => {
  const robot = await aRobot();
  await run(robot);
  shop.known.clear();
  for (let runs = 0; runs < 3; runs += 1) expect(await run(robot)).toEqual(well);
  expect(shop.signIns).toBe(2);
});

test('a session that the site refuses is dropped, and the robot may try without it', async () => {
  const robot = await aRobot();
  await run(robot);
  shop.refuses = true;
  const refused = await run(robot, { maxAttempts: 3 });
  expect(refused).toMatchObject({ status: 'failed', failure: { code: 'LOGIN_REQUIRED' } });
  expect(refused.warnings).toEqual(['the session "main" is dropped: the site asked to sign in']);
  expect(await load(robot)).toBeNull();
  // Once with the session, and once without.
  expect(shop.signIns).toBe(2);
});

/** As if an earlier run had signed in. */
async function keep(robotId: string, words: string[] = []): Promise<void> {
  const cookies = words.map((value) => ({
    ...{ name: 'sid', value, domain: '127.0.0.1', path: '/', expires: null },
    ...{ httpOnly: true, secure: false, sameSite: null },
  }));
  await saveLogin({ dataSource, vault }, { spaceId, robotId, name: 'main' }, { cookies, storage: {} });
}

test('a login page that comes back drops the session, whatever the robot makes of it', async () => {
  for (const optional of [false, true]) {
    const robot = await aRobot({ steps: account({ optional }) });
    await keep(robot);
    const { status, warnings } = await run(robot);
    expect([status, warnings.at(-1)]).toEqual(
      optional
        ? ['succeeded', 'the session "main" is not kept: the last page asks for a password']
        : ['failed', 'the session "main" is dropped: the site asked to sign in'],
    );
    expect(await load(robot)).toBeNull();
  }
});

test('an ordinary failure leaves the session as it was', async () => {
  const robot = await aRobot();
  await run(robot);
  const before = await load(robot);
  shop.site.replace('/account', page('<p>Nothing here</p>'));
  expect(await run(robot)).toMatchObject({ status: 'failed', warnings: [] });
  expect(await load(robot)).toEqual(before);
});

test('cookies serve the http engine as well', async () => {
  shop.known.add('theword');
  const robot = await aRobot({ engine: 'http', steps: account() });
  await keep(robot, ['theword']);
  expect(await run(robot)).toEqual({ ...well, texts: ['orders'] });
  expect((await load(robot))?.state?.cookies).toEqual([
    expect.objectContaining({ name: 'sid', value: 'theword' }),
  ]);
});

test('engines are compared with the same session, and what the comparison left is not kept', async () => {
  shop.site.replace(
    '/account',
    page('<ul><li>a</li></ul><script>localStorage.setItem("from", "browser")</script>'),
  );
  const robot = await aRobot({ engine: 'auto', steps: account() });
  shop.known.add('theword');
  await keep(robot, ['theword']);
  for (const engine of ['browser', 'http']) {
    expect(await run(robot)).toEqual({ ...well, texts: ['a'] });
    expect(logged.at(-1)).toContain(`"kind":"engine.chosen","engine":"${engine}"`);
    expect((await load(robot))?.state?.storage).toEqual({ [shop.site.url]: { from: 'browser' } });
  }
});

test('another run that signed in meanwhile keeps what it saved', async () => {
  const robot = await aRobot();
  await run(robot);
  shop.known.clear();
  const both = await Promise.all([run(robot), run(robot)]);
  expect(both).toEqual([well, well]);
  expect(await run(robot)).toEqual(well);
  expect(shop.signIns).toBeLessThanOrEqual(3);
});

test('nothing of a login can be read in the database or in the events', async () => {
  const robot = await aRobot();
  await run(robot);
  const stored = await load(robot);
  expect(JSON.stringify(stored)).toContain('cookieword');
  const tables = await dataSource.query<{ name: string }[]>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  for (const { name } of tables) {
    const rows = await dataSource.query<{ row: string }[]>(`SELECT t::text AS row FROM "${name}" t`);
    expect([name, rows.filter(({ row }) => /cookieword|tokenword|636f6f6b6965776f7264/.test(row))]).toEqual([
      name,
      [],
    ]);
  }
  expect(logged.join()).not.toContain('cookieword');
});

test('a session that cannot be opened any more begins anew, with a warning', async () => {
  const robot = await aRobot();
  await run(robot);
  vault = newVault();
  expect(await run(robot)).toEqual({
    ...well,
    warnings: ['the session "main" cannot be opened any more, and begins anew'],
  });
  expect(await run(robot)).toEqual(well);
  expect(shop.signIns).toBe(2);
});

test('a session of another robot cannot be put in the place of its own', async () => {
  const [one, other] = [await aRobot(), await aRobot()];
  await run(one);
  await dataSource.query(
    `INSERT INTO logins SELECT space_id, $1, name, key_id, sealed, saved_at FROM logins WHERE robot_id = $2`,
    [other, one],
  );
  expect((await run(other)).warnings).toEqual([
    'the session "main" cannot be opened any more, and begins anew',
  ]);
});

test('where nothing is set to seal it with, the robot fails and says which setting is missing', async () => {
  const { status, failure } = await run(await aRobot(), { sealing: null, maxAttempts: 3 });
  expect(status).toBe('failed');
  expect(failure).toMatchObject({
    code: 'SECRET_MISSING',
    message: expect.stringContaining('RUNNEL_SECRET_KEYS') as string,
  });
  expect(shop.signIns).toBe(0);
});
