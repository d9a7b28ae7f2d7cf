import type { Schedule } from '@runnel/contracts';
import type { ScheduleKey } from '@runnel/store';
import { changeSchedule, saveSchedule } from './change-schedule';
import type { ScheduleDeps } from './schedule-deps';

/**
 * Lets a schedule go on, whoever or whatever paused it; failures until now do not count any more. Null when there is no
 * such schedule.
 */
export async function resumeSchedule(
  { dataSource }: ScheduleDeps,
  key: ScheduleKey,
): Promise<Schedule | null> {
  return changeSchedule(dataSource, key, async ({ schedule, store, now }) =>
    schedule.pausedAt ? saveSchedule(store, { ...schedule, ...resuming(now) }) : schedule,
  );
}

/** What changes when a schedule goes on. Its next moment is known: those that came meanwhile were looked at. */
export function resuming(now: Date): Pick<Schedule, 'pausedAt' | 'pausedBy' | 'pauseNote' | 'failuresSince'> {
  return { pausedAt: null, pausedBy: null, pauseNote: null, failuresSince: now };
}
