import type { FireSparkline, FireStats } from '@runnel/store';
import { z } from 'zod';
import { idFor } from './ids';
import { momentOrNull, momentSchema } from './moment';
import { batchWordFor, batchWords } from './status-words';

const count = z.number().int().min(0);
const milliseconds = z.number().nullable();

export const statsAnswer = z
  .object({
    scheduleId: z.string(),
    totalRuns: count.meta({
      description: 'Moments of every outcome: also those that wait, or were left out',
    }),
    completedRuns: count,
    failedRuns: count.meta({ description: 'Runs that failed, and moments that could start none' }),
    cancelledRuns: count,
    activeRuns: count.meta({ description: 'Runs that have not ended, and moments that wait for one' }),
    skippedRuns: count,
    skipped: z
      .object({ overlap: count, misfire: count, paused: count })
      .meta({ description: 'Why they were left out' }),
    successRate: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .meta({ description: 'Of the runs that completed or failed, how many completed; null without any' }),
    averageDurationMs: milliseconds,
    averageLagMs: milliseconds.meta({
      description:
        'How much later than its moment the first record of a run is begun, the jitter included; without runs by hand and backfills',
    }),
    lastRunAt: momentSchema.nullable(),
    lastRunStatus: z.enum(batchWords).nullable(),
    nextRunAt: momentSchema.nullable(),
    totalRecords: count,
    processedRecords: count,
    failedRecords: count,
  })
  .meta({ id: 'ScheduleStats' });

export function presentStats(scheduleId: string, stats: FireStats): z.input<typeof statsAnswer> {
  const { runs, lastRunStatus, totalRecords, processedRecords, failedRecords } = stats;
  const completedRuns = runs.succeeded + runs.partial;
  const failedRuns = runs.failed + runs.timedOut + stats.errors;
  const decided = completedRuns + failedRuns;
  const { skippedOverlap: overlap, skippedMisfire: misfire, skippedPaused: paused } = stats;
  return {
    scheduleId: idFor('sch', scheduleId),
    totalRuns: stats.total,
    ...{ completedRuns, failedRuns, cancelledRuns: runs.aborted },
    activeRuns: runs.active + stats.waiting,
    skippedRuns: overlap + misfire + paused,
    skipped: { overlap, misfire, paused },
    successRate: decided === 0 ? null : completedRuns / decided,
    averageDurationMs: stats.averageDurationMs,
    averageLagMs: stats.averageLagMs,
    lastRunAt: momentOrNull(stats.lastRunAt),
    lastRunStatus: lastRunStatus && batchWordFor(lastRunStatus),
    nextRunAt: momentOrNull(stats.nextRunAt),
    ...{ totalRecords, processedRecords, failedRecords },
  };
}

const point = z.object({
  date: z.iso.date(),
  total: count,
  completed: count,
  failed: count,
  cancelled: count,
  skipped: count,
  running: count.meta({ description: 'With those that wait' }),
});

export const sparklinesAnswer = z.object({
  data: z.array(z.object({ scheduleId: z.string(), points: z.array(point) })).meta({
    description: 'The schedules of which moments came in that time; each with all days of it',
  }),
});

export function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 86_400_000);
}

/** The last so many days in UTC, the last of them that of `now`; each as `2026-06-10`. */
export function lastDays(count: number, now: Date): string[] {
  return Array.from({ length: count }, (_, index) =>
    daysBefore(now, count - 1 - index)
      .toISOString()
      .slice(0, 10),
  );
}

const nothing = { total: 0, completed: 0, failed: 0, aborted: 0, skipped: 0, running: 0 };

export function presentSparklines(found: FireSparkline[], days: string[]): z.input<typeof sparklinesAnswer> {
  const schedules = new Map<string, Map<string, FireSparkline>>();
  for (const each of found) {
    const points = schedules.get(each.scheduleId) ?? new Map<string, FireSparkline>();
    schedules.set(each.scheduleId, points.set(each.day, each));
  }
  const data = Array.from(schedules, ([scheduleId, points]) => ({
    scheduleId: idFor('sch', scheduleId),
    points: days.map((date) => {
      const { total, completed, failed, aborted, skipped, running } = points.get(date) ?? nothing;
      return { date, total, completed, failed, cancelled: aborted, skipped, running };
    }),
  }));
  return { data };
}
