import type { Schedule } from '@runnel/contracts';
import { jitterOf } from './jitter';
import { momentsBetween } from './moments';

/** A moment that was looked at so much later is missed, in milliseconds. */
const graceMs = 60_000;
/** So many missed moments are told one by one. */
const mostTold = 1_000;

export interface DueMoments {
  /** In order. */
  missed: Date[];
  /** The newest, if somebody looked at it in time. */
  onTime: Date | null;
  /** Moments before those that are missed as well, and too many to be told one by one. */
  untold: { first: Date; until: Date } | null;
  /** From where the next moment is looked for. */
  until: Date;
}

/** The moments of a schedule that are due. A moment is missed when a later one is due as well, or it is a minute old. */
export function dueMoments(schedule: Schedule, now: Date): DueMoments {
  const offset = jitterOf(schedule.id, schedule.jitterSeconds);
  const until = new Date(now.getTime() - offset);
  const { moments, untold } = momentsUntil(schedule, until);
  const newest = moments.at(-1);
  const isOnTime = newest !== undefined && until.getTime() - newest.getTime() <= graceMs;
  return isOnTime
    ? { missed: moments.slice(0, -1), onTime: newest, untold, until }
    : { missed: moments, onTime: null, untold, until };
}

function momentsUntil(schedule: Schedule, until: Date): Pick<DueMoments, 'untold'> & { moments: Date[] } {
  const { nextMoment: first } = schedule;
  if (!first || first > until) return { moments: [], untold: null };
  const after = (from: Date): Date[] => momentsBetween(schedule, { after: from, until, most: mostTold + 1 });
  const all = [first, ...after(first)];
  if (all.length <= mostTold) return { moments: all, untold: null };
  // Only the newest matter: those within the window, or as many of them as can be told.
  const windowMs = schedule.misfireWindowSeconds * 1_000;
  let from = new Date(Math.max(first.getTime(), until.getTime() - Math.max(windowMs, graceMs)));
  let moments = after(from);
  while (moments.length > mostTold) {
    from = new Date((from.getTime() + until.getTime()) / 2);
    moments = after(from);
  }
  return { moments, untold: { first, until: from } };
}
