import type { ScheduleHead } from '@runnel/store';
import { momentsBetween } from './moments';

/** A moment that was looked at so much later is missed, in milliseconds. */
const graceMs = 60_000;
/** So many missed moments are told one by one, unless more are made up for. */
const mostTold = 100;

export interface DueMoments {
  /** In order. */
  missed: Date[];
  /** The newest, if somebody looked at it in time. */
  onTime: Date | null;
  /** Moments before those that are missed as well, and too many to be told one by one. */
  untold: { first: Date; until: Date } | null;
  /** From where the next moment is looked for; null: none is due. */
  until: Date | null;
}

/**
 * The moments of a schedule that are due. A moment is missed when a later one is due as well, or it is a minute old.
 * Each costs some 50 µs to find, so that it matters how many they are.
 */
export function dueMoments(schedule: ScheduleHead, now: Date): DueMoments {
  const { nextMoment: first, dueAt } = schedule;
  if (!first || !dueAt || dueAt > now) return { missed: [], onTime: null, untold: null, until: null };
  const until = untilOf(schedule, now);
  const { moments, untold } = momentsUntil(schedule, { first, until });
  const newest = moments.at(-1);
  const isOnTime = newest !== undefined && until.getTime() - newest.getTime() <= graceMs;
  return isOnTime
    ? { missed: moments.slice(0, -1), onTime: newest, untold, until }
    : { missed: moments, onTime: null, untold, until };
}

/** Moments up to this one are due: its runs start so much later than their moments. */
export function untilOf({ nextMoment, dueAt }: Pick<ScheduleHead, 'nextMoment' | 'dueAt'>, now: Date): Date {
  const delay = nextMoment && dueAt ? dueAt.getTime() - nextMoment.getTime() : 0;
  return new Date(now.getTime() - delay);
}

interface Span {
  first: Date;
  until: Date;
}

function momentsUntil(
  schedule: ScheduleHead,
  { first, until }: Span,
): Pick<DueMoments, 'untold'> & { moments: Date[] } {
  const most = schedule.misfirePolicy === 'catch_up' ? Math.max(mostTold, schedule.catchUpMax) : mostTold;
  const all = [first, ...momentsBetween(schedule, { after: first, until, most })];
  if (all.length <= most) return { moments: all, untold: null };
  const moments = newestOf(schedule, { first, until }, most);
  return { moments, untold: { first, until: moments[0] ?? until } };
}

/**
 * The newest `most` moments behind the first: looked for in ever longer spans, and then in between, so that few are found
 * in vain.
 */
function newestOf(schedule: ScheduleHead, { first, until }: Span, most: number): Date[] {
  let newest: Date[] = [];
  let width = graceMs;
  let tooWide = Infinity;
  for (let enough = 0; enough < until.getTime() - first.getTime() && tooWide - enough > 1_000;) {
    const after = new Date(Math.max(first.getTime(), until.getTime() - width));
    const found = momentsBetween(schedule, { after, until, most: 2 * most });
    // There may be more of them, and these are the oldest.
    if (found.length === 2 * most) tooWide = width;
    else {
      newest = found.slice(-most);
      if (newest.length === most) break;
      enough = width;
    }
    width = tooWide === Infinity ? 2 * width : (enough + tooWide) / 2;
  }
  return newest;
}
