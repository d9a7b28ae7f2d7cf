import type { RunStatus, Stage } from '@runnel/contracts';

/** All that the contract names. `Pending` is never given: see `words`. */
export const statusWords = [
  'Created',
  'Pending',
  'Running',
  'Succeeded',
  'Failed',
  'Cancelled',
  'TimedOut',
] as const;
export type StatusWord = (typeof statusWords)[number];

/**
 * How this dialect names the states of runs. `Pending` would be a run whose job was taken up and which does not run
 * yet. Here that is one and the same moment: the worker that takes the job up claims the task, and then the run is
 * running; a run whose task waits to be tried again stays so. When a job was added is known of tasks only, and differs
 * among the tasks of a run.
 */
const words = {
  queued: 'Created',
  running: 'Running',
  aborting: 'Running',
  succeeded: 'Succeeded',
  partial: 'Succeeded',
  failed: 'Failed',
  timed_out: 'TimedOut',
  aborted: 'Cancelled',
} as const satisfies Record<RunStatus, StatusWord>;

export function wordFor(status: RunStatus): StatusWord {
  return words[status];
}

export const stageWords = ['Draft', 'Published'] as const;
export type StageWord = (typeof stageWords)[number];

const stages = { Draft: 'draft', Published: 'published' } as const satisfies Record<StageWord, Stage>;

export function stageOf(word: StageWord): Stage {
  return stages[word];
}

export function stageWordFor(stage: Stage): StageWord {
  return stage === 'draft' ? 'Draft' : 'Published';
}
