import { FailureError } from '@runnel/contracts';
import type { Job } from '@runnel/queue';
import type { Logger } from '@runnel/runtime';
import { TaskStore, type Claim, type ClaimedTask } from '@runnel/store';
import { AttemptStopped } from './attempt-stopped';
import { endAttempt } from './end-attempt';
import { runRobot, type EngineDeps } from './engine/run-robot';
import { keepClaim } from './heartbeat';
import { LedgerOutput } from './ledger-output';

export interface WorkerDeps extends EngineDeps {
  logger: Logger;
  workerId: string;
  leaseMs: number;
  /** The attempts that run now: a stopping worker ends them by these. */
  attempts: Set<AbortController>;
}

/** What a job comes to: the task is claimed, its robot runs on a session of its own, its rows and its end are written. */
export async function executeTask(deps: WorkerDeps, job: Job): Promise<void> {
  const store = new TaskStore(deps.dataSource.manager);
  const task = await store.claim(job.taskId, deps.workerId, deps.leaseMs);
  if (!task) return;
  const logger = deps.logger.child({ run: task.runId, task: task.id, attempt: task.attempt });
  logger.debug('started');
  const thrown = await attempt(deps, store, task);
  if (thrown !== null && !isExpected(thrown)) logger.error({ err: thrown }, 'the attempt broke');
  await endAttempt({ dataSource: deps.dataSource, store }, task, thrown);
  logger.info(
    thrown instanceof Error ? { reason: thrown.message } : {},
    thrown === null ? 'succeeded' : 'stopped',
  );
}

/** Runs the robot while the claim holds and the time lasts. Gives what was thrown, or null. */
async function attempt(deps: WorkerDeps, store: TaskStore, task: ClaimedTask): Promise<unknown> {
  const claim: Claim = { taskId: task.id, attempt: task.attempt };
  const controller = new AbortController();
  deps.attempts.add(controller);
  const heartbeat = keepClaim(store, claim, { leaseMs: deps.leaseMs, attempt: controller });
  const deadline = setTimeout(
    () => controller.abort(new AttemptStopped('deadline')),
    Math.max(0, task.remainingMs),
  );
  try {
    if (task.isRunAborting) throw new AttemptStopped('aborted');
    await runRobot(deps, { task, output: new LedgerOutput(store, claim), signal: controller.signal });
    return null;
  } catch (error) {
    return controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(deadline);
    heartbeat.stop();
    deps.attempts.delete(controller);
  }
}

function isExpected(thrown: unknown): boolean {
  return (
    thrown instanceof AttemptStopped || (thrown instanceof FailureError && thrown.failure.code !== 'INTERNAL')
  );
}
