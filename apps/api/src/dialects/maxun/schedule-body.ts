import { closedObject, type Fault } from '@runnel/contracts';
import { InvalidInputError, triggerFaults } from '@runnel/services';
import { z } from 'zod';
import { cronOf } from './cron-of';
import { scheduleUnits, weekdays } from './schedule-words';

/** A number, also as the text of a form. */
const whole = (most: number) =>
  z
    .union([z.number(), z.string().regex(/^\d{1,9}$/)], { error: 'must be a whole number' })
    .transform(Number)
    .refine((number) => Number.isInteger(number) && number >= 1 && number <= most, {
      error: `must be a whole number from 1 to ${most}`,
    });

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day like 09:30');
const leftAlone = z.unknown().optional().meta({ description: 'As a schedule is shown; it sets nothing' });

/** When a robot runs, in Maxun's words. */
export const scheduleBody = closedObject({
  runEvery: whole(1_440).nullable().default(null).meta({
    description:
      'Only what comes at the same times each day, week or year: 15 minutes and not 45, 1 day and not 2',
  }),
  runEveryUnit: z.enum(scheduleUnits).nullable().default(null),
  startFrom: z.enum(weekdays).nullable().default(null).meta({ description: 'Of weeks; else Sunday' }),
  dayOfMonth: whole(31)
    .nullable()
    .default(null)
    .meta({ description: 'Of months: a day that all of them have; else the first' }),
  atTimeStart: time.nullable().default(null).meta({
    description: 'When it runs; of minutes and hours, when it begins to each day; else midnight',
  }),
  atTimeEnd: time.nullable().default(null).meta({
    description:
      'Of minutes and hours: from then on it runs no more that day; 16:59 is as 17:00; else midnight',
  }),
  timezone: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .nullable()
    .default('UTC')
    .meta({ description: 'An IANA name; else UTC' }),
  cronExpression: z.string().max(200).nullable().default(null).meta({
    description: 'Instead of the words: a cron pattern. Where `runEvery` is said as well, that holds',
  }),
  ...{ id: leftAlone, enabled: leftAlone, lastRunAt: leftAlone, nextRunAt: leftAlone },
}).meta({
  example: {
    runEvery: 15,
    runEveryUnit: 'MINUTES',
    atTimeStart: '09:00',
    atTimeEnd: '17:00',
    timezone: 'Europe/Berlin',
  },
});

/** The part of a schedule that Maxun's words set. */
export interface ScheduleTime {
  cron: string;
  timezone: string;
}

/** @throws InvalidInputError with every fault, at its place in the body. */
export function timeIn(body: z.infer<typeof scheduleBody>): ScheduleTime {
  const time = { cron: patternIn(body), timezone: body.timezone ?? 'UTC' };
  const trigger = { ...time, type: 'recurring' as const, runAt: null, startAt: null, endAt: null };
  // Before anything else of a request is done. By whatever clock: it says nothing of now.
  const faults = triggerFaults(trigger, new Date());
  if (faults.length > 0) throw notRight(faults.map(asSent));
  return time;
}

/** What is wrong with a pattern stands where it was sent. */
export function asSent(fault: Fault): Fault {
  return fault.path === 'cron' ? { ...fault, path: 'cronExpression' } : fault;
}

function patternIn({
  runEvery,
  runEveryUnit,
  cronExpression,
  ...words
}: z.infer<typeof scheduleBody>): string {
  if (runEvery !== null && runEveryUnit !== null) return cronOf({ ...words, runEvery, runEveryUnit });
  if (runEvery === null && runEveryUnit === null && cronExpression !== null) return cronExpression;
  const missing =
    runEvery === null
      ? { path: 'runEvery', message: 'is missing; must be a whole number' }
      : { path: 'runEveryUnit', message: 'is missing', allowed: [...scheduleUnits] };
  throw notRight([missing]);
}

function notRight(faults: Fault[]): InvalidInputError {
  return new InvalidInputError('The schedule is not right', faults);
}
