import { HttpSessions, type BrowserPool } from '@runnel/browser';
import { parseHtml } from '@runnel/extraction';
import { createLogger } from '@runnel/runtime';
import {
  EventStore,
  newId,
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
  page,
  serveSite,
  startTestPool,
  type Site,
  type TestDatabase,
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
  http = new HttpSessions({ parseHtml });
});

beforeEach(async () => {
  site = await serveSite({ '/': list(['a', 'b']) });
});

afterEach(() => site.close());

afterAll(async () => {
  await Promise.all([browser.close(), http.close(), dataSource.destroy()]);
  await database.drop();
});

async function aRobot(steps: object[] = [], engine = 'auto'): Promise<string> {
  const read = { type: 'extractList', item: 'li', fields: { text: ':scope' }, timeout: 500 };
  const definition = aDefinition({ engine, steps: [{ type: 'navigate', url: site.url }, read, ...steps] });
  return new RobotStore(dataSource.manager).create({ spaceId, name: 'x', definition, publish: true });
}

/** A run from its start to its end, as often as its task is given back. */
async function run(
  robotId: string,
): Promise<{ view: RunView; engines: string[]; reasons: string; asked: number }> {
  const task = { id: newId(), inputs: {}, maxAttempts: 1, deadlineMs: 60_000 };
  const parts = {
    spaceId,
    robotId,
    robotVersion: 1,
    stage: 'published' as const,
    name: null,
    origin: 'api' as const,
  };
  const runs = new RunStore(dataSource.manager);
  const [started] = await runs.insert([{ ...parts, id: newId(), tags: [], tasks: [task] }]);
  const runId = started!.id;
  const before = site.asked.length;
  const deps: WorkerDeps = {
    dataSource,
    sessions: { browser, http },
    logger: createLogger('test', 'silent'),
    workerId: 'a worker',
    leaseMs: 60_000,
    attempts: new Set(),
  };
  let view: RunView | null = null;
  for (let attempts = 0; attempts < 3 && !view?.finishedAt; attempts += 1) {
    await executeTask(deps, { runId, taskId: task.id });
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
