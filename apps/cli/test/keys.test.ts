import { cloneDatabase, startApp, TestClient, type AppProcess, type TestDatabase } from '@runnel/testing';
import { CommandLine, type Ended } from './command-line';

let line: CommandLine;
let database: TestDatabase;
let api: AppProcess;

const first = 'rk_a-key-that-the-test-knows';

beforeAll(async () => {
  line = await CommandLine.open();
  database = await cloneDatabase();
  api = await startApp('api', { DATABASE_URL: database.url, RUNNEL_API_KEY: first });
});

afterAll(async () => {
  await Promise.all([line.close(), api.kill('SIGTERM')]);
  await database.drop();
});

const keys = (...words: string[]): Promise<Ended> =>
  line.run(['keys', ...words], { DATABASE_URL: database.url });
/** A key's line in the list, cell by cell. */
const cells = async (id: string, ...words: string[]): Promise<string[]> => {
  const { out } = await keys(...words);
  const row = out.split('\n').find((each) => each.includes(id)) ?? '';
  return row.split('│').map((cell) => cell.trim());
};
const made = ({ code, out, err }: Ended): { id: string; key: string } => {
  expect([code, err]).toEqual([0, '']);
  const found = /: key ([0-9a-f-]{36})[^\n]*\nShown this once: (rk_\S{32})\n$/.exec(out);
  return { id: found![1]!, key: found![2]! };
};
const statusOf = async (key: string, path = '/api/robots'): Promise<number> =>
  (await new TestClient(`http://127.0.0.1:${api.port}`, key).get(path)).status;

test('are made with what they may, and listed without what opens a space', async () => {
  const { id, key } = made(
    await keys(
      'create',
      'Shop',
      '--scopes',
      'runs:read, runs:write',
      '--domains=a.example,*.b.example',
      '--daily-tasks',
      '9',
    ),
  );
  expect([
    await statusOf(key),
    await statusOf(key, '/api/spaces'),
    await statusOf(key, '/api/files'),
  ]).toEqual([403, 200, 200]);
  const [, ...shown] = await cells(id);
  expect(shown.slice(0, 7)).toEqual([
    ...[id, 'Shop', `${key.slice(0, 8)}…`, 'runs:read,runs:write', 'all', 'a.example,*.b.example', '0 of 9'],
  ]);
  expect([shown[7], shown[8]]).toEqual([expect.stringMatching(/^\d{4}-/), 'good']);
  const { out } = await keys();
  expect(out).not.toContain(key);
  expect(out).toContain('admin');
});

test('are made for one robot, and for some days', async () => {
  const client = new TestClient(`http://127.0.0.1:${api.port}`, first);
  const definition = { steps: [{ type: 'navigate', url: 'http://127.0.0.1:9/' }] };
  const { body } = await client.post<{ robot: { id: string } }>('/api/robots', { name: 'A', definition });
  const words = ['--scopes', 'robots:read', '--robot', body.robot.id, '--expires-in', '30'];
  const { id, key } = made(await keys('create', 'One', ...words));
  expect([await statusOf(key), await statusOf(key, `/api/robots/${body.robot.id}`)]).toEqual([403, 200]);
  const shown = await cells(id);
  expect([shown[5], shown[9]]).toEqual([body.robot.id, expect.stringMatching(/^until \d{4}-/)]);
});

test('are rotated and revoked', async () => {
  const old = made(await keys('create', 'Old', '--scopes', 'runs:*'));
  const young = made(await keys('rotate', old.id.toUpperCase(), '--overlap', '0'));
  expect([await statusOf(old.key, '/api/files'), await statusOf(young.key, '/api/files')]).toEqual([
    401, 200,
  ]);
  expect((await cells(old.id))[9]).toMatch(/^expired /);
  expect(await keys('rotate', old.id)).toMatchObject({ code: 2, err: expect.stringMatching(/has expired/) });
  const other = made(await keys('create', 'Other', '--scopes', 'runs:*'));
  expect(await keys('revoke', other.id)).toEqual({
    code: 0,
    out: `Other: key ${other.id} is revoked; within 5 seconds it opens nothing\n`,
    err: '',
  });
  const again = await keys('revoke', other.id, '--pause-schedules');
  expect(again.out).toMatch(/\nSchedules of it that are paused now: 0\n$/);
  expect(await statusOf(other.key, '/api/files')).toBe(401);
  expect((await cells(other.id))[9]).toMatch(/^revoked /);
});

test('are those of the space that is named', async () => {
  const { out } = await line.run(['spaces', 'create', 'Acme'], { DATABASE_URL: database.url });
  const space = /: space ([0-9a-f-]{36})\n/.exec(out)![1]!;
  const { id } = made(await keys('create', 'Theirs', '--scopes', 'admin', '--space', 'Acme'));
  expect((await keys()).out).not.toContain(id);
  expect((await cells(id, '--space', space))[2]).toBe('Theirs');
  expect(await keys('revoke', id)).toMatchObject({ code: 2 });
  expect(await keys('revoke', id, '--space', 'Acme')).toMatchObject({ code: 0 });
});

test.each([
  [['make'], 'There is no command "keys make"'],
  [['create'], 'Which NAME?'],
  [['create', 'a'], 'What may it? Give --scopes, as runs:read,runs:write'],
  [
    ['create', 'a', '--scopes', 'runs:all'],
    '--scopes runs:all: is not a scope; allowed: runs:read, runs:write, runs:*, robots:read, robots:write, robots:*, admin',
  ],
  [
    ['create', 'a', '--scopes', 'admin', '--daily-tasks', '3'],
    '--daily-tasks: does not go with the scope admin, which may everything',
  ],
  [['create', 'a', '--scopes', 'runs:*', '--robot', 'x'], '--robot x: must be the id of a robot'],
  [
    ['create', 'a', '--scopes', 'runs:*', '--domains', 'http://a'],
    '--domains http://a: must be a host like example.com, or *.example.com for those below it: no scheme, port or path',
  ],
  [
    ['create', 'a', '--scopes', 'runs:*', '--expires-in', '0'],
    '--expires-in 0: must be a whole number from 1 to 3650',
  ],
  [['rotate'], 'Which ID?'],
  [['revoke', 'x'], 'Space default has no key x; `runnel keys` lists them'],
  [['list', '--space', 'nobody'], 'There is no space "nobody"; `runnel spaces` lists them'],
])('that are called wrongly say what is right: %j', async (words, sentence) => {
  const { code, out, err } = await keys(...words);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/\n\nrunnel keys +lists the API keys/);
  expect(err.split('\n')[0]).toBe(sentence);
});
