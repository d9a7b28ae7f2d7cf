import { closedObject } from '@runnel/contracts';
import { mostRecords } from '@runnel/services';
import { z } from 'zod';

/** As the caller writes it. */
export const givenId = z.string().min(1).max(200, { abort: true });
export const givenWord = z.string().trim().min(1).max(200);

/** Kept where it is shown again, and without effect. */
export const size = z
  .number()
  .int()
  .min(1)
  .max(1_000_000)
  .optional()
  .meta({ description: 'Taken, and without effect' });

/** How often a record is tried. */
export const retryOptions = {
  maxRetries: z.number().int().min(0).max(19).optional().meta({
    description: 'How often a record that failed is tried again; without it as the flow says',
  }),
  retryOnFailure: z.boolean().optional().meta({ description: 'False: nothing is tried again' }),
};

const notYet =
  'is not possible yet; each record ends at the latest after the `options.deadlineMs` of its flow';

const options = closedObject({
  ...retryOptions,
  recordConcurrency: z.number().int().min(1).optional().meta({
    description: 'Records that are worked on at a time; for now not less than there are records',
  }),
  chunkSize: size,
  progressFlushSize: size,
  timeoutMs: z
    .unknown()
    .refine((given) => given === undefined, notYet)
    .optional()
    .meta({ description: `It ${notYet}` }),
});

const slower =
  'is less than there are records; to work on so few of them at a time is not possible yet, leave it out';

/** Which records, by their ids. */
export const recordIdList = z
  .array(givenId)
  .max(mostRecords)
  .meta({
    description:
      '`rec_<file>_<n>`: record n of an uploaded file. `row_<task>_<n>`: row n of the result `res_<task>`. Their ' +
      'values are inputs; file and task are ids (in base 36, or as UUIDs), and n counts from 0. Any other id ' +
      'is a record of your own. Without any the flow runs once.',
  });

export const batchBody = closedObject({
  flowId: givenId.meta({
    description: 'The flow that is run on each record',
    examples: ['flow_0f3v5m2w7c8d9e1a2b3c4d5e6'],
  }),
  recordIds: recordIdList.default([]),
  recordType: givenWord.optional().meta({ description: 'What the records are' }),
  options: options.default({}),
  inputs: z.record(z.string(), z.unknown()).default({}).meta({ description: 'Inputs that all records have' }),
  name: givenWord.optional().meta({ description: 'A name for the run; else the flow’s' }),
})
  .refine(
    ({ recordIds, options: { recordConcurrency = Infinity } }) => recordConcurrency >= recordIds.length,
    {
      path: ['options', 'recordConcurrency'],
      message: slower,
    },
  )
  .meta({
    example: {
      flowId: 'flow_0f3v5m2w7c8d9e1a2b3c4d5e6',
      recordIds: ['berlin', 'paris'],
      recordType: 'store',
    },
  });

/** How often a record is tried in all; null: as the flow says. */
export function attemptsOf({
  maxRetries,
  retryOnFailure,
}: Pick<z.infer<typeof options>, 'maxRetries' | 'retryOnFailure'>): number | null {
  if (retryOnFailure === false) return 1;
  return maxRetries === undefined ? null : maxRetries + 1;
}
