import { KeyStore, openDataSource } from '@runnel/store';
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
  const store = new KeyStore(dataSource.manager);
  expect(await store.hashed([hashApiKey(known)])).toMatchObject([
    { spaceId: spaces[0]!.id, scopes: ['admin'] },
  ]);
  expect(await store.hashed([hashApiKey(acme.key)])).toMatchObject([{ spaceId: acme.id, scopes: ['admin'] }]);
  await dataSource.destroy();
  await database.drop();
});
