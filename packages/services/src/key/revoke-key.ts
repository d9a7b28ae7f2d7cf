import { KeyStore, type DataSource, type KeyPlace, type KeyView } from '@runnel/store';
import { LastAdminKeyError } from './key-refused';

/**
 * Withdraws a key. What it started runs on, and its schedules go on. Null when there is no such key.
 * `mayBeLast`: also the last one that opens all of its space; who has the database can make another.
 * @throws LastAdminKeyError
 */
export async function revokeKey(
  dataSource: DataSource,
  place: KeyPlace,
  { mayBeLast }: { mayBeLast: boolean },
): Promise<KeyView | null> {
  return dataSource.transaction(async (manager) => {
    const store = new KeyStore(manager);
    const admins = mayBeLast ? [] : await store.lockAdmins(place.spaceId);
    if (admins.length === 1 && admins[0] === place.id) throw new LastAdminKeyError();
    return store.revoke(place);
  });
}
