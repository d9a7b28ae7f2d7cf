import type { Schedule } from '@runnel/contracts';
import { newId, noteFires, type ScheduleKey } from '@runnel/store';
import { abortAhead } from './abort-ahead';
import { changeSchedule, saveSchedule } from './change-schedule';
import { nextOf } from './next-of';
import type { ScheduleDeps } from './schedule-deps';

export interface SkippedMoment {
  skipped: Date;
  /** With the moment behind it as the next. */
  schedule: Schedule;
}

const reason = 'skipped by request';

/** The schedule has no moment to come. */
export class NothingToSkipError extends Error {
  constructor() {
    super('The schedule has no moment to come that could be skipped');
    this.name = 'NothingToSkipError';
  }
}

/** The moment that was to be skipped is not the next one: it was skipped or has fired, or the schedule was edited. */
export class AnotherMomentError extends Error {
  constructor(
    wanted: Date,
    readonly next: Date,
  ) {
    super(
      `The next moment of the schedule is ${next.toISOString()}, not ${wanted.toISOString()}; nothing was skipped`,
    );
    this.name = 'AnotherMomentError';
  }
}

/**
 * Leaves out the next moment of a schedule, and aborts a run that was made for it; a fire that waits is not meant.
 * `scheduledFor`: the moment that is meant, so that what is asked twice skips once. Null when there is no such schedule.
 * @throws NothingToSkipError, AnotherMomentError
 */
export async function skipNext(
  { dataSource }: ScheduleDeps,
  key: ScheduleKey,
  scheduledFor: Date | null,
): Promise<SkippedMoment | null> {
  return changeSchedule(dataSource, key, async ({ schedule, store, manager }) => {
    const { id: scheduleId, nextMoment: skipped } = schedule;
    const isNext = scheduledFor?.getTime() === skipped?.getTime();
    const isDone =
      !isNext && scheduledFor && (await store.hasNoted(scheduleId, { moment: scheduledFor, reason }));
    if (isDone) return { skipped: scheduledFor, schedule };
    if (!skipped) throw new NothingToSkipError();
    if (scheduledFor && !isNext) {
      throw new AnotherMomentError(scheduledFor, skipped);
    }
    const fire = { kind: 'cron', scheduledFor: skipped, outcome: 'skipped_paused' } as const;
    await noteFires(manager, [{ id: newId(), scheduleId, ...fire, reason }]);
    await abortAhead(manager, schedule);
    const next = { ...nextOf(schedule, skipped), aheadRunId: null };
    return { skipped, schedule: await saveSchedule(store, { ...schedule, ...next }) };
  });
}
