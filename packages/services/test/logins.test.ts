import { randomBytes } from 'node:crypto';
import type { SessionState } from '@runnel/contracts';
import { LoginStore, mostLogins, RobotStore, SpaceStore } from '@runnel/store';
import { aDefinition } from '@runnel/testing';
import { dropLogin, listLogins, loadLogin, saveLogin, Vault } from '../src';
import { startTestServices, type TestServices } from './test-services';

let services: TestServices;
let robotId: string;

const aKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const vault = Vault.parse(aKey('a'));

const cookie = {
  ...{ name: 'sid', value: 'a word', domain: '.example.com', path: '/', expires: 4e9 },
  ...{ httpOnly: true, secure: true, sameSite: 'Lax' as const },
};
const state: SessionState = { cookies: [cookie], storage: { 'https://example.com': { token: '"t"' } } };

beforeAll(async () => {
  services = await startTestServices();
});

beforeEach(async () => {
  robotId = await aRobot();
});

afterAll(() => services.close());

function aRobot(): Promise<string> {
  const { dataSource, spaceId } = services;
  const definition = aDefinition();
  return new RobotStore(dataSource.manager).create({ spaceId, name: 'x', definition, publish: true });
}

const deps = () => ({ dataSource: services.dataSource, vault });
const key = (name = 'main') => ({ spaceId: services.spaceId, robotId, name });

test('a login comes back as it was saved, and the last one that was saved is kept', async () => {
  expect(await loadLogin(deps(), key())).toBeNull();
  expect(await saveLogin(deps(), key(), { cookies: [], storage: {} })).toBe(true);
  expect(await saveLogin(deps(), key(), state)).toBe(true);
  const stored = await loadLogin(deps(), key());
  expect(stored?.state).toEqual(state);
  expect(await listLogins(services.dataSource, services.spaceId, robotId)).toEqual([
    { name: 'main', savedAt: stored!.savedAt },
  ]);
});

test('who drops a login drops no other that was saved since', async () => {
  await saveLogin(deps(), key(), { cookies: [], storage: {} });
  const first = await loadLogin(deps(), key());
  await new Promise((resolve) => setTimeout(resolve, 5));
  await saveLogin(deps(), key(), state);
  expect(await dropLogin(services.dataSource, key(), first!.savedAt)).toBe(false);
  const second = await loadLogin(deps(), key());
  expect(await dropLogin(services.dataSource, key(), second!.savedAt)).toBe(true);
  expect(await dropLogin(services.dataSource, key())).toBe(false);
});

test('no other space and no other robot has it', async () => {
  await saveLogin(deps(), key(), state);
  const other = await new SpaceStore(services.dataSource.manager).create('other');
  const theirs = { ...key(), spaceId: other };
  expect(await loadLogin(deps(), theirs)).toBeNull();
  expect(await saveLogin(deps(), theirs, state)).toBe(false);
  expect(await dropLogin(services.dataSource, theirs)).toBe(false);
  expect(await listLogins(services.dataSource, other, robotId)).toBeNull();
  expect(await loadLogin(deps(), { ...key(), robotId: await aRobot() })).toBeNull();
});

test('a login is sealed for its space, its robot and its name, and as good as none anywhere else', async () => {
  const store = new LoginStore(services.dataSource.manager);
  await saveLogin(deps(), key(), state);
  const { keyId, sealed } = (await store.find(key()))!;
  expect(sealed.includes('a word')).toBe(false);
  for (const place of [key('second'), { ...key(), robotId: await aRobot() }]) {
    await store.save({ ...place, keyId, sealed });
    expect((await loadLogin(deps(), place))?.state).toBeNull();
  }
});

test('a login that was changed, or whose key is gone, is as good as none', async () => {
  const store = new LoginStore(services.dataSource.manager);
  await saveLogin(deps(), key(), state);
  const another = { ...deps(), vault: Vault.parse(`${aKey('b')},${aKey('c')}`) };
  expect((await loadLogin(another, key()))?.state).toBeNull();
  const { keyId, sealed } = (await store.find(key()))!;
  sealed[20]! ^= 1;
  await store.save({ ...key(), keyId, sealed });
  expect((await loadLogin(deps(), key()))?.state).toBeNull();
});

test(`a robot keeps ${mostLogins} logins, and renews those that it has`, async () => {
  const names = Array.from({ length: mostLogins }, (_, index) => `login ${index}`);
  for (const name of names) expect(await saveLogin(deps(), key(name), state)).toBe(true);
  expect(await saveLogin(deps(), key('one more'), state)).toBe(false);
  expect(await saveLogin(deps(), key(names[0]), state)).toBe(true);
});

test('a robot that is deleted takes its logins with it', async () => {
  await saveLogin(deps(), key(), state);
  await new RobotStore(services.dataSource.manager).delete(services.spaceId, robotId);
  expect(await new LoginStore(services.dataSource.manager).find(key())).toBeNull();
});
