import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { SealedSecret } from '@runnel/contracts';
import { SpaceStore } from '@runnel/store';
import { aDefinition, aDocument, secretKey } from '@runnel/testing';
import {
  createRobot,
  deleteSecret,
  listSecrets,
  replaceRobot,
  resealAll,
  revealSecrets,
  setSecret,
  Vault,
} from '../src';
import { startTestServices, type TestServices } from './test-services';

let services: TestServices;
let spaceId: string;

beforeAll(async () => {
  services = await startTestServices();
});

afterAll(async () => {
  await services.close();
});

beforeEach(async () => {
  await services.dataSource.query('DELETE FROM secrets');
  spaceId = await new SpaceStore(services.dataSource.manager).create('secrets');
});

const set = (name: string, value: string, deps = services.deps) => setSecret(deps, { spaceId, name, value });
const using = (...names: string[]) =>
  aDefinition({
    steps: [
      { type: 'navigate', url: `https://a.test/?${names.map((name) => `{{secret.${name}}}`).join('&')}` },
    ],
  });
const reveal = (names: string[], vault: Vault | null = services.deps.vault) =>
  revealSecrets({ ...services.deps, vault }, { spaceId, definition: using(...names) });
const rows = () =>
  services.dataSource.query<{ name: string; key_id: string; sealed: Buffer }[]>(
    'SELECT name, key_id, sealed FROM secrets WHERE space_id = $1 ORDER BY name',
    [spaceId],
  );

describe('secrets', () => {
  test('are set, set to another value, listed without it, and deleted', async () => {
    expect(await set('login', 'hunter2')).toMatchObject({ name: 'login', isNew: true });
    expect(await set('login', 'hunter3')).toMatchObject({ name: 'login', isNew: false });
    expect(await reveal(['login'])).toEqual(new Map([['login', 'hunter3']]));
    const listed = await listSecrets(services.dataSource, spaceId);
    expect(listed).toMatchObject([{ name: 'login', keyId: 'test' }]);
    expect(JSON.stringify([listed, await rows()])).not.toContain('hunter');
    expect(await deleteSecret(services.dataSource, { spaceId, name: 'login' })).toBe(true);
    expect(await deleteSecret(services.dataSource, { spaceId, name: 'login' })).toBe(false);
  });

  test.each([
    ['a b', 'hunter2', 'name'],
    ['x'.repeat(101), 'hunter2', 'name'],
    ['short', 'abc', 'value'],
    ['blank', '   a   ', 'value'],
    ['long', 'x'.repeat(8_193), 'value'],
    ['nul', 'hunter\0two', 'value'],
  ])('with the name %j or a value that cannot be are refused', async (name, value, path) => {
    const refused = await set(name, value).catch((error: unknown) => error);
    expect(refused).toMatchObject({ faults: [{ path }] });
    expect(JSON.stringify(refused)).not.toContain(value);
  });

  test('of a robot that are not set or cannot be opened fail its run, by name', async () => {
    await set('there', 'hunter2');
    const code = 'SECRET_MISSING';
    await expect(reveal(['there', 'one', 'two'])).rejects.toMatchObject({
      failure: { code, message: 'The secrets "one", "two" are not set' },
    });
    const other = Vault.parse(`other:${Buffer.alloc(32).toString('base64')}`);
    await expect(reveal(['there'], other)).rejects.toMatchObject({
      failure: {
        code,
        message: expect.stringMatching(/"there" cannot be opened: .* the key "test"/) as string,
      },
    });
    await expect(reveal(['there'], null)).rejects.toMatchObject({
      failure: { code, message: expect.stringContaining('RUNNEL_SECRET_KEYS is not set') as string },
    });
  });

  test('cannot be opened in another row than their own', async () => {
    await set('mine', 'hunter2');
    await set('theirs', 'hunter3');
    await services.dataSource.query(
      `UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE space_id = $1 AND name = 'theirs')
       WHERE space_id = $1 AND name = 'mine'`,
      [spaceId],
    );
    await expect(reveal(['mine'])).rejects.toThrow(/"mine" cannot be opened: it was changed/);
  });

  test('are at most a thousand in a space', async () => {
    await services.dataSource.query(
      `INSERT INTO secrets (space_id, name, key_id, sealed) SELECT $1, 's' || n, 'test', '' FROM generate_series(1, 999) n`,
      [spaceId],
    );
    await set('last', 'hunter2');
    await expect(set('more', 'hunter2')).rejects.toThrow(/too many secrets/);
    expect(await set('last', 'hunter3')).toMatchObject({ isNew: false });
  });

  test('and robots that use them need a key of the installation', async () => {
    const deps = { ...services.deps, vault: null } as never;
    await expect(set('login', 'hunter2', deps)).rejects.toMatchObject({
      faults: [{ message: expect.stringContaining('RUNNEL_SECRET_KEYS') as string }],
    });
    const robot = { spaceId, name: 'R', publish: true, domains: null };
    for (const definition of [using('x'), aDocument({ options: { session: { name: 'x' } } })]) {
      await expect(createRobot(deps, { ...robot, definition })).rejects.toMatchObject({
        faults: [{ message: expect.stringContaining('RUNNEL_SECRET_KEYS') as string }],
      });
    }
  });
});

