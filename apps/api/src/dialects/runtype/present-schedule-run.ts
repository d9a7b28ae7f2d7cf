import { fireKinds, fireOutcomes } from '@runnel/contracts';
import type { FireRun, FireView } from '@runnel/store';
import { z } from 'zod';
import { idFor } from './ids';
import { momentOf, momentOrNull, momentSchema } from './moment';
import { scheduleRunWordFor, scheduleRunWords } from './status-words';

const count = z.number().int().min(0);
const records = count.nullable();

const scheduleRunSchema = z
  .object({
    id: z.string(),
    scheduleId: z.string(),
    scheduleName: z.string(),
    flowId: z.string(),
    flowName: z.string(),
    agentId: z.null(),
    agentExecutionId: z.null(),
    batchExecutionId: z.string().nullable().meta({ description: 'Null when it started nothing' }),
    status: z.enum(scheduleRunWords).meta({
      description: '`skipped`: it was left out. `removed`: its run is not kept any more, nor how that ended.',
    }),
    totalRecords: records.meta({ description: 'Null when its run was removed since' }),
    processedRecords: records,
    failedRecords: records,
    error: z.string().nullable().meta({ description: 'Why it failed, or could not start' }),
    kind: z.enum(fireKinds).meta({
      description:
        '`cron`: its moment came. `catch_up`: its moment was missed, and made up for. `manual`: somebody started it. ' +
        '`backfill`: it is one of a range that somebody gave.',
    }),
    scheduledFor: momentSchema.meta({ description: 'Its moment, without the jitter' }),
    firedAt: momentSchema.nullable().meta({ description: 'When it was started or left out; null: it waits' }),
    outcome: z.enum(fireOutcomes).nullable(),
    reason: z.string().nullable().meta({ description: 'Why that became of it, in a sentence' }),
    createdAt: momentSchema,
    startedAt: momentSchema.nullable(),
    completedAt: momentSchema.nullable(),
  })
  .meta({ id: 'ScheduleRun', description: 'What became of one moment of a schedule' });

export const runsOfScheduleAnswer = z.object({ data: z.array(scheduleRunSchema) });

export const scheduleRunsAnswer = z.object({
  data: z.array(scheduleRunSchema),
  pagination: z.object({ hasMore: z.boolean(), limit: count, offset: count, total: count }),
});

export function presentScheduleRun(fire: FireView): z.input<typeof scheduleRunSchema> {
  const { id, kind, outcome, run, firedAt } = fire;
  const reason = reasonOf(fire);
  const isOver = outcome !== null && outcome !== 'started';
  return {
    id: idFor('run', id),
    scheduleId: idFor('sch', fire.scheduleId),
    scheduleName: fire.scheduleName,
    flowId: idFor('flow', fire.robotId),
    flowName: fire.robotName,
    agentId: null,
    agentExecutionId: null,
    batchExecutionId: run && idFor('batch', run.id),
    status: scheduleRunWordFor(fire),
    ...recordsOf(fire),
    error: outcome === 'error' ? reason : fire.failure,
    kind,
    scheduledFor: momentOf(fire.scheduledFor),
    firedAt: momentOrNull(firedAt),
    outcome,
    reason,
    createdAt: momentOf(fire.createdAt),
    startedAt: momentOrNull(run?.startedAt ?? null),
    completedAt: momentOrNull(isOver ? firedAt : (run?.finishedAt ?? null)),
  };
}

/** What is a robot to the verbs is a flow here; but for a part of a path that has this name. */
function reasonOf(fire: FireView): string | null {
  if (isRemoved(fire)) return 'its run was removed since';
  if (fire.outcome !== 'error') return fire.reason;
  return fire.reason?.replace(/(?<![\w.-])robot(?![\w.-])/g, 'flow') ?? null;
}

/** True when it started a run that is not kept any more. */
function isRemoved({ outcome, run }: FireView): boolean {
  return outcome === 'started' && run === null;
}

function recordsOf(fire: FireView) {
  if (isRemoved(fire)) return { totalRecords: null, processedRecords: null, failedRecords: null };
  return fire.run ? countsOf(fire.run) : { totalRecords: 0, processedRecords: 0, failedRecords: 0 };
}

function countsOf({ taskCount, tasksSucceeded, tasksFailed, tasksTimedOut, tasksAborted }: FireRun) {
  const failedRecords = tasksFailed + tasksTimedOut + tasksAborted;
  return { totalRecords: taskCount, processedRecords: tasksSucceeded + failedRecords, failedRecords };
}
