import type { Schedule } from '@runnel/contracts';
import { ScheduleStore, type DataSource, type EntityManager, type ScheduleKey } from '@runnel/store';

export interface LockedSchedule {
  manager: EntityManager;
  store: ScheduleStore;
  schedule: Schedule;
  /** Read behind the lock: what fires later sees the change. */
  now: Date;
}

/** Changes a schedule that nobody fires or changes meanwhile. Null when there is no such schedule. */
export async function changeSchedule<T>(
  dataSource: DataSource,
  key: ScheduleKey,
  change: (locked: LockedSchedule) => Promise<T>,
): Promise<T | null> {
  return dataSource.transaction(async (manager) => {
    const store = new ScheduleStore(manager);
    const schedule = await store.lock(key);
    return schedule && change({ manager, store, schedule, now: await store.now() });
  });
}

/** Writes what was changed of a schedule that is locked, and whose robot is therefore there. */
export async function saveSchedule(store: ScheduleStore, schedule: Schedule): Promise<Schedule> {
  const saved = await store.save(schedule);
  if (!saved) throw new Error(`robot ${schedule.robotId} is gone, and its schedule ${schedule.id} is not`);
  return saved;
}
