import type { Schedule } from '@runnel/contracts';
import { z } from 'zod';
import { scheduleUnits, weekdays } from './schedule-words';
import { wordsOf } from './words-of';

const moment = z.iso.datetime().nullable();

export const scheduleSchema = z
  .object({
    runEvery: z.number().int().nullable().meta({
      description: 'It and the next five: null for a schedule of which these words do not tell',
    }),
    runEveryUnit: z.enum(scheduleUnits).nullable(),
    startFrom: z.enum(weekdays).nullable(),
    dayOfMonth: z.number().int().nullable(),
    atTimeStart: z.string().nullable(),
    atTimeEnd: z.string().nullable(),
    timezone: z.string(),
    cronExpression: z.string().nullable().meta({ description: 'Null: it runs once' }),
    lastRunAt: moment,
    nextRunAt: moment.meta({ description: 'Null: it is paused, or has ended' }),
    id: z.uuid(),
    enabled: z.boolean().meta({ description: 'False: it is paused' }),
  })
  .meta({ id: 'RobotSchedule' });

const noWords = {
  runEvery: null,
  runEveryUnit: null,
  startFrom: null,
  dayOfMonth: null,
  atTimeStart: null,
  atTimeEnd: null,
};

export function presentSchedule(schedule: Schedule): z.infer<typeof scheduleSchema> {
  const { id, cron, timezone, lastRunAt, dueAt, pausedAt } = schedule;
  const enabled = pausedAt === null;
  return {
    ...((cron !== null && wordsOf(cron)) || noWords),
    timezone,
    cronExpression: cron,
    lastRunAt: lastRunAt?.toISOString() ?? null,
    nextRunAt: enabled ? (dueAt?.toISOString() ?? null) : null,
    id,
    enabled,
  };
}
