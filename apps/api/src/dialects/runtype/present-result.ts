import type { SpaceTaskView } from '@runnel/store';
import { z } from 'zod';
import { idFor } from './ids';
import { momentOf, momentOrNull, momentSchema } from './moment';
import { resultWordFor, resultWords } from './status-words';

export const resultSchema = z
  .object({
    agentExecutionId: z.string(),
    createdAt: momentSchema,
    error: z.string().nullable().meta({ description: 'Why it failed, in a sentence' }),
    executedAt: momentSchema.nullable().meta({ description: 'When it began; null while it waits' }),
    failedAt: momentSchema.nullable(),
    flowId: z.string(),
    flowName: z.string(),
    record: z.object({ id: z.string(), name: z.string(), type: z.string() }),
    recordId: z.string(),
    recordResultId: z.string(),
    status: z.enum(resultWords),
  })
  .meta({ id: 'Result', description: 'What became of one record' });

const count = z.number().int().min(0);

export const resultsAnswer = z.object({
  data: z.array(resultSchema),
  pagination: z.object({
    hasMore: z.boolean(),
    limit: count,
    offset: count,
    total: count,
  }),
});

export function presentResult(task: SpaceTaskView): z.infer<typeof resultSchema> {
  const status = resultWordFor(task.status);
  const hasFailed = status === 'failed';
  const record = recordOf(task);
  return {
    agentExecutionId: idFor('exec', task.id),
    createdAt: momentOf(task.createdAt),
    // A task that is tried again has its last failure still.
    error: hasFailed ? (task.failure?.message ?? null) : null,
    executedAt: momentOrNull(task.startedAt),
    failedAt: hasFailed ? momentOrNull(task.finishedAt) : null,
    flowId: idFor('flow', task.run.robotId),
    flowName: task.run.robotName,
    record,
    recordId: record.id,
    recordResultId: idFor('res', task.id),
    status,
  };
}

/** One that the caller gave no id, name or type has some all the same. */
function recordOf({ id: taskId, record }: SpaceTaskView): { id: string; name: string; type: string } {
  const id = record?.id ?? idFor('rec', taskId);
  return { id, name: record?.name ?? id, type: record?.type ?? 'record' };
}
