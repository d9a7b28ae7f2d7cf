import type { Fault } from '@runnel/contracts';
import type { ScheduleKey } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import { changeSchedule, saveSchedule } from './change-schedule';
import { momentsBetween } from './moments';
import type { ScheduleDeps } from './schedule-deps';

export interface BackfillRange {
  from: Date;
  /** Not in the future. */
  until: Date;
}

export interface Backfilled {
  /** Moments of the range, its ends included. */
  moments: number;
  /** Those of them that no backfill has started, or is to: they wait for their turn. */
  added: number;
}

/** So many moments are backfilled at a time. */
const mostMoments = 1_000;

/** A paused schedule starts nothing by itself. */
export class SchedulePausedError extends Error {
  constructor() {
    super('The schedule is paused; resume it first');
    this.name = 'SchedulePausedError';
  }
}

/**
 * Has runs started for all moments of a range that has passed, one after the other, or as the schedule lets them
 * overlap; whether they fired at their time makes no difference. A moment is backfilled until it has started a run.
 * `keyId`: the key that the schedule is of from then on, if it is not to stay that of another. Null when there is no such
 * schedule.
 * @throws InvalidInputError, SchedulePausedError
 */
export async function backfillSchedule(
  { dataSource }: ScheduleDeps,
  { keyId, ...key }: ScheduleKey & { keyId?: string | undefined },
  range: BackfillRange,
): Promise<Backfilled | null> {
  return changeSchedule(dataSource, key, async ({ schedule, store, now }) => {
    const wrong = faultOf(range, now);
    if (wrong) throw wrongRange(wrong);
    if (schedule.pausedAt) throw new SchedulePausedError();
    const { from, until } = range;
    const after = new Date(from.getTime() - 1);
    // A moment that has its run already starts that one and no other.
    const most = schedule.aheadRunId === null ? mostMoments + 1 : 0;
    const moments = momentsBetween(schedule, { after, until, most });
    if (moments.length > mostMoments) throw wrongRange(tooMany(moments[mostMoments]));
    const added = await store.backfill(key, moments);
    const waiting = schedule.waiting + added;
    if (added > 0) await saveSchedule(store, { ...schedule, keyId: keyId ?? schedule.keyId, waiting });
    return { moments: moments.length, added };
  });
}

function faultOf({ from, until }: BackfillRange, now: Date): Fault | null {
  if (until > now) return { path: 'until', message: 'must not be in the future', found: until };
  return from > until ? { path: 'from', message: 'must not be later than `until`', found: from } : null;
}

function tooMany(next: Date | undefined): Fault {
  const rest = next ? `; end it before ${next.toISOString()}, and ask for the rest later` : '';
  return { path: 'until', message: `the range has more than ${mostMoments} moments${rest}` };
}

function wrongRange(fault: Fault): InvalidInputError {
  return new InvalidInputError('The range is not right', [fault]);
}
