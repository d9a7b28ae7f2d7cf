import type { Schedule } from '@runnel/contracts';
import type { ScheduleKey } from '@runnel/store';
import { changeSchedule, saveSchedule, type LockedSchedule } from './change-schedule';
import type { ScheduleDeps } from './schedule-deps';

/**
 * Stops a schedule from starting runs by itself until it is resumed; what waits is skipped. A note that it has stays,
 * unless there is a new one. Null when there is no such schedule.
 */
export async function pauseSchedule(
  { dataSource }: ScheduleDeps,
  key: ScheduleKey,
  note: string | null,
): Promise<Schedule | null> {
  return changeSchedule(dataSource, key, async (locked) =>
    saveSchedule(locked.store, { ...locked.schedule, ...(await pausing(locked, note)) }),
  );
}

/** What changes when a person pauses a schedule; what waited is skipped. */
export async function pausing(
  { schedule, store, now }: LockedSchedule,
  note: string | null,
): Promise<Pick<Schedule, 'pausedAt' | 'pausedBy' | 'pauseNote' | 'waiting'>> {
  if (schedule.waiting > 0) await store.endWaiting([schedule.id], pausedReason(note));
  const pauseNote = note ?? schedule.pauseNote;
  return { pausedAt: schedule.pausedAt ?? now, pausedBy: 'person', pauseNote, waiting: 0 };
}

/** Why a moment was skipped. */
export function pausedReason(note: string | null): string {
  return `the schedule is paused${note === null ? '' : `: ${note}`}`;
}
