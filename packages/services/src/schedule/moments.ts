import type { Trigger } from '@runnel/contracts';
import { cronOf } from './cron-of';

/** For those who write patterns. */
export const momentsExplained = [
  'Patterns are read in the time zone of the schedule.',
  'When the clocks change, times that a pattern names (`30 2 * * *`, `30 2,14 * * *`) come once a day all the same:',
  'one that the day does not have comes at the end of the gap (03:00 for 02:30), one that it has twice comes the',
  'first time. Patterns with `*` or a step in the hour, minute or second (`0 * * * *`, `*/30 2 * * *`) go by real',
  'time: nothing comes in the gap, and the hour that the day has twice counts twice.',
].join(' ');

/** The first moment behind `after`; `startAt` and `endAt` may be moments themselves. */
export function momentAfter(trigger: Trigger, after: Date): Date | null {
  for (const moment of momentsOf(trigger, after)) return moment;
  return null;
}

/** The first `most` moments behind `after`, up to `until` and with it. */
export function momentsBetween(
  trigger: Trigger,
  { after, until, most }: { after: Date; until: Date; most: number },
): Date[] {
  const moments: Date[] = [];
  if (most < 1) return moments;
  for (const moment of momentsOf(trigger, after)) {
    if (moment > until) break;
    moments.push(moment);
    // Asked before the next one is looked for, which may be far.
    if (moments.length >= most) break;
  }
  return moments;
}

function* momentsOf(trigger: Trigger, after: Date): Generator<Date> {
  const { startAt, endAt } = trigger;
  // Moments are behind what they are looked for from, and one at `startAt` counts.
  const from = startAt && startAt > after ? new Date(startAt.getTime() - 1) : after;
  for (const moment of unlimited(trigger, from)) {
    if (endAt && moment > endAt) return;
    yield moment;
  }
}

function* unlimited({ cron, timezone, runAt }: Trigger, from: Date): Generator<Date> {
  if (runAt && runAt > from) yield runAt;
  if (cron === null) return;
  const pattern = cronOf({ cron, timezone });
  for (let next = pattern.nextRun(from); next; next = pattern.nextRun(next)) yield next;
}
