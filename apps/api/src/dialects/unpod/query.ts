import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { wholeNumber, wordList } from '../../query-parts';
import { askedWords, statusesFor, taskStatusesFor } from './status-words';

const page = {
  page: wholeNumber(1, 1_000_000).default(1),
  page_size: wholeNumber(1, 500).default(50),
};

const statusWith = <Status>(statusesOf: (word: string) => Status[]) =>
  wordList(askedWords, statusesOf).optional();

const second = z
  .string()
  .regex(/^\d{1,11}$/, 'must be a moment in whole seconds since 1970')
  .transform((text) => new Date(Number(text) * 1_000))
  .optional()
  .meta({ description: 'Seconds since 1970, like 1770443865' });

export interface Page {
  page: number;
  page_size: number;
}

export const pageQuery = closedObject(page);

export const runListQuery = closedObject({ ...page, status: statusWith(statusesFor) });

export const runTaskQuery = closedObject({ ...page, status: statusWith(taskStatusesFor) });

export const taskListQuery = closedObject({
  ...page,
  status: statusWith(taskStatusesFor),
  search: z
    .string()
    .max(200)
    .transform((text) => (text === '' ? undefined : text))
    .optional()
    .meta({ description: "In the record's id and name, and in the run's name" }),
  from_ts: second,
  to_ts: second,
});
export type TaskListQuery = z.infer<typeof taskListQuery>;
