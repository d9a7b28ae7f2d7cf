import { KeyStore, type DataSource, type KeyPlace, type KeyView } from '@runnel/store';
import { addKey, type MadeKey } from './create-key';
import { KeyOverError } from './key-refused';

/**
 * Makes a key with the same rights, which takes the schedules of the old one over; the old one is good for some time
 * still. Null when there is no such key.
 * @throws KeyOverError
 */
export async function rotateKey(
  dataSource: DataSource,
  place: KeyPlace,
  overlapSeconds: number,
): Promise<MadeKey | null> {
  return dataSource.transaction(async (manager) => {
    const store = new KeyStore(manager);
    const known = await store.find(place);
    if (!known) return null;
    const made = await addKey(store, { ...known, expiresAt: asLongAs(known) });
    // Schedules before keys: who fires one locks them so.
    await store.moveSchedules(place, made.apiKey.id);
    if (!(await store.lockLiving(place))) throw new KeyOverError();
    await store.succeed(place.id, { newId: made.apiKey.id, overlapMs: overlapSeconds * 1_000 });
    return { ...made, apiKey: (await store.find({ ...place, id: made.apiKey.id })) ?? made.apiKey };
  });
}

/** When a key ends that is good for as long as this one was to be. */
function asLongAs({ createdAt, expiresAt }: KeyView): Date | null {
  return expiresAt && new Date(Date.now() + expiresAt.getTime() - createdAt.getTime());
}
