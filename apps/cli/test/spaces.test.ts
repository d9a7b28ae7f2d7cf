import { cloneDatabase, startApp, TestClient, type AppProcess, type TestDatabase } from '@runnel/testing';
import { CommandLine, type Ended } from './command-line';

let line: CommandLine;
let database: TestDatabase;
let api: AppProcess;

const key = 'rk_a-key-that-the-test-knows';

beforeAll(async () => {
  line = await CommandLine.open();
  database = await cloneDatabase();
  api = await startApp('api', { DATABASE_URL: database.url, RUNNEL_API_KEY: key });
});

afterAll(async () => {
  await Promise.all([line.close(), api.kill('SIGTERM')]);
  await database.drop();
});

const spaces = (...words: string[]): Promise<Ended> =>
  line.run(['spaces', ...words], { DATABASE_URL: database.url });
/** A space's line in the list, cell by cell. */
const cells = async (id: string): Promise<string[]> => {
  const { out } = await spaces();
  const row = out.split('\n').find((each) => each.includes(id)) ?? '';
  return row.split('│').map((cell) => cell.trim());
};
const create = async (name: string): Promise<{ id: string; key: string }> => {
  const { code, out, err } = await spaces('create', name);
  expect([code, err]).toEqual([0, '']);
  const found = /: space ([0-9a-f-]{36})\nIts API key, shown this once: (rk_\S{32})\n$/.exec(out);
  return { id: found![1]!, key: found![2]! };
};

test('are made with a key that opens nothing else', async () => {
  const acme = await create('Acme Ltd');
  const client = new TestClient(`http://127.0.0.1:${api.port}`, acme.key);
  const definition = { steps: [{ type: 'navigate', url: 'http://127.0.0.1:9/' }] };
  expect(await client.post('/api/robots', { name: 'A robot', definition })).toMatchObject({ status: 201 });
  const [own, others] = await Promise.all([
    client.get<{ robots: { totalCount: number } }>('/api/robots'),
    new TestClient(client.url, key).get<{ robots: { totalCount: number } }>('/api/robots'),
  ]);
  expect([own.body.robots.totalCount, others.body.robots.totalCount]).toEqual([1, 0]);
});

test('are listed with what they may have and what they have', async () => {
  const { id, key: own } = await create('Listed');
  const client = new TestClient(`http://127.0.0.1:${api.port}`, own);
  const definition = { steps: [{ type: 'navigate', url: 'http://127.0.0.1:9/' }] };
  const { body } = await client.post<{ robot: { id: string } }>('/api/robots', {
    name: 'A robot',
    definition,
  });
  for (let n = 0; n < 2; n += 1) await client.post(`/api/robots/${body.robot.id}/runs`);
  expect(await cells(id)).toEqual(['', id, 'Listed', '2', '0', '2', '100000', 'none', '30', 'all', '']);
});

test('are set, by name or id, each limit by itself', async () => {
  const { id } = await create('Set');
  const changed = { code: 0, out: `Set: space ${id} is changed\n`, err: '' };
  const all = ['--max-queued', '5000', '--max-running', '8', '--keep-days', '7', '--keep-runs=1000'];
  expect(await spaces('set', 'Set', ...all)).toEqual(changed);
  expect((await cells(id)).slice(6, 10)).toEqual(['5000', '8', '7', '1000']);
  expect(await spaces('set', id.toUpperCase(), '--keep-days', 'none', '--max-running', 'none')).toEqual(
    changed,
  );
  expect((await cells(id)).slice(6, 10)).toEqual(['5000', 'none', 'none', '1000']);
  expect(await spaces('set', id, '--keep-runs', 'all', '--max-queued', '0')).toEqual(changed);
  expect((await cells(id)).slice(6, 10)).toEqual(['0', 'none', 'none', 'all']);
});

test('that share a name are told apart by their ids', async () => {
  const [first, second] = [await create('Twin'), await create('Twin')];
  const { code, err } = await spaces('set', 'Twin', '--keep-days', '1');
  expect(code).toBe(2);
  expect(err).toContain(`2 spaces are called "Twin"; give the id of one: ${first.id}, ${second.id}\n`);
  expect((await cells(first.id))[8]).toBe('30');
  expect(await spaces('set', second.id, '--keep-days', '1')).toMatchObject({ code: 0 });
  expect([(await cells(first.id))[8], (await cells(second.id))[8]]).toEqual(['30', '1']);
});

test.each([
  [['make'], 'There is no command "spaces make"'],
  [['create'], 'Which NAME?'],
  [['create', '  '], 'Which NAME?'],
  [['create', 'two', 'words'], 'One NAME at a time; what is words?'],
  [['create', 'a\nb'], 'NAME "a\\nb": must be at most 100 characters in one line'],
  [['set'], 'Which NAME_OR_ID?'],
  [['set', 'default'], 'Set what? Give one or more of --max-queued, --max-running, --keep-days, --keep-runs'],
  [
    ['set', 'default', '--keep-day', '3'],
    'There is no option --keep-day; allowed: --max-queued, --max-running, --keep-days, --keep-runs',
  ],
  [
    ['set', 'default', '--keep-days', '-3'],
    '--keep-days has no value; one that begins with "-" is given as --keep-days=VALUE',
  ],
  [['set', 'nobody', '--keep-days', '3'], 'There is no space "nobody"; `runnel spaces` lists them'],
  [
    ['set', 'default', '--max-queued', 'none'],
    '--max-queued none: must be a whole number from 0 to 10000000',
  ],
  [['set', 'default', '--keep-days', '0'], '--keep-days 0: must be a whole number from 1 to 36500, or none'],
  [
    ['set', 'default', '--keep-runs', '1.5'],
    '--keep-runs 1.5: must be a whole number from 1 to 100000000, or all',
  ],
])('that are called wrongly say what is right: %j', async (words, sentence) => {
  const { code, out, err } = await spaces(...words);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/\n\nrunnel spaces +lists them/);
  expect(err.split('\n')[0]).toBe(sentence);
});
