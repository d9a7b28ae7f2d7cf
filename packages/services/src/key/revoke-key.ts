import { KeyStore, ScheduleStore, type DataSource, type KeyPlace, type KeyView } from '@runnel/store';
import { pausedReason } from '../schedule/pause-schedule';
import { LastAdminKeyError } from './key-refused';

interface Revoking {
  /** Also the last one that opens all of its space: who has the database can make another. */
  mayBeLast: boolean;
  /** Else its schedules go on. */
  pausesSchedules?: boolean;
}

export interface RevokedKey {
  apiKey: KeyView;
  /** Schedules of it that were paused with it. */
  pausedSchedules: number;
}

/** Withdraws a key. What it started runs on. Null when there is no such key. @throws LastAdminKeyError */
export async function revokeKey(
  dataSource: DataSource,
  place: KeyPlace,
  { mayBeLast, pausesSchedules = false }: Revoking,
): Promise<RevokedKey | null> {
  return dataSource.transaction(async (manager) => {
    const store = new KeyStore(manager);
    const known = await store.find(place);
    if (!known) return null;
    // Schedules before keys: who fires one locks them so.
    const pausedSchedules = pausesSchedules ? await pauseOf(new ScheduleStore(manager), known) : 0;
    if (!mayBeLast) refuseLast(await store.lockAdmins(place.spaceId), place.id);
    const apiKey = await store.revoke(place);
    return apiKey && { apiKey, pausedSchedules };
  });
}

async function pauseOf(schedules: ScheduleStore, { spaceId, id: keyId, name }: KeyView): Promise<number> {
  const note = `the API key "${name}" was revoked`;
  return schedules.pauseAll(spaceId, { keyId, note, reason: pausedReason(note) });
}

/** Of keys that open all of a space one is to stay that does not end, if there is one; else any. */
function refuseLast(admins: Pick<KeyView, 'id' | 'expiresAt'>[], id: string): void {
  const lasting = admins.filter(({ expiresAt }) => expiresAt === null);
  const staying = lasting.length > 0 ? lasting : admins;
  if (staying.length === 1 && staying[0]?.id === id) throw new LastAdminKeyError();
}
