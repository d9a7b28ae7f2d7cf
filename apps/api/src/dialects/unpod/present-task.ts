import { failureSchema, type RowData } from '@runnel/contracts';
import type { SpaceTaskView } from '@runnel/store';
import { z } from 'zod';
import { artifactUrl, dataUrl, type Links } from '../../run-links';
import { taskWord } from './ids';
import { momentOf } from './moment-of';
import { lastMoved, originFields, originOf } from './present-run';
import { wordFor } from './status-words';
import { isDelayed, summaryOf } from './summary';

/** At most this many rows stand in a task's `output`. */
export const rowsInOutput = 100;

const usualType = 'scrape';

const outputSchema = z.object({
  rows: z.array(z.unknown()).meta({ description: `The first ${rowsInOutput}` }),
  row_count: z.number().int(),
  rows_truncated: z.literal(true).optional(),
  data_url: z.string().optional().meta({ description: 'All rows, where these are not all' }),
  lists: z.record(z.string(), z.object({ count: z.number().int() })),
  summary: z.string().meta({ example: '24 rows in 1 list, after 1 attempt' }),
  artifacts: z.array(
    z.object({ name: z.string(), content_type: z.string(), size: z.number().int(), url: z.string() }),
  ),
  error: failureSchema.nullable(),
});

export const taskSchema = z.object({
  _id: z.string(),
  ...originFields,
  task_id: z.string().meta({ example: 'T40fe5eface1511f082ac156368e7acc4' }),
  execution_type: z.string().meta({ description: `\`${usualType}\`, or what the caller called it` }),
  assignee: z.string().meta({ description: "The agent's handle" }),
  ref_id: z.string().nullable().meta({ description: "The document's own id" }),
  task: z.object({ objective: z.string() }),
  input: z.record(z.string(), z.unknown()),
  input_truncated: z.literal(true).optional().meta({
    description: '`input` is left out, for the page has very large ones before it; a smaller page has it',
  }),
  output: outputSchema,
  attachments: z.array(z.unknown()),
});

/** A task with the first of its rows. */
export function presentTask(
  task: SpaceTaskView,
  shown: { rows: RowData[]; links: Links },
): z.infer<typeof taskSchema> {
  const { id, run, record } = task;
  return {
    _id: taskWord(id),
    ...originOf(run, task.spaceId),
    task_id: taskWord(id),
    status: wordFor(task.status, isDelayed(task)),
    execution_type: record?.type ?? usualType,
    assignee: run.robotHandle,
    ref_id: record?.id ?? null,
    task: { objective: run.robotName },
    input: task.inputs ?? {},
    ...(task.inputs === null && { input_truncated: true }),
    output: outputOf(task, shown),
    attachments: [],
    created: momentOf(task.createdAt),
    modified: lastMoved(task),
  };
}

function outputOf(
  task: SpaceTaskView,
  { rows, links }: { rows: RowData[]; links: Links },
): z.infer<typeof outputSchema> {
  const { id, run, rowCount } = task;
  return {
    rows,
    row_count: rowCount,
    ...(rows.length < rowCount && { rows_truncated: true, data_url: dataUrl(run, links.base, id) }),
    lists: Object.fromEntries(Object.entries(task.lists).map(([list, count]) => [list, { count }])),
    summary: summaryOf(task),
    artifacts: task.artifacts.map(({ name, contentType, size }) => ({
      ...{ name, content_type: contentType, size },
      url: artifactUrl(run, { taskId: id, name }, links),
    })),
    error: task.failure,
  };
}
