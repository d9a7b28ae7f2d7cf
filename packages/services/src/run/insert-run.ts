import { insertRuns, RunStore, type EntityManager, type NewRun } from '@runnel/store';
import { found, type Replayable, type Started } from './replay';
import { refusedError } from './start-refused';

/**
 * Inserts a run in the transaction of what starts it. Null when its robot is gone, or has another version by now.
 * @throws InvalidInputError, SpaceFullError, BudgetSpentError, KeyReusedError, RunRemovedError
 */
export async function insertRun(
  manager: EntityManager,
  command: Replayable,
  run: NewRun,
): Promise<Started | null> {
  const [inserted] = await insertRuns(manager, [run]);
  if (!inserted || inserted.kind === 'gone') return null;
  if (inserted.kind === 'full' || inserted.kind === 'spent') throw refusedError(inserted, run.tasks.length);
  if (inserted.kind === 'known') return found(manager, command, inserted);
  const { spaceId, robotId, id: runId } = run;
  const view = await new RunStore(manager).find({ spaceId, robotId, runId }, 0);
  return view && { run: view, isReplayed: false };
}
