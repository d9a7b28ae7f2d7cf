import { runStatuses, taskStatuses, type RunStatus, type TaskStatus } from '@runnel/contracts';
import type { FireState, FireView } from '@runnel/store';

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

/** What became of a moment of a schedule: the word of its run, where it started one. */
export const scheduleRunWords = [...batchWords, 'skipped', 'removed'] as const;
export type ScheduleRunWord = (typeof scheduleRunWords)[number];

export function scheduleRunWordFor({ outcome, run }: Pick<FireView, 'outcome' | 'run'>): ScheduleRunWord {
  if (outcome === null) return 'queued';
  if (outcome === 'error') return 'failed';
  if (outcome !== 'started') return 'skipped';
  return run ? batchWordFor(run.status) : 'removed';
}

const withoutRun: Partial<Record<ScheduleRunWord, FireState[]>> = {
  queued: ['waiting'],
  failed: ['error'],
  skipped: ['skipped'],
  removed: ['removed'],
};

export function fireStatesFor(word: ScheduleRunWord): FireState[] {
  const ofRuns = runStatuses.filter((status) => ofBatches[status] === word);
  return [...(withoutRun[word] ?? []), ...ofRuns];
}
