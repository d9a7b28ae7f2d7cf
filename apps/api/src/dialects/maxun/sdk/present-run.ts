import type { Definition } from '@runnel/contracts';
import type { ListedRow, RunView } from '@runnel/store';
import { z } from 'zod';
import type { Links } from '../../../run-links';
import { presentRun } from '../present-run';
import { statusWords } from '../status-words';
import { flatOutputSchema, outputSchema, presentFlat, presentOutput } from './run-output';

const status = z.enum(statusWords);
const dataTruncated = z.literal(true).optional().meta({
  description: 'There are more rows than stand here: GET /api/robots/{id}/runs/{runId}/data has all',
});

/** A run as Maxun's clients read it. */
const runSchema = z.object({
  id: z.uuid(),
  runId: z.uuid(),
  robotMetaId: z.uuid(),
  name: z.string(),
  status,
  startedAt: z.iso.datetime().meta({ description: 'When it began; before that, when it was made' }),
  finishedAt: z.iso.datetime().nullable(),
  runByUserId: z.string().nullable(),
  runByScheduleId: z.string().nullable(),
  runByAPI: z.literal(true).nullable(),
  serializableOutput: outputSchema,
  binaryOutput: z.record(z.string(), z.string()).meta({ description: 'Addresses of what it made, by name' }),
  dataTruncated,
  error: z.string().optional(),
});

export const runAnswer = z.object({ data: runSchema });
export const runsAnswer = z.object({
  data: z.array(runSchema),
  totalCount: z.number().int(),
  nextCursor: z.string().nullable(),
});
export const abortedAnswer = z.object({ message: z.string(), data: runSchema });

export const executedAnswer = z.object({
  data: z.object({
    runId: z.uuid(),
    status,
    data: flatOutputSchema,
    screenshots: z.array(z.string()),
    dataTruncated,
  }),
});

/** What a run gave, and the definition that tells what each list is. */
export interface Output {
  definition: Definition;
  rows: ListedRow[];
}

export function presentRow(view: RunView, links: Links, output: Output): z.infer<typeof runSchema> {
  const { id, runId, name, robotId, status: word, timestamps, artifacts, ...by } = presentRun(view, links);
  return {
    id,
    runId,
    robotMetaId: robotId,
    name,
    status: word,
    startedAt: timestamps.startedAt ?? timestamps.createdAt,
    finishedAt: timestamps.finishedAt,
    runByUserId: by.runByUserId,
    runByScheduleId: by.runByScheduleId,
    runByAPI: by.runByAPI,
    serializableOutput: presentOutput(output.definition, output.rows),
    binaryOutput: Object.fromEntries(artifacts.toReversed().map((made) => [made.name, made.url])),
    ...cut(view, output),
    ...(view.failure && { error: view.failure.message }),
  };
}

export function presentExecuted(view: RunView, links: Links, output: Output): z.infer<typeof executedAnswer> {
  const { runId, status: word, screenshots } = presentRun(view, links);
  const data = presentFlat(output.definition, output.rows);
  return { data: { runId, status: word, data, screenshots, ...cut(view, output) } };
}

function cut({ rowCount }: RunView, { rows }: Output): { dataTruncated?: true } {
  return rows.length < rowCount ? { dataTruncated: true } : {};
}
