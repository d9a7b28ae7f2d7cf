import { isRunEnded, type WantedVersion } from '@runnel/contracts';
import { failedTasks, RunStore, type RunKey, type RunView } from '@runnel/store';
import type { Started } from './replay';
import { startRun, type StartDeps } from './start-run';

export interface RetryRun {
  key: RunKey;
  /** Null: the version that the run was of. */
  version: WantedVersion | null;
  idempotencyKey: string | null;
  /** The key that asks for it. */
  keyId?: string | null;
}

/** Why a run cannot be done again. */
export class NothingToRetryError extends Error {
  constructor(readonly run: RunView) {
    super(isRunEnded(run.status) ? 'no task of it failed' : 'it has not ended');
    this.name = 'NothingToRetryError';
  }
}

/**
 * Does the tasks of an ended run that did not succeed again, as a new run that points to it. Null when there is no
 * such run, or it has no such version.
 * @throws NothingToRetryError, and what `startRun` throws.
 */
export async function retryRun(
  deps: StartDeps,
  { key, version, idempotencyKey, keyId = null }: RetryRun,
): Promise<Started | null> {
  const run = await new RunStore(deps.dataSource.manager).find(key, 0);
  if (!run) return null;
  const failed = isRunEnded(run.status) ? await failedTasks(deps.dataSource.manager, run.id) : [];
  if (failed.length === 0) throw new NothingToRetryError(run);
  const noName = { id: null, name: null, type: null };
  const records = failed.map(({ inputs, record }) => ({ ...(record ?? noName), inputs, isText: false }));
  return startRun(deps, {
    spaceId: key.spaceId,
    robotId: run.robotId,
    asked: { retryOf: run.id, version },
    version: version ?? run.robotVersion,
    // What another version does not declare is kept as well: who mends a robot wants to do again what failed.
    records: () => records,
    name: run.name,
    tags: run.tags,
    priority: run.priority,
    maxAttempts: failed[0]?.maxAttempts ?? null,
    retryOf: run.id,
    idempotencyKey,
    keyId,
  });
}
