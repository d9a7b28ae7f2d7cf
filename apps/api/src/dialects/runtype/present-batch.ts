import type { RunHead, SpaceTaskView } from '@runnel/store';
import { z } from 'zod';
import { idFor } from './ids';
import { momentOrNull, momentSchema } from './moment';
import { presentResult, resultSchema } from './present-result';
import { batchWordFor, batchWords } from './status-words';

const status = z.enum(batchWords);
const count = z.number().int().min(0);
const progress = count.max(100).meta({ description: 'Per cent of the records that are done' });

export const batchAnswer = z.object({ batchExecutionId: z.string(), status });

export const batchStatusAnswer = z.object({
  batchExecutionId: z.string(),
  flowId: z.string(),
  status,
  progress,
  totalRecords: count,
  processedRecords: count.meta({ description: 'Those that are done, however they ended' }),
  failedRecords: count.meta({ description: 'Of these, those that failed or were cancelled' }),
  successCount: count,
  startedAt: momentSchema.nullable(),
  completedAt: momentSchema.nullable(),
  results: z.array(resultSchema).meta({ description: 'Those of the first 100 records' }),
  resultsTruncated: z.literal(true).optional().meta({
    description:
      'When there are more: `GET /v1/schedules/batch/{batchId}/results` gives all of them, in pages',
  }),
});

const batchItem = z
  .object({
    id: z.string(),
    flowName: z.string(),
    status,
    progress,
    totalRecords: count,
    processedRecords: count,
    failedRecords: count,
    startedAt: momentSchema.nullable(),
  })
  .meta({ id: 'BatchItem' });

export const summaryAnswer = z.object({
  activeBatches: count.meta({ description: 'How many have not ended' }),
  recentlyCompleted: count.meta({ description: 'How many stand in `recent`' }),
  batches: z.array(batchItem).meta({ description: 'Those that have not ended, the newest 100' }),
  recent: z.array(batchItem).meta({ description: 'The newest 20 that have ended' }),
});

export function presentBatch(run: RunHead): z.infer<typeof batchAnswer> {
  return { batchExecutionId: idFor('batch', run.id), status: batchWordFor(run.status) };
}

export function presentStatus(run: RunHead, tasks: SpaceTaskView[]): z.infer<typeof batchStatusAnswer> {
  return {
    ...presentBatch(run),
    flowId: idFor('flow', run.robotId),
    ...countsOf(run),
    successCount: run.tasksSucceeded,
    startedAt: momentOrNull(run.startedAt),
    completedAt: momentOrNull(run.finishedAt),
    results: tasks.map(presentResult),
    ...(tasks.length < run.taskCount && { resultsTruncated: true }),
  };
}

export function presentItem(run: RunHead): z.infer<typeof batchItem> {
  return {
    id: idFor('batch', run.id),
    flowName: run.robotName,
    status: batchWordFor(run.status),
    ...countsOf(run),
    startedAt: momentOrNull(run.startedAt),
  };
}

/** Done is only what is done whole. */
function countsOf({ taskCount, tasksSucceeded, tasksFailed, tasksTimedOut, tasksAborted }: RunHead) {
  const failedRecords = tasksFailed + tasksTimedOut + tasksAborted;
  const processedRecords = tasksSucceeded + failedRecords;
  const percent = Math.floor((100 * processedRecords) / taskCount);
  return { progress: percent, totalRecords: taskCount, processedRecords, failedRecords };
}
