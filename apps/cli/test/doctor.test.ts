import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  cloneDatabase,
  freePort,
  redisCommand as tell,
  sharedServices,
  startPrivateRedis,
  type TestDatabase,
} from '@runnel/testing';
import { createSpace, openLedger, setSecret, Vault } from '@runnel/services';
import { CommandLine, type Ended } from './command-line';

let line: CommandLine;
let database: TestDatabase;
let good: Record<string, string>;

beforeAll(async () => {
  line = await CommandLine.open();
  database = await cloneDatabase();
  good = {
    DATABASE_URL: database.url,
    RUNNEL_ALLOW_HOSTS: '',
    PORT: String(await freePort()),
    RUNNEL_API_KEY: `rk_${randomBytes(24).toString('base64url')}`,
    RUNNEL_SECRET_KEYS: `one:${randomBytes(32).toString('base64')}`,
  };
});

afterAll(async () => {
  await line.close();
  await database.drop();
});

const doctor = (environment: Record<string, string> = {}): Promise<Ended> =>
  line.run(['doctor'], { ...good, ...environment });

/** What it says of something, without the advice. */
const linesOf = ({ out }: Ended, level: string): string[] =>
  out
    .split('\n')
    .filter((each) => each.startsWith(level))
    .map((each) => each.slice(21));

/** Where this machine gives the browser no sandbox, a doctor has to say so. */
const ofMachine = /browser runs without its sandbox|browser runs as root/;
const problemsOf = (ended: Ended): string[] =>
  linesOf(ended, 'problem').filter((each) => !ofMachine.test(each));

test('a good installation has no problems', async () => {
  const ended = await doctor();
  expect([ended.err, problemsOf(ended), linesOf(ended, 'warning')]).toEqual(['', [], []]);
  expect(linesOf(ended, 'ok')).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^Postgres \d+ answers$/),
      'The database is up to date',
      'The http engine opens nothing inside: it was refused a server on 127.0.0.1, and the metadata address',
      'The browser engine opens nothing inside: it was refused a server on 127.0.0.1, and the metadata address',
    ]),
  );
  expect(ended.code).toBe(linesOf(ended, 'problem').length === 0 ? 0 : 1);
  for (const secret of [good['RUNNEL_API_KEY'], good['RUNNEL_SECRET_KEYS']])
    expect(ended.out).not.toContain(secret);
});

test('bad settings are problems, each by its name', async () => {
  const ended = await doctor({
    DATABASE_URL: 'postgres://somebody@127.0.0.1:9/nothing',
    RUNNEL_API_KEY: 'please-change-this-key-now',
    RUNNEL_SECRET_KEYS: 'one:c2hvcnQ=',
    RUNNEL_ALLOW_HOSTS: '169.254.169.254',
    PUPPETEER_EXECUTABLE_PATH: '/nothing/here',
    REDIS_URL: 'redis://127.0.0.1:9',
  });
  expect(ended.code).toBe(1);
  expect(problemsOf(ended)).toEqual([
    'The database does not answer',
    'Redis does not answer',
    'RUNNEL_API_KEY looks like a placeholder',
    'The keys of the secrets are not right',
    'No browser starts',
    'RUNNEL_ALLOW_HOSTS is not right',
  ]);
  expect(ended.out).not.toContain('a-password');
});

test('a short key, an open address and hosts inside that are allowed are told', async () => {
  const ended = await doctor({
    RUNNEL_API_KEY: 'rk_0000000000000000000000000000',
    HOST: '0.0.0.0',
    RUNNEL_ALLOW_HOSTS: '127.0.0.0/8',
  });
  expect(problemsOf(ended)).toEqual(['RUNNEL_API_KEY is short enough to be guessed']);
  expect(linesOf(ended, 'warning')).toEqual([
    `The API listens on 0.0.0.0:${good['PORT']} without TLS: who is on the way reads keys and rows`,
    'RUNNEL_ALLOW_HOSTS lets robots open this machine: the http engine opened a server on 127.0.0.1',
    'RUNNEL_ALLOW_HOSTS lets robots open this machine: the browser engine opened a server on 127.0.0.1',
  ]);
});

