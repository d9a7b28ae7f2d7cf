import { HttpSessions, type BrowserPool } from '@runnel/browser';
import { parseHtml } from '@runnel/extraction';
import { createLogger } from '@runnel/runtime';
import type { IncomingMessage } from 'node:http';
import {
  EngineChoiceStore,
  EventStore,
  openDataSource,
  RobotStore,
  RunStore,
  SpaceStore,
  type DataSource,
  type RunView,
} from '@runnel/store';
import {
  aDefinition,
  answersWith,
  cloneDatabase,
  insertTestRun,
  page,
  serveSite,
  startTestPool,
  type Site,
  type TestDatabase,
  testEgress,
} from '@runnel/testing';
import { executeTask, type WorkerDeps } from '../src/execute-task';

let database: TestDatabase;
let dataSource: DataSource;
let browser: BrowserPool;
let http: HttpSessions;
let site: Site;
let spaceId: string;

const list = (items: string[], more = ''): string =>
  page(`<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>${more}`);

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 3, application: 'test' });
  spaceId = await new SpaceStore(dataSource.manager).create('test');
  browser = await startTestPool();
  http = new HttpSessions({ parseHtml, egress: testEgress() });
});

beforeEach(async () => {
  site = await serveSite({ '/': list(['a', 'b']) });
});

afterEach(() => site.close());

afterAll(async () => {
  await Promise.all([browser.close(), http.close(), dataSource.destroy()]);
  await database.drop();
});

async function aRobot(steps: object[] = [], engine = 'auto', options: object = {}): Promise<string> {
  const read = { type: 'extractList', item: 'li', fields: { text: ':scope' }, timeout: 500 };
  const definition = aDefinition({
    engine,
    options,
    steps: [{ type: 'navigate', url: site.url }, read, ...steps],
  });
  return new RobotStore(dataSource.manager).create({ spaceId, name: 'x', definition, publish: true });
}

/** A run from its start to its end, as often as its task is given back. */
async function run(
  robotId: string,
  deadlineMs = 60_000,
  maxAttempts = 1,
): Promise<{ view: RunView; engines: string[]; reasons: string; asked: number }> {
  const runs = new RunStore(dataSource.manager);
  const wanted = { spaceId, robotId, task: { maxAttempts, deadlineMs } };
  const { runId, taskIds } = await insertTestRun(dataSource, wanted);
  const before = site.asked.length;
  const deps: WorkerDeps = {
    dataSource,
    sessions: { browser, http },
    vault: null,
    dispatcher: { soon: () => undefined },
    logger: createLogger('test', 'silent'),
    workerId: 'a worker',
    leaseMs: 60_000,
    attempts: new Set(),
  };
  let view: RunView | null = null;
  for (let attempts = 0; attempts < 3 && !view?.finishedAt; attempts += 1) {
    await executeTask(deps, { runId, taskId: taskIds[0]! });
    view = await runs.find({ spaceId, robotId, runId }, 100);
  }
  const events = (await new EventStore(dataSource.manager).list(runId)).map(({ event }) => event);
  const told = events.filter((event) => event.kind === 'engine.chosen' || event.kind === 'engine.decided');
  return {
    view: view!,
    engines: told.map(({ kind, engine }) => `${kind === 'engine.chosen' ? 'by' : 'then'} ${engine}`),
    reasons: told.map(({ reason }) => reason).join('; '),
    asked: site.asked.slice(before).filter((path) => path === '/').length,
  };
}

const texts = ({ rows }: RunView) => rows.map((row) => row['text']);

test('a version is proven on its first run, and read by http from then on', async () => {
  const robot = await aRobot();
  const first = await run(robot);
  expect(first.engines).toEqual(['by browser', 'then http']);
  expect(first.reasons).toContain('the http engine gave the same 2 rows as the browser');
  const second = await run(robot);
  expect(second).toMatchObject({ engines: ['by http'], asked: 1 });
  expect([first, second].map(({ view }) => [view.status, texts(view)])).toEqual(
    Array(2).fill(['succeeded', ['a', 'b']]),
  );
});

test('where a script changes the rows the browser stays, and the reason names the first difference', async () => {
  site.replace('/', list(['a', 'b'], '<script>document.querySelector("li").textContent = "z"</script>'));
  const robot = await aRobot();
  const first = await run(robot);
  expect(first.engines).toEqual(['by browser', 'then browser']);
  expect(first.reasons).toContain('row 1 of list "rows" is not the same');
  expect(texts(first.view)).toEqual(['z', 'b']);
  expect((await run(robot)).engines).toEqual(['by browser']);
});

test('an empty answer or a failure by http is read again by the browser, at once and without an attempt', async () => {
  for (const answer of [page('<p>nothing</p>'), answersWith(403)]) {
    site.replace('/', list(['a']));
    const robot = await aRobot();
    await run(robot);
    let asked = 0;
    site.replace('/', (request, response) => {
      asked += 1;
      if (asked > 1) return void response.end(list(['a', 'b']));
      if (typeof answer === 'function') return answer(request, response);
      response.end(answer);
    });
    const second = await run(robot);
    expect(second.engines).toEqual(['by http', 'then browser', 'by browser']);
    expect([second.view.status, texts(second.view)]).toEqual(['succeeded', ['a', 'b']]);
  }
});

