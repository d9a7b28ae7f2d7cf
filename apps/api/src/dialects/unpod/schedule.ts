import type { Schedule } from './create-body';

const week = 7 * 86_400_000;

/** When the tasks may begin; null: now. */
export function momentIn(schedule: Schedule | null | undefined): Date | null {
  if (schedule?.type !== 'custom') return null;
  return new Date(`${schedule.calling_date}T${schedule.calling_time}Z`);
}

/** True for a moment to come, no further away than a week. */
export function isSoon(moment: Date, now: number): boolean {
  const away = moment.getTime() - now;
  return away > 0 && away <= week;
}
