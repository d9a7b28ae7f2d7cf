import { z } from 'zod';

/** "Look at task X": ids only, so that losing it loses nothing. */
export const jobSchema = z.object({ runId: z.uuid(), taskId: z.uuid() });
export type Job = z.infer<typeof jobSchema>;

/** One attempt has one job: adding it twice is harmless, and the next attempt's is another. */
export interface NewJob extends Job {
  attempt: number;
  /** How often the queue was told of this attempt again. */
  reminders: number;
}

/**
 * A job that the queue holds fast and nobody works on is left behind: after so many reminders there is another, and
 * then after twice as many each time, for mostly it just waits for a worker.
 */
const remindersOfAJob = 5;

export const queueName = 'tasks';

export function jobId({ taskId, attempt, reminders }: NewJob): string {
  return `${taskId}-${attempt}-${Math.floor(Math.log2(1 + reminders / remindersOfAJob))}`;
}
