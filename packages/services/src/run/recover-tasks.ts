import { failure, type Task } from '@runnel/contracts';
import { endTasks, TaskStore, type DataSource } from '@runnel/store';
import { abortedInQueue } from './abort-run';
import type { Dispatcher } from './dispatcher';

const batch = 500;
/** After a start of Postgres, workers may renew their claims before they count as lost: it was the one that was away. */
const settleMs = 5_000;
/** A task that took this many workers with it is not given to another. */
const poisonLosses = 2;

/**
 * Takes back what dead workers held, ends what came back to an aborted run, tells the queue of the tasks whose turn it
 * is, and again of those that nobody took. Any number may do so at once. A task that makes trouble is told to `onError`
 * and does not hold up the others.
 */
export async function recoverTasks(deps: {
  dataSource: DataSource;
  dispatcher: Dispatcher;
  onError: (error: unknown) => void;
}): Promise<{ lost: number; dispatched: number }> {
  const { dataSource, dispatcher, onError } = deps;
  const store = new TaskStore(dataSource.manager);
  const lost = await store.lost(batch, settleMs);
  await Promise.all(lost.map((task) => takeBack(dataSource, task).catch(onError)));
  for (const queuedOf of await store.abortingWithQueued()) {
    await endTasks(dataSource, { queuedOf }, abortedInQueue).catch(onError);
  }
  const dispatched = (await dispatcher.dispatch()) + (await dispatcher.remind());
  return { lost: lost.length, dispatched };
}

async function takeBack(dataSource: DataSource, task: Task): Promise<void> {
  const claim = { taskId: task.id, attempt: task.attempt };
  const losses = task.attemptsLost + 1;
  const spent = task.attempt - task.attemptsReturned;
  const reason = `worker ${task.workerId ?? '?'} was not heard of any more`;
  const found = failure('WORKER_LOST', `Attempt ${task.attempt} ended: ${reason}`, { losses });
  if (losses >= poisonLosses || spent >= task.maxAttempts) {
    await endTasks(dataSource, claim, { status: 'failed', failure: found, onlyLost: true });
  } else {
    await new TaskStore(dataSource.manager).requeue(claim, {
      reason,
      failure: found,
      delayMs: 0,
      attempt: 'lost',
    });
  }
}
