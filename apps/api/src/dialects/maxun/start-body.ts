import { closedObject } from '@runnel/contracts';
import { longestDelay, mostRecords } from '@runnel/services';
import { z } from 'zod';
import { givenInputs } from '../../given-inputs';
import { name, versionNumber } from './query';
import { startReading } from './start-reading';

const inputs = givenInputs.transform(({ values }) => values);

const recordWord = z.string().trim().min(1).max(200).optional();

const records = z
  .array(closedObject({ id: recordWord, name: recordWord, type: recordWord, inputs }))
  .min(1, 'must hold at least one record; without `records` the run has one task')
  .max(mostRecords, `holds more than ${mostRecords} records`)
  .optional();

const mostFiles = 20;
const fileIds = z
  .array(z.guid('must be the id of a file').toLowerCase())
  .min(1, 'must hold at least one id')
  .max(mostFiles, `holds more than ${mostFiles} ids`)
  .optional();

const priority = z
  .number()
  .int()
  .min(-100, 'must be from -100 to 100')
  .max(100, 'must be from -100 to 100')
  .default(0);

const delayMs = z
  .number()
  .int()
  .min(0)
  .max(longestDelay, `must be at most ${longestDelay}, a week`)
  .default(0);

const oneVersion = <T extends { stage?: unknown; version?: unknown }>(schema: z.ZodType<T>) =>
  schema.refine(({ stage, version }) => stage === undefined || version === undefined, {
    path: ['version'],
    message: 'names a version beside `stage`; give one of them',
  });
const stage = z.enum(['draft', 'published']).optional();
const version = versionNumber.optional();

/** What a start may say; all of it may be left out. */
export const startBody = oneVersion(
  closedObject({
    inputs,
    originUrl: z.url({ protocol: /^https?$/, error: 'must be an absolute http or https address' }).optional(),
    records,
    fileIds,
    name: name.optional(),
    stage,
    version,
    priority,
    delayMs,
    maxAttempts: z.number().int().min(1).max(20).optional(),
    tags: z.array(z.string().min(1).max(100)).max(20).default([]),
    ...startReading,
  }),
);

export const startQuery = closedObject({ wait: z.string().optional() });

/** What a retry may say: which version does the tasks again; else the one that failed. */
export const retryBody = oneVersion(closedObject({ stage, version }));
