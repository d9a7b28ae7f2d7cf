import type { RunHead } from '@runnel/store';
import { z } from 'zod';
import { asToken } from '../../id-forms';
import { runWord } from './ids';
import { momentOf } from './moment-of';
import { statusWords, wordFor } from './status-words';

/** What runs and tasks tell alike of where they belong. */
export const originFields = {
  run_id: z.string().meta({ example: 'Recac64fe03e911f1878d43cd8a99e069' }),
  space_id: z.string().meta({ example: 'SA2W8R6NZRK6C9PO3JSL1J85' }),
  collection_ref: z.string().meta({ example: 'collection_data_SA2W8R6NZRK6C9PO3JSL1J85' }),
  run_mode: z.enum(['prod', 'dev']).meta({ description: '`dev`: a draft of the agent ran' }),
  status: z.enum(statusWords),
  user: z.null(),
  user_info: z.object({ email: z.string(), full_name: z.string() }),
  thread_id: z.string(),
  created: z.string().meta({ description: 'UTC', example: '2026-02-07T05:57:45' }),
  modified: z.string().meta({ description: 'UTC', example: '2026-02-07T05:57:45' }),
};

export const runSchema = z.object({
  ...originFields,
  run_name: z.string(),
  agent_handle: z.string(),
  batch_count: z.number().int().meta({ description: 'Its tasks' }),
});

export const executionSchema = z.object({
  run_id: originFields.run_id,
  status: originFields.status,
  total_tasks: z.number().int(),
  completed_tasks: z.number().int().meta({ description: 'Those that succeeded' }),
  created: originFields.created,
});

/** Of a run, whoever tells of it. */
export function originOf({ id, stage }: Pick<RunHead, 'id' | 'stage'>, spaceId: string) {
  const token = asToken(spaceId);
  return {
    run_id: runWord(id),
    space_id: token,
    collection_ref: `collection_data_${token}`,
    run_mode: stage === 'published' ? ('prod' as const) : ('dev' as const),
    user: null,
    user_info: { email: '', full_name: 'API' },
    thread_id: runWord(id),
  };
}

export function presentRun(run: RunHead): z.infer<typeof runSchema> {
  return {
    ...originOf(run, run.spaceId),
    status: statusOf(run),
    run_name: run.name,
    agent_handle: run.robotHandle,
    batch_count: run.taskCount,
    created: momentOf(run.createdAt),
    modified: lastMoved(run),
  };
}

export function presentExecution(run: RunHead): z.infer<typeof executionSchema> {
  return {
    run_id: runWord(run.id),
    status: statusOf(run),
    total_tasks: run.taskCount,
    completed_tasks: run.tasksSucceeded,
    created: momentOf(run.createdAt),
  };
}

/** When a run or a task last became something else. */
export function lastMoved(of: Pick<RunHead, 'createdAt' | 'startedAt' | 'finishedAt'>): string {
  return momentOf(of.finishedAt ?? of.startedAt ?? of.createdAt);
}

/** The word for a run as it is now. */
export function statusOf({ status, notBefore }: RunHead): z.infer<typeof originFields.status> {
  return wordFor(status, notBefore !== null && notBefore.getTime() > Date.now());
}
