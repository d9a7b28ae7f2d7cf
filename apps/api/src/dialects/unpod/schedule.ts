import type { Schedule } from './create-body';

/** When the tasks may begin; null: now. */
export function momentIn(schedule: Schedule | null | undefined): Date | null {
  if (schedule?.type !== 'custom') return null;
  return new Date(`${schedule.calling_date}T${schedule.calling_time}Z`);
}
