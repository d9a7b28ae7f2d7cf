import { openDataSource, SpaceStore } from '@runnel/store';
import { cloneDatabase } from '@runnel/testing';
import { createSpace, ensureFirstSpace, hashApiKey, listSpaces } from '../src';

test('a space that is made before the first start is not the one that RUNNEL_API_KEY opens', async () => {
  const database = await cloneDatabase();
  const dataSource = await openDataSource({ url: database.url, poolSize: 2, application: 'test' });
  const acme = await createSpace(dataSource, 'Acme');
  const known = 'rk_a-key-that-the-test-knows';
  await ensureFirstSpace(dataSource, known);
  const spaces = await listSpaces(dataSource);
  expect(spaces.map(({ name }) => name)).toEqual(['default', 'Acme']);
  const store = new SpaceStore(dataSource.manager);
  expect(await store.openedBy(hashApiKey(known))).toBe(spaces[0]!.id);
  expect(await store.openedBy(hashApiKey(acme.key))).toBe(acme.id);
  await dataSource.destroy();
  await database.drop();
});
