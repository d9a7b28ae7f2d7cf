import { misfirePolicies, overlapPolicies, type Schedule, type ScheduledRecord } from '@runnel/contracts';
import type { ScheduleView } from '@runnel/store';
import { z } from 'zod';
import { idFor } from './ids';
import { listPagination } from './list-page';
import { momentOf, momentOrNull, momentSchema } from './moment';
import { presentRecordFilter, recordFilter } from './record-filter';
import { isNamed } from './schedule-change';
import { batchWordFor, batchWords } from './status-words';

const count = z.number().int().min(0);
const values = z.record(z.string(), z.unknown());
const none = z.null().meta({ description: 'There is none here' });

export const scheduleSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    flowId: z.string(),
    flowName: z.string(),
    agentId: none,
    inputs: values,
    recordType: z.string().nullable(),
    recordIds: z.array(z.string()),
    records: z.array(z.object({ id: z.string().nullable(), name: z.string().nullable(), inputs: values })),
    fileIds: z.array(z.string()),
    recordFilter: recordFilter.nullable(),
    triggerType: z.enum(['recurring', 'one_time']),
    cron: z.string().nullable(),
    runAt: momentSchema.nullable(),
    timezone: z.string(),
    startAt: momentSchema.nullable(),
    endAt: momentSchema.nullable(),
    maxFires: count.nullable(),
    fired: count.meta({ description: 'Moments that started a run; they count for `maxFires`' }),
    jitterSeconds: count,
    overlapPolicy: z.enum(overlapPolicies),
    misfirePolicy: z.enum(misfirePolicies),
    misfireWindowSeconds: count,
    catchUpMax: count,
    pauseAfterFailures: count.nullable(),
    enabled: z.boolean().meta({ description: 'False while it is paused' }),
    status: z.enum(['active', 'paused', 'finished']).meta({
      description: 'Finished: no moment of it is to come',
    }),
    pausedAt: momentSchema.nullable(),
    pausedBy: z.enum(['person', 'failures']).nullable(),
    pauseNote: z.string().nullable(),
    executionOptions: values,
    nextRunAt: momentSchema
      .nullable()
      .meta({ description: 'When its next moment is due, with the jitter; a paused schedule skips it' }),
    nextScheduledFor: momentSchema.nullable().meta({ description: 'That moment, without the jitter' }),
    lastRunAt: momentSchema.nullable(),
    lastRunStatus: z.enum(batchWords).nullable(),
    waiting: count.meta({ description: 'Its runs that wait for another to end' }),
    organizationId: z.string(),
    productSurfaceId: none,
    userId: none,
    createdAt: momentSchema,
    updatedAt: momentSchema,
  })
  .meta({ id: 'Schedule' });

export const schedulesAnswer = z.object({ data: z.array(scheduleSchema), pagination: listPagination });

export function presentSchedule(schedule: ScheduleView): z.input<typeof scheduleSchema> {
  const { id, spaceId, robotId, name, executionOptions, lastRunStatus } = schedule;
  return {
    id: idFor('sch', id),
    name,
    flowId: idFor('flow', robotId),
    flowName: schedule.robotName,
    agentId: null,
    ...targetOf(schedule),
    ...triggerOf(schedule),
    ...policiesOf(schedule),
    ...stateOf(schedule),
    executionOptions,
    nextRunAt: momentOrNull(schedule.dueAt),
    nextScheduledFor: momentOrNull(schedule.nextMoment),
    lastRunAt: momentOrNull(schedule.lastRunAt),
    lastRunStatus: lastRunStatus && batchWordFor(lastRunStatus),
    organizationId: idFor('org', spaceId),
    productSurfaceId: null,
    userId: null,
    createdAt: momentOf(schedule.createdAt),
    updatedAt: momentOf(schedule.updatedAt),
  };
}

function targetOf({ target: { inputs, recordType, records, fileIds, recordFilter: filter } }: Schedule) {
  return {
    inputs,
    recordType,
    recordIds: records.filter(isNamed).flatMap(({ id }) => id ?? []),
    records: records.flatMap(givenIn),
    fileIds: fileIds.map((id) => idFor('file', id)),
    recordFilter: filter && presentRecordFilter(filter),
  };
}

function givenIn(record: ScheduledRecord): z.input<typeof scheduleSchema>['records'] {
  if (record.kind !== 'given') return [];
  const { id, name, inputs } = record;
  return [{ id, name, inputs }];
}

function triggerOf({ type, cron, timezone, maxFires, jitterSeconds, ...moments }: Schedule) {
  return {
    triggerType: type,
    ...{ cron, timezone, maxFires, jitterSeconds },
    runAt: momentOrNull(moments.runAt),
    startAt: momentOrNull(moments.startAt),
    endAt: momentOrNull(moments.endAt),
  };
}

function policiesOf({ overlapPolicy, misfirePolicy, misfireWindowSeconds, ...others }: Schedule) {
  const { catchUpMax, pauseAfterFailures } = others;
  return { overlapPolicy, misfirePolicy, misfireWindowSeconds, catchUpMax, pauseAfterFailures };
}

function stateOf(schedule: Schedule) {
  const { fired, waiting, pausedAt, pausedBy, pauseNote } = schedule;
  return {
    enabled: pausedAt === null,
    status: statusOf(schedule),
    ...{ fired, waiting, pausedBy, pauseNote, pausedAt: momentOrNull(pausedAt) },
  };
}

function statusOf({ pausedAt, nextMoment, waiting }: Schedule): 'active' | 'paused' | 'finished' {
  if (pausedAt) return 'paused';
  return nextMoment || waiting > 0 ? 'active' : 'finished';
}
