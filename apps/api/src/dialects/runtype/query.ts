import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { wholeNumber, wordList } from '../../query-parts';
import { readFlowCursor } from './flow-cursor';
import { resultWords, taskStatusesFor } from './status-words';

const status = wordList([...resultWords, 'completed'], taskStatusesFor).optional();

export const resultsQuery = closedObject({
  limit: wholeNumber(1, 100).default(10),
  offset: wholeNumber(0, 999_999_999).default(0).meta({ description: 'Results that are passed over' }),
  status,
});

const cursor = z
  .string()
  .transform((text, context) => {
    const place = readFlowCursor(text);
    if (place === null) context.addIssue({ code: 'custom', message: 'is not a cursor that this API gave' });
    return place;
  })
  .optional()
  .meta({ description: 'The `nextCursor` or `prevCursor` of a page' });

export const flowsQuery = closedObject({
  limit: wholeNumber(1, 100).default(20),
  cursor,
  direction: z
    .enum(['next', 'prev'])
    .optional()
    .meta({ description: 'Which side of the cursor; without it the one for which the cursor was given' }),
  includeCount: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Whether `pagination` also tells how many flows and pages there are' }),
  search: z.string().max(200).optional().meta({ description: 'A part of the name' }),
});
