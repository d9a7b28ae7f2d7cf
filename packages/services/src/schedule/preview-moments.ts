import type { Trigger } from '@runnel/contracts';
import { cronOf } from './cron-of';
import { momentsBetween } from './moments';
import { writtenOffset, zoneOffsets } from './zone-offsets';

/**
 * What a change of the clocks does to a moment. `moved`: the day does not have its time of day, and it comes at the end
 * of the gap. The others: the day has its time of day twice.
 */
export const momentShifts = ['moved', 'first_of_two', 'second_of_two'] as const;
export type MomentShift = (typeof momentShifts)[number];

export interface MomentPreview {
  moment: Date;
  /** By the clocks of the zone: `2026-03-29T03:00:00+02:00`. */
  local: string;
  offset: string;
  isDaylightSaving: boolean;
  shift: MomentShift | null;
}

/** No clock change is nearer to another one, and none moves the clocks by more, but for a date line. */
const nearMs = 3 * 3_600_000;
/** The last time that a date can have. */
const farthest = new Date(8.64e15);

/** The first `count` moments, from `from` on. */
export function previewMoments(
  trigger: Trigger,
  { from, count }: { from: Date; count: number },
): MomentPreview[] {
  const after = new Date(from.getTime() - 1);
  const moments = momentsBetween(trigger, { after, until: farthest, most: count });
  const { cron, timezone } = trigger;
  const offsetAt = zoneOffsets(timezone);
  const pattern = cron === null ? null : cronOf({ cron, timezone });
  return moments.map((moment) => {
    const offset = offsetAt(moment.getTime());
    const written = writtenOffset(offset);
    const isMoved = pattern !== null && !pattern.match(moment);
    return {
      moment,
      local: new Date(moment.getTime() + offset).toISOString().slice(0, 19) + written,
      offset: written,
      isDaylightSaving: offset > standardOffset(moment, offsetAt),
      shift: isMoved ? 'moved' : repetition(moment.getTime(), offsetAt),
    };
  });
}

/** Zones have their standard time in January or in July, or in both. */
function standardOffset(moment: Date, offsetAt: (at: number) => number): number {
  const year = moment.getUTCFullYear();
  return Math.min(...[0, 6].map((month) => offsetAt(Date.UTC(year, month, 1))));
}

function repetition(at: number, offsetAt: (at: number) => number): MomentShift | null {
  const offset = offsetAt(at);
  const showsTheSame = (near: number): boolean => {
    const other = offsetAt(near);
    const sameTime = at + offset - other;
    return other !== offset && offsetAt(sameTime) === other;
  };
  if (showsTheSame(at + nearMs)) return 'first_of_two';
  return showsTheSame(at - nearMs) ? 'second_of_two' : null;
}
