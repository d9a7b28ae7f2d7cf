import type { Schedule } from '@runnel/contracts';
import { endTasks, RunStore, type EntityManager } from '@runnel/store';
import { abortedInQueue } from '../run/abort-run';

/**
 * Ends the run that was made ahead for a moment which starts nothing any more. In the transaction that says so of the
 * schedule, which is locked: nobody else would ever let that run begin.
 */
export async function abortAhead(
  manager: EntityManager,
  { spaceId, aheadRunId }: Pick<Schedule, 'spaceId' | 'aheadRunId'>,
): Promise<void> {
  if (aheadRunId === null) return;
  const key = { spaceId, robotId: null, runId: aheadRunId };
  // What is not marked now has ended, or whoever marked it ends it.
  if (!(await new RunStore(manager).markAborting(key))) return;
  await endTasks(manager, { queuedOf: aheadRunId }, abortedInQueue);
}
