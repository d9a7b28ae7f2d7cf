import { ScheduleStore } from '@runnel/store';
import { pausedReason } from './pause-schedule';
import type { ScheduleDeps } from './schedule-deps';

/** Pauses all schedules of a space that are not paused. How many they were. */
export async function pauseSchedules(
  { dataSource }: ScheduleDeps,
  spaceId: string,
  note: string | null,
): Promise<number> {
  return dataSource.transaction((manager) =>
    new ScheduleStore(manager).pauseAll(spaceId, { note, reason: pausedReason(note) }),
  );
}
