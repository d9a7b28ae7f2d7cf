import { isRunEnded } from '@runnel/contracts';
import { PruneStore, RunStore, type DataSource, type RunKey, type RunView } from '@runnel/store';

/**
 * Removes an ended run: nobody sees it any more, and `prune` deletes what is of it. `isRemoved` is false when it has
 * not ended. Null when there is no such run.
 */
export async function removeRun(
  dataSource: DataSource,
  key: RunKey,
): Promise<{ run: RunView; isRemoved: boolean } | null> {
  const run = await new RunStore(dataSource.manager).find(key, 0);
  if (!run || !isRunEnded(run.status)) return run && { run, isRemoved: false };
  // An end is for good; but somebody else may have removed it at this moment.
  return (await new PruneStore(dataSource).markRemoved(key)) ? { run, isRemoved: true } : null;
}