describe('a new key', () => {
  const both = Vault.parse(`new:${Buffer.alloc(32, 'new').toString('base64')},${secretKey}`);

  test('seals all secrets and logins anew, while they are read and set, and is done twice without harm', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `s${index}`);
    for (const name of names) await set(name, `value of ${name}`);
    const robot = await createRobot(services.deps, {
      spaceId,
      name: 'R',
      publish: true,
      domains: null,
      definition: aDocument(),
    });
    const login = both.seal(Buffer.from('cookies'), ['login', spaceId, robot.id, 'shop']);
    const old = services.deps.vault.seal(Buffer.from('cookies'), ['login', spaceId, robot.id, 'shop']);
    await services.dataSource.query(
      'INSERT INTO logins (space_id, robot_id, name, key_id, sealed) VALUES ($1, $2, $3, $4, $5)',
      [spaceId, robot.id, 'shop', old.keyId, old.sealed],
    );
    const resealing = resealAll(services.dataSource, both);
    const deps = { ...services.deps, vault: both };
    const [done] = await Promise.all([
      resealing,
      ...names.slice(0, 50).map((name) => set(name, `another of ${name}`, deps)),
      ...names.slice(200).map((name) => reveal([name], both)),
    ]);
    expect(done.logins).toBe(1);
    expect((await rows()).every(({ key_id }) => key_id === 'new')).toBe(true);
    const all = await reveal(names, both);
    expect(all.get('s7')).toBe('another of s7');
    expect(all.get('s77')).toBe('value of s77');
    const [kept] = await services.dataSource.query<{ key_id: string; sealed: Buffer }[]>(
      'SELECT key_id, sealed FROM logins WHERE robot_id = $1',
      [robot.id],
    );
    expect(kept?.key_id).toBe(login.keyId);
    expect(await resealAll(services.dataSource, both)).toMatchObject({ secrets: 0, logins: 0 });
  });

  test('leaves what no key opens, and says so', async () => {
    await set('fine', 'hunter2');
    const lost: Partial<SealedSecret> = { name: 'lost', keyId: 'gone', sealed: Buffer.from('x') };
    await services.dataSource.query(
      'INSERT INTO secrets (space_id, name, key_id, sealed) VALUES ($1, $2, $3, $4)',
      [spaceId, lost.name, lost.keyId, lost.sealed],
    );
    const { left } = await resealAll(services.dataSource, both);
    expect(left).toEqual([
      expect.stringMatching(/^the secret "lost" of space .*: it was sealed with the key "gone"/),
    ]);
    expect((await rows()).map(({ key_id }) => key_id)).toEqual(['new', 'gone']);
  });
});

describe('the proxy of a robot', () => {
  let proxy: { url: string; asked: string[]; close: () => Promise<void> };

  beforeEach(async () => {
    proxy = await startProxy('Basic ' + Buffer.from('me:hunter2').toString('base64'));
  });

  afterEach(() => proxy.close());

  const robot = (server: string, url = 'http://127.0.0.1:9/') => ({
    ...{ spaceId, name: 'R', publish: true, domains: null },
    definition: aDocument({
      steps: [{ type: 'navigate', url }],
      options: { proxy: { server, username: 'me', password: '{{secret.proxy}}' } },
    }),
  });

  test('is tried when it is saved, with its secret, and not again while it stays', async () => {
    await set('proxy', 'hunter2');
    const { id } = await createRobot(services.deps, robot(proxy.url));
    expect(proxy.asked).toEqual(['HEAD http://127.0.0.1:9/']);
    await replaceRobot(services.deps, { ...robot(proxy.url, 'http://127.0.0.1:10/'), id });
    expect(proxy.asked).toHaveLength(1);
    await set('proxy', 'wrong-one');
    const refused = await replaceRobot(services.deps, { ...robot(`${proxy.url}/`), id }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ faults: [{ path: 'options.proxy' }] });
    expect(JSON.stringify(refused)).not.toMatch(/wrong-one|hunter2/);
  });

  test('is sent nothing for a key of other domains', async () => {
    await set('proxy', 'hunter2');
    const path = 'options.proxy.server';
    const fault = (host: string) => ({
      faults: [{ path, message: expect.stringMatching(`Could not open ${host}.* is for .* only`) as string }],
    });
    const other = { ...robot(proxy.url, 'https://only.test/'), domains: ['only.test'] };
    await expect(createRobot(services.deps, other)).rejects.toMatchObject(fault('127.0.0.1'));
    const elsewhere = { ...robot(proxy.url, 'https://other.test/'), domains: ['127.0.0.1'] };
    await expect(createRobot(services.deps, elsewhere)).rejects.toMatchObject(fault('other.test'));
    expect(proxy.asked).toEqual([]);
    await createRobot(services.deps, { ...robot(proxy.url), domains: ['127.0.0.1'] });
    expect(proxy.asked).toHaveLength(1);
  });

  test('that does not answer, or whose secret is not set, is refused', async () => {
    await expect(createRobot(services.deps, robot(proxy.url))).rejects.toMatchObject({
      faults: [{ path: 'options.proxy', message: 'The secret "proxy" is not set; set it first' }],
    });
    await set('proxy', 'hunter2');
    await proxy.close();
    await expect(createRobot(services.deps, robot(proxy.url))).rejects.toMatchObject({
      faults: [{ path: 'options.proxy' }],
    });
  });
});

/** A proxy that answers every request which brings these credentials. */
async function startProxy(credentials: string) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (head) => {
      asked.push(head.toString().split(' ').slice(0, 2).join(' '));
      const isKnown = head
        .toString()
        .toLowerCase()
        .includes(`proxy-authorization: ${credentials.toLowerCase()}`);
      socket.end(`HTTP/1.1 ${isKnown ? '200 OK' : '407 No'}\r\n\r\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