test('a database that nobody migrated is a problem', async () => {
  const empty = await cloneDatabase({ empty: true });
  const ended = await doctor({ DATABASE_URL: empty.url });
  expect([ended.code, problemsOf(ended)]).toEqual([1, ['The database is not up to date']]);
  await empty.drop();
});

test('secrets whose key is lost are a problem', async () => {
  const settings = { DATABASE_URL: database.url, REDIS_URL: null, RUNNEL_DATA_DIR: line.folder };
  const ledger = await openLedger(settings, { poolSize: 1, application: 'test' });
  const { id: spaceId } = await createSpace(ledger.dataSource, 'Locked');
  const vault = Vault.parse(`lost:${randomBytes(32).toString('base64')}`);
  await setSecret({ dataSource: ledger.dataSource, vault }, { spaceId, name: 'shop', value: 'a-value' });
  await ledger.close();
  const says = '1 secrets and logins are sealed with the key "lost", which is not here: their robots fail';
  expect(problemsOf(await doctor())).toEqual([says]);
  await line.run(['secrets', 'delete', 'shop', '--space', spaceId], good);
});

test('a key file that others may read is a problem', async () => {
  const folder = join(line.folder, 'data');
  await mkdir(folder);
  const file = join(folder, 'secret.key');
  await writeFile(file, `one:${randomBytes(32).toString('base64')}\n`);
  await chmod(file, 0o644);
  const ended = await doctor({ DATABASE_URL: '', RUNNEL_SECRET_KEYS: '', RUNNEL_DATA_DIR: folder });
  expect([ended.code, problemsOf(ended)]).toEqual([1, [`Others on this machine may read ${file}`]]);
});

test('where nothing was started yet, it says so and makes nothing', async () => {
  const folder = join(line.folder, 'empty');
  await mkdir(folder);
  for (const data of [folder, join(folder, 'not-there')]) {
    const ended = await doctor({ DATABASE_URL: '', RUNNEL_SECRET_KEYS: '', RUNNEL_DATA_DIR: data });
    expect([problemsOf(ended), linesOf(ended, 'info')]).toEqual([
      [],
      expect.arrayContaining([
        'Nothing was started here yet: the database is made at the first start',
        'Nothing was started here yet: the key for secrets is made at the first start',
      ]),
    ]);
  }
  expect(await readdir(folder)).toEqual([]);
});

test('a port that answers beyond this machine is told', async () => {
  const outer = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const reached = outer.find(({ internal, family }) => !internal && family === 'IPv4');
  // A machine without a network has nothing beyond it.
  if (!reached) return;
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  const ended = await doctor({ PORT: String(port) });
  expect(linesOf(ended, 'warning')).toContain(
    `Others on the network reach the API on ${reached.address}:${port}`,
  );
  server.close();
});

const { redisCommand } = sharedServices();

(redisCommand === null ? test.skip : test)('a Redis that forgets jobs is a problem', async () => {
  const redis = await startPrivateRedis(redisCommand ?? '');
  const fine = await doctor({ REDIS_URL: redis.url });
  expect(problemsOf(fine)).toEqual([]);
  expect(linesOf(fine, 'ok')).toContain('Redis wants no password, and listens on this machine only');
  await tell(redis.url, 'CONFIG SET maxmemory-policy allkeys-lru');
  await tell(redis.url, 'CONFIG SET requirepass a-long-password');
  const forgetful = await doctor({ REDIS_URL: redis.url.replace('//', '//:a-long-password@') });
  expect(problemsOf(forgetful)).toEqual(['The eviction policy of Redis is allkeys-lru']);
  expect(linesOf(forgetful, 'ok')).toContain('Redis wants a password');
  await redis.kill();
});
