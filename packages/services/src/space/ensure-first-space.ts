import { KeyStore, type DataSource } from '@runnel/store';
import { firstKey } from '../key/first-key';
import { newApiKey } from './api-key';
import { firstSpace } from './first-space';

/**
 * Sees to it that there is a space and that a key opens it: `wantedKey`, or one made now.
 * Gives the key when it was made now: it can be told once, and never again.
 */
export async function ensureFirstSpace(
  dataSource: DataSource,
  wantedKey: string | null,
): Promise<string | null> {
  return dataSource.transaction(async (manager) => {
    const spaceId = await firstSpace(manager);
    const store = new KeyStore(manager);
    const isNew = wantedKey === null && !(await store.hasKeys(spaceId));
    const key = wantedKey ?? (isNew ? newApiKey() : null);
    if (key !== null) await store.add(firstKey(spaceId, key));
    return isNew ? key : null;
  });
}
