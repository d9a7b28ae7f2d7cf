import { closedObject } from '@runnel/contracts';
import { mostRecords } from '@runnel/services';
import { z } from 'zod';

const word = z
  .union([z.string().trim().min(1).max(200), z.number()], {
    error: 'must be a text of 1 to 200 characters, or a number',
  })
  .transform(String)
  .nullish();

const documentSchema = z
  .looseObject({ id: word, document_id: word, name: word, execution_type: word })
  .meta({ description: 'One task. What is not its id, name or type is its input.' });
export type Document = z.infer<typeof documentSchema>;

const scheduleSchema = closedObject({
  type: z.enum(['now', 'auto', 'custom']).default('now'),
  calling_date: z.iso.date('must be a day like 2026-02-07').optional(),
  calling_time: z.iso.time('must be a time of day like 05:57 or 05:57:45').optional(),
})
  .superRefine(({ type, ...given }, context) => {
    for (const field of ['calling_date', 'calling_time'] as const) {
      if ((given[field] !== undefined) === (type === 'custom')) continue;
      const message = type === 'custom' ? 'is missing' : 'is taken with "type": "custom" alone';
      context.addIssue({ code: 'custom', path: [field], message });
    }
  })
  .meta({
    description:
      'When the tasks begin: `now`; `auto`, the same; or `custom`, at a day and time (UTC). The run is made at once; a schedule lets it begin, which can be moved, paused and deleted as any other.',
  });
export type Schedule = z.infer<typeof scheduleSchema>;

const name = z.string().trim().min(1).max(200);

/** What makes a run: an agent, and documents that become its tasks. */
export const createBody = closedObject({
  pilot: z.string().min(1).max(200).meta({ description: "The agent's handle", example: 'store-prices' }),
  documents: z.array(documentSchema).max(mostRecords, `holds more than ${mostRecords} documents`).nullish(),
  context: z
    .union([z.string(), z.record(z.string(), z.unknown())], { error: 'must be a text or an object' })
    .nullish()
    .meta({ description: 'The input `context` of all tasks' }),
  schedule: scheduleSchema.nullish(),
  filters: z.unknown().optional(),
  name: name.nullish().meta({ description: "The run's" }),
  execution_type: name.nullish().meta({ description: 'What the caller calls the tasks' }),
})
  .superRefine(({ documents, filters }, context) => {
    if (documents && documents.length > 0) return;
    const hasFilters = filters !== undefined && filters !== null;
    const message = hasFilters
      ? 'choosing documents by filters is not supported yet; send the documents themselves'
      : 'must hold at least one document';
    context.addIssue({ code: 'custom', path: [hasFilters ? 'filters' : 'documents'], message });
  })
  .meta({
    example: {
      pilot: 'store-prices',
      documents: [{ id: 'berlin', originUrl: 'https://example.com/berlin' }],
      schedule: { type: 'now' },
    },
  });
export type CreateBody = z.infer<typeof createBody>;
