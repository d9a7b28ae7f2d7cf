import { failureSchema, type Inputs } from '@runnel/contracts';
import type { SpaceTaskView } from '@runnel/store';
import { z } from 'zod';
import { artifactUrl, dataUrl, type Links } from '../../run-links';
import { statusWords, wordFor } from './status-words';

const word = z.string().nullable();

const taskSchema = z
  .object({
    id: z.uuid(),
    ordinal: z.number().int(),
    status: z.enum(statusWords),
    record: z.object({ id: word, name: word, type: word }).nullable(),
    inputs: z.record(z.string(), z.unknown()),
    attempts: z.number().int(),
    rows: z.number().int(),
    lists: z.record(z.string(), z.object({ count: z.number().int() })),
    error: failureSchema.nullable(),
    timestamps: z.object({ createdAt: z.string(), startedAt: word, finishedAt: word }),
    artifacts: z.array(
      z.object({ name: z.string(), contentType: z.string(), size: z.number().int(), url: z.string() }),
    ),
    links: z.object({ data: z.string() }),
  })
  .meta({ id: 'Task' });

export const tasksAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  tasks: z.object({
    totalCount: z.number().int(),
    items: z.array(taskSchema),
    nextCursor: z.string().nullable(),
  }),
});

/** A task whose inputs were read. */
export type WholeTask = SpaceTaskView & { inputs: Inputs };

export function presentTask(task: WholeTask, links: Links): z.infer<typeof taskSchema> {
  const { id, run, ordinal, status, record, inputs, lists, createdAt, startedAt, finishedAt } = task;
  return {
    id,
    ordinal,
    status: wordFor(status),
    record,
    inputs,
    attempts: task.attempt,
    rows: task.rowCount,
    lists: Object.fromEntries(Object.entries(lists).map(([list, count]) => [list, { count }])),
    error: task.failure,
    timestamps: {
      createdAt: createdAt.toISOString(),
      startedAt: startedAt?.toISOString() ?? null,
      finishedAt: finishedAt?.toISOString() ?? null,
    },
    artifacts: task.artifacts.map((artifact) => ({
      ...artifact,
      url: artifactUrl(run, { taskId: id, name: artifact.name }, links),
    })),
    links: { data: dataUrl(run, links.base, id) },
  };
}
