import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { wholeNumber, wordList } from '../../query-parts';
import { readId } from './ids';
import { readListCursor, type ListedKind } from './list-cursor';
import { fireStatesFor, resultWords, scheduleRunWords, taskStatusesFor } from './status-words';

const limit = wholeNumber(1, 100);
const offset = wholeNumber(0, 999_999_999).default(0);

export const resultsQuery = closedObject({
  limit: limit.default(10),
  offset: offset.meta({ description: 'Results that are passed over' }),
  status: wordList([...resultWords, 'completed'], taskStatusesFor).optional(),
});

/** How the flows or the schedules of a space are listed. */
export function listQuery(kind: ListedKind) {
  return closedObject({
    limit: limit.default(20),
    cursor: z
      .string()
      .transform((text, context) => {
        const place = readListCursor(kind, text);
        const message = 'is not a cursor that this API gave';
        if (place === null) context.addIssue({ code: 'custom', message });
        return place;
      })
      .optional()
      .meta({ description: 'The `nextCursor` or `prevCursor` of a page' }),
    direction: z
      .enum(['next', 'prev'])
      .optional()
      .meta({ description: 'Which side of the cursor; without it the one for which the cursor was given' }),
    includeCount: z
      .enum(['true', 'false'])
      .default('false')
      .meta({ description: 'Whether `pagination` also tells how many there are, and how many pages' }),
    search: z.string().max(200).optional().meta({ description: 'A part of the name' }),
  });
}

export type ListQuery = z.output<ReturnType<typeof listQuery>>;

const scheduleId = z.string().transform((text, context) => {
  const id = readId(['sch'], text);
  if (id !== null) return id;
  context.addIssue({ code: 'custom', message: 'is not the id of a schedule' });
  return z.NEVER;
});

export const runsOfScheduleQuery = closedObject({
  limit: limit.default(100).meta({ description: 'The newest so many' }),
});

export const scheduleRunsQuery = closedObject({
  limit: limit.default(10),
  offset: offset.meta({ description: 'Runs that are passed over' }),
  status: wordList(scheduleRunWords, fireStatesFor).optional(),
  scheduleId: scheduleId.optional().meta({ description: 'Only runs of this schedule, a `sch_…`' }),
});

export const statsQuery = closedObject({
  days: wholeNumber(1, 366).optional().meta({ description: 'Only the last so many days; else all time' }),
});

const mostSparklines = 100;

export const sparklinesQuery = closedObject({
  days: wholeNumber(1, 90).default(14).meta({ description: 'So many days, in UTC, the last of them today' }),
  ids: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(scheduleId).max(mostSparklines, `names more than ${mostSparklines} schedules`))
    .optional()
    .meta({ description: `Only these schedules: at most ${mostSparklines} ids with commas between` }),
});
