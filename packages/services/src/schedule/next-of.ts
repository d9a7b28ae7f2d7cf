import type { Schedule, Trigger } from '@runnel/contracts';
import { jitterOf } from './jitter';
import { momentAfter } from './moments';

type Timed = Trigger & Pick<Schedule, 'id' | 'jitterSeconds' | 'maxFires' | 'fired'>;

export interface Next {
  nextMoment: Date | null;
  dueAt: Date | null;
}

/** The moment of a schedule that comes after `after`, and when it is due. */
export function nextOf(schedule: Timed, after: Date): Next {
  const { maxFires, fired } = schedule;
  const nextMoment = maxFires !== null && fired >= maxFires ? null : momentAfter(schedule, after);
  return { nextMoment, dueAt: nextMoment && dueAtOf(schedule, nextMoment) };
}

/** When a run of the moment starts: as much later as it is for each moment of the schedule. */
export function dueAtOf({ id, jitterSeconds }: Pick<Schedule, 'id' | 'jitterSeconds'>, moment: Date): Date {
  return new Date(moment.getTime() + jitterOf(id, jitterSeconds));
}
