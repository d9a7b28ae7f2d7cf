import { failure } from '@runnel/contracts';
import { endTasks, RunStore, type DataSource, type RunKey, type RunView } from '@runnel/store';

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
  if (changed) await endTasks(dataSource, { queuedOf: key.runId }, abortedInQueue);
  const run = await store.find(key, 0);
  return run && { run, changed };
}
