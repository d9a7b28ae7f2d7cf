import { eventSchema, type Event } from '@runnel/contracts';
import { z } from 'zod';

/** Where and when it happened, beside what happened. `taskId` and `attempt` are null for what is of the whole run. */
export const eventAnswer = z.intersection(
  z.strictObject({
    seq: z.number().int(),
    at: z.string(),
    taskId: z.uuid().nullable(),
    attempt: z.number().int().nullable(),
  }),
  eventSchema,
);

export const eventsAnswer = z.object({
  statusCode: z.literal(200),
  messageCode: z.literal('success'),
  events: z.object({ totalCount: z.number().int(), items: z.array(eventAnswer) }),
});

export function presentEvent({ seq, at, taskId, attempt, event }: Event): z.infer<typeof eventAnswer> {
  return { seq, at: at.toISOString(), taskId, attempt, ...event };
}
