import { z } from 'zod';
import { failureSchema } from './failure';
import { runStatuses, taskStatuses } from './status';

/**
 * One line of a run's history. The list of kinds is closed, and answers hold exactly these fields; `seq` counts from 1
 * without gaps in a run, and the last event is `run.ended`.
 */
export const eventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run.queued'), tasks: z.number().int() }),
  z.strictObject({ kind: z.literal('run.aborting') }),
  z.strictObject({
    kind: z.literal('run.ended'),
    status: z.enum(runStatuses).exclude(['queued', 'running', 'aborting']),
  }),
  z.strictObject({ kind: z.literal('task.started'), worker: z.string() }),
  /** The attempt ended and another will follow; `failure` is why, unless it was given back or its worker died. */
  z.strictObject({ kind: z.literal('task.requeued'), reason: z.string(), failure: failureSchema.nullable() }),
  z.strictObject({
    kind: z.literal('task.ended'),
    status: z.enum(taskStatuses).exclude(['queued', 'running']),
    failure: failureSchema.nullable(),
  }),
  z.strictObject({ kind: z.literal('step.warning'), step: z.number().int(), message: z.string() }),
  /** Which engine reads the pages of this attempt, and which one `auto` takes from now on. */
  z.strictObject({
    kind: z.literal('engine.chosen'),
    engine: z.enum(['browser', 'http']),
    reason: z.string(),
  }),
  z.strictObject({
    kind: z.literal('engine.decided'),
    engine: z.enum(['browser', 'http']),
    reason: z.string(),
  }),
  /** So many rows more can be read. */
  z.strictObject({ kind: z.literal('rows.appended'), count: z.number().int() }),
  z.strictObject({ kind: z.literal('artifact.saved'), name: z.string() }),
]);
export type RunEvent = z.infer<typeof eventSchema>;
