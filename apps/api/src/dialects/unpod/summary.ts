import type { Task } from '@runnel/contracts';
import { momentOf } from './moment-of';

type TaskState = Omit<Task, 'inputs'>;

/** What became of a task, in a sentence for a person. */
export function summaryOf(task: TaskState): string {
  const attempts = task.attempt - task.attemptsReturned;
  const behind = `after ${counted(Math.max(attempts, 1), 'attempt')}`;
  switch (task.status) {
    case 'queued':
      return waiting(task);
    case 'running':
      return `Running: ${rowsOf(task, 'no rows')} so far`;
    case 'succeeded':
      return `${rowsOf(task, 'No rows')}, ${behind}`;
    case 'aborted':
      return task.startedAt === null ? 'Aborted before it began' : `Aborted ${behind}`;
    case 'failed':
      return `Failed ${behind}${why(task)}`;
    case 'timed_out':
      return `Timed out ${behind}${why(task)}`;
  }
}

/** True for a task that begins at a moment which was asked for. */
export function isDelayed({ status, attempt, notBefore }: TaskState): boolean {
  return status === 'queued' && attempt === 0 && notBefore !== null && notBefore.getTime() > Date.now();
}

function waiting(task: TaskState): string {
  if (task.attempt > 0) return `Waiting for another attempt${why(task)}`;
  return isDelayed(task) && task.notBefore ? `Waiting until ${momentOf(task.notBefore)} UTC` : 'Waiting';
}

function rowsOf({ rowCount, lists }: TaskState, none: string): string {
  if (rowCount === 0) return none;
  return `${counted(rowCount, 'row')} in ${counted(Object.keys(lists).length, 'list')}`;
}

function why({ failure }: TaskState): string {
  return failure ? `: ${failure.code}: ${failure.message}` : '';
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
