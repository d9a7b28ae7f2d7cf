import { z } from 'zod';

/** "Look at task X": ids only, so that losing it loses nothing. */
export const jobSchema = z.object({ runId: z.uuid(), taskId: z.uuid() });
export type Job = z.infer<typeof jobSchema>;

/** One attempt has one job: adding it twice is harmless, and the next attempt's is another. */
export interface NewJob extends Job {
  attempt: number;
}

export const queueName = 'tasks';

export function jobId({ taskId, attempt }: NewJob): string {
  return `${taskId}-${attempt}`;
}
