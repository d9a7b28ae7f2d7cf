import { closedObject, misfirePolicies, overlapPolicies } from '@runnel/contracts';
import { momentsExplained, mostRecords, scheduleRules } from '@runnel/services';
import { z } from 'zod';
import { givenId, givenWord, recordIdList, retryOptions, size } from './batch-body';
import { readId } from './ids';
import { givenMoment } from './moment';
import { recordFilter } from './record-filter';

const wholeFrom = (least: number, most: number) => z.number().int().min(least).max(most);
const wholeOf = (name: keyof typeof scheduleRules) =>
  wholeFrom(scheduleRules[name].least, scheduleRules[name].most);

export const triggerBody = closedObject({
  type: z.enum(['recurring', 'one_time', 'cron']).optional().meta({
    description:
      '`recurring` (or `cron`, which is the same) goes by `cron`, `one_time` by `runAt`; without it by which of the two is given; of one that is there it stays unless it is given',
  }),
  cron: z
    .string()
    .max(200)
    .nullish()
    .meta({
      description: `Five fields, or six with seconds first. ${momentsExplained}`,
      examples: ['0 9 * * 1-5'],
    }),
  timezone: z.string().min(1).max(100).optional().meta({
    description: 'The IANA name of the zone in which `cron` is read, like `Europe/Berlin`; without it UTC',
  }),
  runAt: givenMoment.nullish().meta({ description: 'The one moment of a `one_time` schedule' }),
  startAt: givenMoment.nullish().meta({ description: 'No moment before it' }),
  endAt: givenMoment.nullish().meta({ description: 'No moment after it' }),
  maxFires: wholeOf('maxFires').nullish().meta({
    description:
      'So many moments start a run, and then none does; those that could not (an `error`) do not count',
  }),
  jitterSeconds: wholeOf('jitterSeconds').optional().meta({
    description:
      'Jitter: each run starts later than its moment by up to so many seconds, always by the same for one schedule, so that not all start at once',
  }),
});

const given = closedObject({
  id: givenWord.nullish(),
  name: givenWord.nullish(),
  inputs: z.record(z.string(), z.unknown()).default({}),
});

const fileId = givenId.refine((text) => readId(['file'], text) !== null, 'is not the id of a file');

export const targetBody = closedObject({
  flowId: givenId.nullish().meta({ description: 'The flow that is run' }),
  agentId: givenId.nullish().meta({ description: 'Another word for `flowId`' }),
  type: z.enum(['flow', 'agent']).optional().meta({ description: 'With `id`: what it is of' }),
  id: givenId.optional().meta({ description: 'Another word for `flowId`' }),
  recordType: givenWord.nullish().meta({ description: 'What the records are' }),
  recordIds: recordIdList.nullish(),
  records: z
    .array(given)
    .max(mostRecords)
    .nullish()
    .meta({ description: 'Records with their values, behind those of `recordIds`' }),
  fileIds: z.array(fileId).max(20).nullish().meta({
    description:
      'Uploaded files all of whose records are taken, by their UUIDs, or `file_` and the id in base 36',
  }),
  recordFilter: recordFilter.nullish(),
});

const beside = 'Kept and shown, and bounds nothing: ';

const executionOptions = closedObject({
  chunkSize: size,
  recordConcurrency: wholeFrom(1, 1_000_000)
    .optional()
    .meta({ description: `${beside}how many records are worked on at a time is for the workers to say` }),
  progressFlushSize: size,
  timeoutMs: wholeFrom(1, 2_147_483_647)
    .optional()
    .meta({ description: `${beside}each record ends at the latest after the deadline of its flow` }),
  ...retryOptions,
});

const settings = {
  name: givenWord.nullish().meta({ description: 'Without it the flow’s' }),
  inputs: z.record(z.string(), z.unknown()).nullish().meta({ description: 'Inputs that all records have' }),
  enabled: z.boolean().optional().meta({ description: 'False: it is paused' }),
  executionOptions: executionOptions.nullish(),
  overlapPolicy: z
    .enum(overlapPolicies)
    .optional()
    .meta({
      description:
        'Overlap: what becomes of a moment that comes while a run of the schedule has not ended: it is left out (`skip`, which is usual), ' +
        'one waits for the end (`queue_one`), the run is cancelled for it (`cancel_previous`; not one that makes up for a missed moment, or of a backfill), or both run (`allow`)',
    }),
  misfirePolicy: z
    .enum(misfirePolicies)
    .optional()
    .meta({
      description:
        'Misfire: what becomes of moments that were missed because the service was down: nothing (`skip`), one run makes up for all ' +
        '(`fire_once`, which is usual), or each is made up for, one after the other (`catch_up`)',
    }),
  misfireWindowSeconds: wholeOf('misfireWindowSeconds')
    .optional()
    .meta({ description: 'Moments that were missed longer ago are not made up for; 3600 without it' }),
  catchUpMax: wholeOf('catchUpMax')
    .optional()
    .meta({ description: '`catch_up` makes up for the newest so many; 100 without it' }),
  pauseAfterFailures: wholeOf('pauseAfterFailures').nullish().meta({
    description:
      'When a moment comes and so many runs in a row have failed, it pauses by itself; without it never',
  }),
};

type Target = z.output<typeof targetBody>;

/** The flow that a target names, as it names it. */
export function flowNamedIn({ flowId, agentId, id }: Target): string | null {
  return flowId ?? agentId ?? id ?? null;
}

function flowsIn({ flowId, agentId, id }: Target): number {
  return [flowId, agentId, id].filter((named) => typeof named === 'string').length;
}

const once = {
  path: ['flowId'],
  message: 'names a flow for the second time; give one of flowId, agentId and id',
};

export const scheduleBody = closedObject({
  target: targetBody
    .refine((target) => flowsIn(target) > 0, {
      path: ['flowId'],
      message: 'is missing; must be the id of a flow',
    })
    .refine((target) => flowsIn(target) < 2, once),
  trigger: triggerBody,
  ...settings,
}).meta({
  example: {
    name: 'Every weekday at nine',
    target: { flowId: 'flow_0f3v5m2w7c8d9e1a2b3c4d5e6', recordType: 'store', recordIds: ['berlin', 'paris'] },
    trigger: { type: 'recurring', cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' },
    executionOptions: { chunkSize: 200, recordConcurrency: 25, progressFlushSize: 25, timeoutMs: 900_000 },
  },
});

/** What is left out stays, in the parts as well. */
export const scheduleChangeBody = closedObject({
  target: targetBody.refine((target) => flowsIn(target) < 2, once).optional(),
  trigger: triggerBody.optional(),
  ...settings,
});

export type ScheduleChangeBody = z.output<typeof scheduleChangeBody>;
export type TriggerBody = z.output<typeof triggerBody>;
export type TargetBody = Target;
