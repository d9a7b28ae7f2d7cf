import type { Schedule } from '@runnel/contracts';
import type { ScheduleKey } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import { changeSchedule, saveSchedule } from './change-schedule';
import { nextOf, type Next } from './next-of';
import type { ScheduleDeps } from './schedule-deps';
import { triggerFaults } from './trigger-faults';

/**
 * Lets a schedule go on, whoever or whatever paused it; failures until now do not count any more. Null when there is no
 * such schedule.
 */
export async function resumeSchedule(
  { dataSource }: ScheduleDeps,
  key: ScheduleKey,
): Promise<Schedule | null> {
  return changeSchedule(dataSource, key, async ({ schedule, store, now }) => {
    if (!schedule.pausedAt) return schedule;
    const isLost = schedule.pausedBy === 'failures' && !schedule.nextMoment;
    return saveSchedule(store, { ...schedule, ...resuming(now), ...(isLost && foundAgain(schedule, now)) });
  });
}

/** The next moment of one that paused because it could not be found. @throws InvalidInputError when it still cannot */
function foundAgain(schedule: Schedule, now: Date): Next {
  try {
    return nextOf(schedule, now);
  } catch {
    throw new InvalidInputError('The schedule is not right', triggerFaults(schedule, now));
  }
}

/** What changes when a schedule goes on. Its next moment is known: those that came meanwhile were looked at. */
export function resuming(now: Date): Pick<Schedule, 'pausedAt' | 'pausedBy' | 'pauseNote' | 'failuresSince'> {
  return { pausedAt: null, pausedBy: null, pauseNote: null, failuresSince: now };
}
