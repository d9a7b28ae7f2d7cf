import type { ListedRow, RunView } from '@runnel/store';
import { z } from 'zod';
import { asBase36 } from '../../id-forms';
import type { Links } from '../../run-links';
import { outputsOf, outputsSchema } from './outputs';
import { idSchema, nameSchema, shownName } from './resource';
import { stageWordFor, stageWords, statusWords, wordFor } from './status-words';

export const runSchema = z.object({
  id: idSchema,
  name: nameSchema,
  process_id: idSchema,
  agent_id: idSchema,
  stage: z.enum(stageWords),
  status: z.enum(statusWords),
  created_at: z.string().meta({ description: 'In UTC, without a zone', example: '2021-01-01T12:00:00' }),
  file_ids: z.array(idSchema).nullable(),
  outputs: outputsSchema,
});

export const runsAnswer = z.object({
  items: z.array(runSchema).nullable(),
  continuation_token: z
    .string()
    .nullable()
    .meta({ description: 'Of the next page; null behind the last one' }),
});

export function presentRun(run: RunView, rows: ListedRow[], links: Links): z.infer<typeof runSchema> {
  return {
    id: asBase36(run.id),
    name: shownName(run.name),
    process_id: asBase36(run.robotId),
    agent_id: asBase36(run.spaceId),
    stage: stageWordFor(run.stage),
    status: wordFor(run.status),
    created_at: run.createdAt.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length),
    file_ids: run.fileIds.length > 0 ? run.fileIds.map(asBase36) : null,
    outputs: outputsOf(run, rows, links),
  };
}
