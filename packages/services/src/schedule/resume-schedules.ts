import { ScheduleStore } from '@runnel/store';
import type { ScheduleDeps } from './schedule-deps';

/** Lets all schedules of a space go on, also those that paused themselves. How many were paused. */
export async function resumeSchedules({ dataSource }: ScheduleDeps, spaceId: string): Promise<number> {
  return dataSource.transaction((manager) => new ScheduleStore(manager).resumeAll(spaceId));
}
