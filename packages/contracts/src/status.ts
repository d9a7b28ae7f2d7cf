/** The life of a task and of a run: the one table that says which move is allowed. */

export const taskStatuses = ['queued', 'running', 'succeeded', 'failed', 'timed_out', 'aborted'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const runStatuses = [
  'queued',
  'running',
  'aborting',
  'succeeded',
  'partial',
  'failed',
  'timed_out',
  'aborted',
] as const;
export type RunStatus = (typeof runStatuses)[number];

/** A state that nothing leaves. */
export type RunEnd = Exclude<RunStatus, 'queued' | 'running' | 'aborting'>;

const taskMoves: Record<TaskStatus, readonly TaskStatus[]> = {
  queued: ['running', 'aborted'],
  running: ['queued', 'succeeded', 'failed', 'timed_out', 'aborted'],
  succeeded: [],
  failed: [],
  timed_out: [],
  aborted: [],
};

const runMoves: Record<RunStatus, readonly RunStatus[]> = {
  queued: ['running', 'aborting', 'aborted'],
  running: ['aborting', 'succeeded', 'partial', 'failed', 'timed_out', 'aborted'],
  aborting: ['aborted'],
  succeeded: [],
  partial: [],
  failed: [],
  timed_out: [],
  aborted: [],
};

/** The states from which a task may move to `next`: what a guarded UPDATE puts in its WHERE. */
export function taskStatusesBefore(next: TaskStatus): TaskStatus[] {
  return taskStatuses.filter((status) => taskMoves[status].includes(next));
}

/** The states from which a run may move to `next`. */
export function runStatusesBefore(next: RunStatus): RunStatus[] {
  return runStatuses.filter((status) => runMoves[status].includes(next));
}

/** True for a state that nothing leaves. */
export function isRunEnded(status: RunStatus): boolean {
  return runMoves[status].length === 0;
}

/** How many of a run's tasks have ended, and how. */
export interface TaskCounts {
  taskCount: number;
  succeeded: number;
  failed: number;
  timedOut: number;
  aborted: number;
}

/** The state that a run's tasks give it, or null while one of them has not ended. */
export function runStatusOf(counts: TaskCounts, aborting: boolean): RunEnd | null {
  const { taskCount, succeeded, failed, timedOut, aborted } = counts;
  if (succeeded + failed + timedOut + aborted < taskCount) return null;
  if (aborting) return 'aborted';
  if (succeeded === taskCount) return 'succeeded';
  if (succeeded > 0) return 'partial';
  if (timedOut === taskCount) return 'timed_out';
  return aborted === taskCount ? 'aborted' : 'failed';
}
