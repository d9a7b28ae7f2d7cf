import { isRunEnded, runStatusOf, type Task } from '@runnel/contracts';
import { checkEvents } from './check-events';
import { checkRows } from './check-rows';
import { Claims } from './claims';
import type { LedgerRun } from './ledger-snapshot';
import type { Problem } from './problem';
import type { RunPlan, TaskPlan } from './run-plan';

/** A task that took this many workers with it is ended: the product's own rule, which faults can fulfil. */
const poisonLosses = 2;

/** Holds one run of the ledger against its plan. `isAborted`: an abort of it was accepted. */
export function checkRun(found: LedgerRun, plan: RunPlan, isAborted: boolean): Problem[] {
  const { run, tasks } = found;
  const claims = new Claims(run.id);
  if (!isRunEnded(run.status)) {
    claims.say('lost', `it is still ${run.status}: ${tasks.map(({ status }) => status).join(', ')}`);
    return claims.problems;
  }
  if (isAborted) claims.equal('the state, after its abort was accepted,', run.status, 'aborted');
  claims.holds(
    tasks.length >= plan.tasks.length,
    'lost',
    `it has ${tasks.length} of ${plan.tasks.length} tasks`,
  );
  for (const task of tasks) {
    const taskPlan = plan.tasks[task.ordinal];
    const due = plannedEnd(taskPlan);
    const isEndAllowed = endOf(task) === due || mayEndSo(task, run.status === 'aborted');
    const told = `task ${task.ordinal} is ${endOf(task)} (${task.failure?.message ?? ''}), due is ${due}`;
    claims.holds(isEndAllowed, 'wrong', told);
    checkRows(found, task, { plan, claims });
  }
  checkCounters(found, claims);
  checkTimes(found, claims);
  checkEvents(found, claims);
  return claims.problems;
}

function endOf({ status, failure }: Task): string {
  return failure ? `${status} with ${failure.code}` : status;
}

function plannedEnd(plan: TaskPlan | undefined): string {
  return plan?.fails ? `failed with ${plan.fails}` : 'succeeded';
}

/** A task may end otherwise than planned when its run was aborted, or when faults took its workers. */
function mayEndSo(task: Task, isRunAborted: boolean): boolean {
  if (task.status === 'aborted') return isRunAborted;
  return task.status === 'failed' && task.failure?.code === 'WORKER_LOST' && isSpent(task);
}

/** The loss that ends a task is not counted in its row any more. */
function isSpent({ attempt, attemptsLost, attemptsReturned, maxAttempts }: Task): boolean {
  return attemptsLost + 1 >= poisonLosses || attempt - attemptsReturned >= maxAttempts;
}

/** A run counts its tasks by their ends, and has the state that follows. */
function checkCounters({ run, tasks }: LedgerRun, claims: Claims): void {
  const found = {
    all: run.taskCount,
    succeeded: run.tasksSucceeded,
    failed: run.tasksFailed,
    timed_out: run.tasksTimedOut,
    aborted: run.tasksAborted,
  };
  const withStatus = (status: Task['status']): number =>
    tasks.filter((task) => task.status === status).length;
  claims.equal('the count of its tasks', found, {
    all: tasks.length,
    succeeded: withStatus('succeeded'),
    failed: withStatus('failed'),
    timed_out: withStatus('timed_out'),
    aborted: withStatus('aborted'),
  });
  const counts = { ...found, taskCount: found.all, timedOut: found.timed_out };
  claims.equal('its state', run.status, runStatusOf(counts, run.status === 'aborted'));
}

function checkTimes({ run, tasks }: LedgerRun, claims: Claims): void {
  const { createdAt, startedAt, finishedAt } = run;
  if (!finishedAt) return claims.say('wrong', 'it has ended and has no moment of its end');
  const order = [createdAt, startedAt ?? createdAt, finishedAt].map(Number);
  claims.equal(
    'the order of its moments',
    order,
    [...order].sort((a, b) => a - b),
  );
  for (const { ordinal, finishedAt: ended, leaseUntil } of tasks) {
    claims.holds(ended !== null && ended <= finishedAt, 'wrong', `task ${ordinal} ended after its run`);
    claims.equal(`the lease of task ${ordinal}`, leaseUntil, null);
  }
}
