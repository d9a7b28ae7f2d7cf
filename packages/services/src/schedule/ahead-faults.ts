import { isDeepStrictEqual } from 'node:util';
import type { Fault, Schedule } from '@runnel/contracts';

/** What the run is made of; its moment is not. */
const fixed = ['robotId', 'type', 'target', 'maxAttempts'] as const;

/** What cannot be changed any more of a schedule whose run was made with it. */
export function aheadFaults(
  schedule: Pick<Schedule, (typeof fixed)[number] | 'aheadRunId'>,
  wanted: Pick<Schedule, (typeof fixed)[number]>,
): Fault[] {
  if (schedule.aheadRunId === null) return [];
  const message =
    'cannot be changed: the run of this schedule is made already; delete the schedule and make another';
  return fixed
    .filter((property) => !isDeepStrictEqual(schedule[property], wanted[property]))
    .map((path) => ({ path, message }));
}
