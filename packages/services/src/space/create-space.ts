import { KeyStore, SpaceStore, type DataSource } from '@runnel/store';
import { firstKey } from '../key/first-key';
import { newApiKey } from './api-key';
import { firstSpace } from './first-space';

/** Makes a space and a key that opens it. The key can be told now, and never again. */
export async function createSpace(
  dataSource: DataSource,
  name: string,
): Promise<{ id: string; key: string }> {
  return dataSource.transaction(async (manager) => {
    // The oldest space is the one that RUNNEL_API_KEY opens: it is not to be this one.
    await firstSpace(manager);
    const id = await new SpaceStore(manager).create(name);
    const key = newApiKey();
    await new KeyStore(manager).add(firstKey(id, key));
    return { id, key };
  });
}
