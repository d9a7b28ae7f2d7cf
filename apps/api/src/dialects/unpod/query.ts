import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { askedWords, statusesFor, taskStatusesFor } from './status-words';

const countTo = (most: number) => {
  const message = `must be a whole number from 1 to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((count) => count >= 1 && count <= most, message);
};

const page = {
  page: countTo(1_000_000).default(1).meta({ description: 'From 1' }),
  page_size: countTo(500).default(50).meta({ description: 'At most 500' }),
};

const statusDescription =
  'Words with commas between. `scheduled` finds what `pending` does, `in_progress` and `processing` what `running` does.';

const statusWith = <Status>(statusesOf: (word: string) => Status[]) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(askedWords)))
    .transform((chosen) => [...new Set(chosen.flatMap(statusesOf))])
    .optional()
    .meta({ description: statusDescription, example: 'running,completed' });

const second = z
  .string()
  .regex(/^\d{1,11}$/, 'must be a moment in whole seconds since 1970')
  .transform((text) => new Date(Number(text) * 1_000))
  .optional()
  .meta({ description: 'Seconds since 1970', example: '1770443865' });

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
    .optional()
    .meta({ description: "In the record's id and name, and in the run's name" }),
  from_ts: second,
  to_ts: second,
});
export type TaskListQuery = z.infer<typeof taskListQuery>;
