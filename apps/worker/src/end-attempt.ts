import { setTimeout as sleep } from 'node:timers/promises';
import { failure, FailureError, type Failure } from '@runnel/contracts';
import {
  endTasks,
  isUnavailable,
  type Claim,
  type ClaimedTask,
  type DataSource,
  type TaskStore,
} from '@runnel/store';
import { AttemptStopped } from './attempt-stopped';

const backoffMs = 1_000;
const longestBackoffMs = 60_000;
const tryAgainMs = 500;
const mostReturns = 10;

/** The one place that turns what an attempt came to, null or anything thrown, into the task's next state. */
export async function endAttempt(
  deps: { dataSource: DataSource; store: TaskStore; leaseMs: number },
  task: ClaimedTask,
  thrown: unknown,
): Promise<void> {
  const claim: Claim = { taskId: task.id, attempt: task.attempt };
  const write = (): Promise<unknown> => {
    if (thrown === null) return endTasks(deps.dataSource, claim, { status: 'succeeded', failure: null });
    if (isLedgerAway(task, thrown)) return giveBack(deps.store, claim, 'ledger');
    if (thrown instanceof AttemptStopped) return stopAttempt(deps, task, thrown);
    return failAttempt(deps, task, failureOf(thrown));
  };
  // Longer than the lease it is of no use: the sweep has the task by then. A write that was committed although its
  // answer was lost is refused by the fence when it is tried again.
  const giveUpAt = performance.now() + deps.leaseMs;
  for (;;) {
    try {
      return void (await write());
    } catch (error) {
      if (performance.now() >= giveUpAt) throw error;
      await sleep(tryAgainMs);
    }
  }
}

/**
 * The claim may be lost because the ledger was away: if nobody has taken the task back, it is given back. What may be
 * done once is not done again; and what the ledger cannot take at all would come back for ever.
 */
function isLedgerAway({ attemptsReturned, maxAttempts }: ClaimedTask, thrown: unknown): boolean {
  const isAway =
    thrown instanceof AttemptStopped
      ? thrown.reason === 'lost'
      : !(thrown instanceof FailureError) && isUnavailable(thrown);
  return isAway && maxAttempts > 1 && attemptsReturned < mostReturns;
}

async function stopAttempt(
  { dataSource, store }: { dataSource: DataSource; store: TaskStore },
  task: ClaimedTask,
  { reason }: AttemptStopped,
): Promise<unknown> {
  const claim: Claim = { taskId: task.id, attempt: task.attempt };
  if (reason === 'aborted') {
    return endTasks(dataSource, claim, {
      status: 'aborted',
      failure: failure('ABORTED', 'The run was aborted'),
    });
  }
  if (reason === 'deadline') {
    const message = `The task was not done within ${task.deadlineMs} ms, the robot's deadline`;
    const found = failure('DEADLINE', message, { deadlineMs: task.deadlineMs });
    return endTasks(dataSource, claim, { status: 'timed_out', failure: found });
  }
  return reason === 'lost' ? false : giveBack(store, claim, reason);
}

const whyBack = {
  drain: 'the worker is stopping and gives its tasks back',
  engine: 'the page is read again, by the browser',
  ledger: 'the ledger was away while the task ran',
};

/** No attempt is spent. */
function giveBack(store: TaskStore, claim: Claim, why: keyof typeof whyBack): Promise<boolean> {
  return store.requeue(claim, { reason: whyBack[why], failure: null, delayMs: 0, attempt: 'returned' });
}

async function failAttempt(
  { dataSource, store }: { dataSource: DataSource; store: TaskStore },
  task: ClaimedTask,
  found: Failure,
): Promise<unknown> {
  const claim: Claim = { taskId: task.id, attempt: task.attempt };
  const spent = task.attempt - task.attemptsReturned;
  if (!found.retryable || spent >= task.maxAttempts) {
    return endTasks(dataSource, claim, { status: 'failed', failure: found });
  }
  const reason = `attempt ${spent} of ${task.maxAttempts} failed: ${found.message}`;
  return store.requeue(claim, {
    reason,
    failure: found,
    delayMs: delayAfter(found, spent),
    attempt: 'spent',
  });
}

/** As long as the site asks for, within bounds; else what is usual. */
function delayAfter({ details }: Failure, spent: number): number {
  const asked = details?.['retryAfterMs'];
  return Math.max(backoff(spent), typeof asked === 'number' ? Math.min(asked, longestBackoffMs) : 0);
}

/** Exponential, with jitter, so that tasks which failed together do not come back together. */
function backoff(spent: number): number {
  return Math.min(longestBackoffMs, backoffMs * 2 ** (spent - 1)) * (0.75 + Math.random() / 2);
}

function failureOf(thrown: unknown): Failure {
  if (thrown instanceof FailureError) return thrown.failure;
  return failure('INTERNAL', 'The worker met a fault of its own; its log has it');
}
