import type { Fault, Trigger } from '@runnel/contracts';
import { InvalidInputError } from '../invalid-input';
import { runOfSchedule, type ScheduledWork } from './run-of-schedule';
import type { ScheduleDeps } from './schedule-deps';
import { NoMatchError } from './target-records';
import { triggerFaults } from './trigger-faults';

export interface Checked {
  /** What is known to be wrong already. */
  faults: Fault[];
  /** Null: it is as it was, and may be of the past. */
  trigger: Trigger | null;
  now: Date;
  /** What its runs would be made of; null: as they are already. */
  work: ScheduledWork | null;
}

/**
 * Tells what is wrong with a schedule before it is saved. Its target is tried out: the run that it would start now is
 * built, and not started. False when there is no such robot.
 * @throws InvalidInputError with every fault.
 */
export async function checkSchedule(
  deps: ScheduleDeps,
  { faults: known, trigger, now, work }: Checked,
): Promise<boolean> {
  const faults = [...known, ...(trigger ? triggerFaults(trigger, now) : [])];
  const refused = work ? await tryOut(deps, work) : null;
  if (refused === 'no robot') return false;
  const all = [...faults, ...(refused?.faults ?? [])];
  if (all.length === 0) return true;
  const message = refused && faults.length === 0 ? refused.message : 'The schedule is not right';
  throw new InvalidInputError(message, all);
}

/** A filter of rows that matches nothing yet may match when the schedule fires. */
async function tryOut(
  deps: ScheduleDeps,
  work: ScheduledWork,
): Promise<InvalidInputError | 'no robot' | null> {
  try {
    // As the robot is now: what is remembered of it may be an older version.
    return (await runOfSchedule(deps, work, 'read')) ? null : 'no robot';
  } catch (error) {
    if (error instanceof NoMatchError) return null;
    if (!(error instanceof InvalidInputError)) throw error;
    return new InvalidInputError(error.message, error.faults.map(inTarget));
  }
}

/** What a run is given stands in the schedule's target. */
function inTarget(fault: Fault): Fault {
  const isGiven = /^(inputs|records|fileIds|recordFilter)(?![\w-])/.test(fault.path);
  return isGiven ? { ...fault, path: `target.${fault.path}` } : fault;
}