test('a proven version is compared now and then, and dropped at the first difference', async () => {
  const robot = await aRobot();
  await run(robot);
  await dataSource.query('UPDATE engine_choices SET next_check = tasks + 1 WHERE robot_id = $1', [robot]);
  expect((await run(robot)).engines).toEqual(['by browser', 'then http']);
  await dataSource.query('UPDATE engine_choices SET next_check = tasks + 1 WHERE robot_id = $1', [robot]);
  site.replace(
    '/',
    list(
      ['a'],
      '<script>document.querySelector("ul").insertAdjacentHTML("beforeend", "<li>b</li>")</script>',
    ),
  );
  const third = await run(robot);
  expect(third.engines).toEqual(['by browser', 'then browser']);
  expect(third.reasons).toContain('list "rows" has 2 rows by one and 1 by the other');
  expect((await run(robot)).engines).toEqual(['by browser']);
});

test('what needs a browser says so, and an engine that is named is taken without a word', async () => {
  const shot = await run(await aRobot([{ type: 'screenshot' }]));
  expect(shot).toMatchObject({
    engines: ['by browser'],
    reasons: 'steps[2]: a screenshot step needs a browser',
    asked: 1,
  });
  expect(await run(await aRobot([], 'http'))).toMatchObject({ engines: [], asked: 1 });
  expect(await run(await aRobot([], 'browser'))).toMatchObject({ engines: [], asked: 1 });
});

/** A browser says who it is; the http engine does as well, and is not headless. */
const isHttp = (request: IncomingMessage): boolean => !request.headers['user-agent']?.includes('Headless');

test('a comparison that lasts longer than the task may takes nothing from the task', async () => {
  let asked = 0;
  site.replace('/', (_request, response) => {
    asked += 1;
    if (asked === 1) response.end(list(['a']));
  });
  const { view, engines } = await run(await aRobot(), 1_500);
  expect([view.status, texts(view), engines]).toEqual(['succeeded', ['a'], ['by browser']]);
  expect(asked).toBe(2);
});

test('a site that is busy for the http engine only is read by the browser in the same run', async () => {
  const robot = await aRobot();
  await run(robot);
  site.replace('/', (request, response) => {
    response
      .writeHead(isHttp(request) ? 503 : 200, { 'content-type': 'text/html' })
      .end(list(['a', 'b', 'c']));
  });
  const second = await run(robot);
  expect(second.engines).toEqual(['by http', 'then browser', 'by browser']);
  expect([second.view.status, texts(second.view)]).toEqual(['succeeded', ['a', 'b', 'c']]);
});

test('fewer than half of the rows are not believed until the browser gave the same', async () => {
  site.replace('/', list(['a', 'b', 'c', 'd']));
  const robot = await aRobot();
  await run(robot);
  site.replace(
    '/',
    list(
      ['a'],
      '<script>document.querySelector("ul").insertAdjacentHTML("beforeend", "<li>b</li><li>c</li>")</script>',
    ),
  );
  const drawn = await run(robot);
  expect([drawn.engines, texts(drawn.view)]).toEqual([
    ['by http', 'by browser', 'then browser'],
    ['a', 'b', 'c'],
  ]);

  site.replace('/', list(['a', 'b', 'c', 'd']));
  const other = await aRobot();
  await run(other);
  site.replace('/', list(['a']));
  expect(await run(other)).toMatchObject({ engines: ['by http', 'by browser', 'then http'], asked: 3 });
  expect(await run(other)).toMatchObject({ engines: ['by http'], asked: 1 });
});

test('a comparison that a drop overtook does not bring the http engine back, and one bad moment is one miss', async () => {
  const robotId = await aRobot();
  const key = { robotId, version: 1 };
  const choices = new EngineChoiceStore(dataSource.manager);
  const first = await choices.take(key);
  expect(await choices.compared(key, { task: first.tasks, engine: 'http', reason: 'same', rows: 2 })).toBe(
    true,
  );
  await choices.recheck(key);
  const checking = await choices.take(key);
  expect([checking.engine, checking.isCheckDue]).toEqual(['http', true]);
  const drops = await Promise.all(Array.from({ length: 8 }, () => choices.drop(key, 'a bad moment')));
  expect(drops.filter(Boolean)).toHaveLength(1);
  expect(await choices.compared(key, { task: checking.tasks, engine: 'http', reason: 'same', rows: 2 })).toBe(
    false,
  );
  expect(await choices.take(key)).toMatchObject({ engine: 'browser', misses: 1, isCheckDue: false });
});

test('a site that asks for time is given it before the next attempt', async () => {
  site.replace('/', (_request, response) => response.writeHead(429, { 'retry-after': '40' }).end());
  const { view } = await run(await aRobot([], 'http'), 60_000, 2);
  expect(view.status).toBe('running');
  const [waiting] = await dataSource.query<{ seconds: number }[]>(
    'SELECT extract(epoch FROM not_before - now())::float8 AS seconds FROM tasks WHERE run_id = $1',
    [view.id],
  );
  expect(waiting!.seconds).toBeGreaterThan(30);
});
