import { taskStatuses, type RunStatus, type TaskStatus } from '@runnel/contracts';

/** How this dialect names the states of tasks. */
const ofResults = {
  queued: 'pending',
  running: 'running',
  succeeded: 'success',
  failed: 'failed',
  timed_out: 'failed',
  aborted: 'failed',
} as const satisfies Record<TaskStatus, string>;

/** And of runs. An abort is never taken back, so what is being aborted is cancelled. */
const ofBatches = {
  queued: 'queued',
  running: 'running',
  aborting: 'cancelled',
  succeeded: 'completed',
  partial: 'completed',
  failed: 'failed',
  timed_out: 'failed',
  aborted: 'cancelled',
} as const satisfies Record<RunStatus, string>;

export type ResultWord = (typeof ofResults)[TaskStatus];
export type BatchWord = (typeof ofBatches)[RunStatus];
export const resultWords = [...new Set(Object.values(ofResults))];
export const batchWords = [...new Set(Object.values(ofBatches))];

export function resultWordFor(status: TaskStatus): ResultWord {
  return ofResults[status];
}

export function batchWordFor(status: RunStatus): BatchWord {
  return ofBatches[status];
}

/** The API's own documentation says `completed` of a result as well. */
export function taskStatusesFor(word: ResultWord | 'completed'): TaskStatus[] {
  const meant = word === 'completed' ? 'success' : word;
  return taskStatuses.filter((status) => ofResults[status] === meant);
}
