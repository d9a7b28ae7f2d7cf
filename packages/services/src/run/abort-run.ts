import { failure } from '@runnel/contracts';
import {
  endTasks,
  RunStore,
  type DataSource,
  type EntityManager,
  type RunKey,
  type RunView,
} from '@runnel/store';

/** How a task ends that nobody had claimed. */
export const abortedInQueue = {
  status: 'aborted',
  failure: failure('ABORTED', 'The run was aborted before the task began'),
} as const;

/**
 * Aborts a run: its queued tasks end now, its running ones as soon as their workers hear of it.
 * `changed` is false when it had ended or was being aborted. Null when there is no such run.
 */
export async function abortRun(
  dataSource: DataSource,
  key: RunKey,
): Promise<{ run: RunView; changed: boolean } | null> {
  const store = new RunStore(dataSource.manager);
  const changed = await store.markAborting(key);
  if (changed) await endQueued(dataSource, [key.runId]);
  const run = await store.find(key, 0);
  return run && { run, changed };
}

/**
 * Marks runs in the transaction of what they give way to; gives those whose queued tasks are to be ended when that is
 * committed: by `endQueued`, or else by the sweep. Not before, as whoever claims a task has it, and waits for its run.
 */
export async function markAllAborting(
  manager: EntityManager,
  spaceId: string,
  runIds: string[],
): Promise<string[]> {
  const store = new RunStore(manager);
  const marked: string[] = [];
  for (const runId of [...runIds].sort()) {
    if (await store.markAborting({ spaceId, robotId: null, runId })) marked.push(runId);
  }
  return marked;
}

/** Ends what nobody has claimed of runs that are marked. */
export async function endQueued(dataSource: DataSource, runIds: string[]): Promise<void> {
  for (const queuedOf of runIds) await endTasks(dataSource, { queuedOf }, abortedInQueue);
}
