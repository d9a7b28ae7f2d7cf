import { FailureError } from '@runnel/contracts';
import type { Job } from '@runnel/queue';
import type { Logger } from '@runnel/runtime';
import type { Dispatcher } from '@runnel/services';
import { TaskStore, type Claim, type ClaimedTask } from '@runnel/store';
import { AttemptStopped } from './attempt-stopped';
import { endAttempt } from './end-attempt';
import { runRobot, type EngineDeps } from './engine/run-robot';
import { keepClaim } from './heartbeat';
import { LedgerOutput } from './ledger-output';
import type { RunningAttempt } from './running-attempt';

export interface WorkerDeps extends EngineDeps {
  logger: Logger;
  /** A task that begins or ends makes room for another. */
  dispatcher: Pick<Dispatcher, 'soon'>;
  workerId: string;
  leaseMs: number;
  /** The attempts that run now: an abort and a stopping worker end them by these. */
  attempts: Set<RunningAttempt>;
}

/** What a job comes to: the task is claimed, its robot runs on a session of its own, its rows and its end are written. */
export async function executeTask(deps: WorkerDeps, job: Job): Promise<void> {
  const controller = new AbortController();
  const running: RunningAttempt = {
    runId: job.runId,
    stop: (reason) => controller.abort(new AttemptStopped(reason)),
  };
  // Before the claim: an abort that is told while the claim is under way is not told again.
  deps.attempts.add(running);
  try {
    await claimAndRun(deps, job, controller);
  } finally {
    deps.attempts.delete(running);
  }
}

async function claimAndRun(deps: WorkerDeps, job: Job, controller: AbortController): Promise<void> {
  const { dataSource, leaseMs, dispatcher } = deps;
  const store = new TaskStore(dataSource.manager);
  const task = await store.claim(job.taskId, deps.workerId, leaseMs);
  if (!task) return;
  dispatcher.soon();
  const logger = deps.logger.child({ run: task.runId, task: task.id, attempt: task.attempt });
  logger.debug('started');
  const claim: Claim = { taskId: task.id, attempt: task.attempt };
  // Also while the end is written, which may take a few tries.
  const heartbeat = keepClaim(store, claim, { leaseMs, attempt: controller });
  try {
    const output = new LedgerOutput(store, claim, { signal: controller.signal, leaseMs });
    const thrown = await attempt(deps, { task, output }, controller);
    if (thrown !== null && !isExpected(thrown)) logger.error({ err: thrown }, 'the attempt broke');
    await endAttempt({ dataSource, store, leaseMs }, task, thrown);
    dispatcher.soon();
    const why = thrown instanceof Error ? { reason: thrown.message } : {};
    logger.info(why, thrown === null ? 'succeeded' : 'stopped');
  } finally {
    heartbeat.stop();
  }
}

/** Runs the robot while the claim holds and the time lasts. Gives what was thrown, or null. */
async function attempt(
  deps: WorkerDeps,
  { task, output }: { task: ClaimedTask; output: LedgerOutput },
  controller: AbortController,
): Promise<unknown> {
  const { signal } = controller;
  const deadline = setTimeout(
    () => controller.abort(new AttemptStopped('deadline')),
    Math.max(0, task.remainingMs),
  );
  if (task.isRunAborting) controller.abort(new AttemptStopped('aborted'));
  try {
    signal.throwIfAborted();
    await runRobot(deps, { task, output, signal });
    return null;
  } catch (error) {
    return signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(deadline);
  }
}

function isExpected(thrown: unknown): boolean {
  return (
    thrown instanceof AttemptStopped || (thrown instanceof FailureError && thrown.failure.code !== 'INTERNAL')
  );
}
