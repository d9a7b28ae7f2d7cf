import { runStatuses, taskStatuses, type RunStatus, type TaskStatus } from '@runnel/contracts';

const words = {
  queued: 'pending',
  running: 'running',
  aborting: 'running',
  succeeded: 'completed',
  partial: 'partially_completed',
  failed: 'failed',
  timed_out: 'failed',
  aborted: 'failed',
} as const satisfies Record<RunStatus, string>;

type Word = (typeof words)[RunStatus];
export type StatusWord = Word | 'scheduled';

export const statusWords: StatusWord[] = [...new Set<StatusWord>(Object.values(words)), 'scheduled'];

/** What a filter may say beside them, and how it is read. Nothing is ever on hold. */
const others: Record<string, Word | null> = {
  scheduled: 'pending',
  in_progress: 'running',
  processing: 'running',
  hold: null,
};

export const askedWords = [...new Set([...Object.values(words), ...Object.keys(others)])];

/** `isDelayed`: it waits for a moment that was asked for. */
export function wordFor(status: RunStatus, isDelayed: boolean): StatusWord {
  return status === 'queued' && isDelayed ? 'scheduled' : words[status];
}

export function statusesFor(word: string): RunStatus[] {
  return runStatuses.filter((status) => words[status] === readAs(word));
}

export function taskStatusesFor(word: string): TaskStatus[] {
  return taskStatuses.filter((status) => words[status] === readAs(word));
}

function readAs(word: string): string | null {
  const other = others[word];
  return other === undefined ? word : other;
}
