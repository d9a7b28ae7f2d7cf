import { runStatuses, taskStatuses, type RunStatus, type TaskStatus } from '@runnel/contracts';

/** How this dialect names the states of runs and tasks. One that timed out is failed, with code DEADLINE. */
const words = {
  queued: 'queued',
  running: 'running',
  aborting: 'aborting',
  succeeded: 'success',
  partial: 'partial',
  failed: 'failed',
  timed_out: 'failed',
  aborted: 'aborted',
} as const satisfies Record<RunStatus, string>;

export type StatusWord = (typeof words)[RunStatus];
export const statusWords = [...new Set(Object.values(words))];

export function wordFor(status: RunStatus): StatusWord {
  return words[status];
}

export function statusesFor(word: StatusWord): RunStatus[] {
  return runStatuses.filter((status) => words[status] === word);
}

export function taskStatusesFor(word: StatusWord): TaskStatus[] {
  return taskStatuses.filter((status) => words[status] === word);
}
