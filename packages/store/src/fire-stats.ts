import type { RunStatus } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { Conditions } from './conditions';
import { lowestIdAt } from './lowest-id-at';
import type { ScheduleKey } from './schedule-store';
import { rowsOf } from './sql';

/** What became of a schedule's fires. What was pruned does not count. */
export interface FireStats {
  total: number;
  waiting: number;
  started: number;
  skippedOverlap: number;
  skippedMisfire: number;
  skippedPaused: number;
  errors: number;
  /** How the runs of those that started are; less than these where runs are gone. */
  runs: {
    active: number;
    succeeded: number;
    partial: number;
    failed: number;
    timedOut: number;
    aborted: number;
  };
  /** From the beginning of the first task to the end of the run; null: none has ended. */
  averageDurationMs: number | null;
  /** From a moment to the beginning of its run's first task: of moments that came, and of those made up for. */
  averageLagMs: number | null;
  /** Records of those runs; those that are done, however they ended; and of these, those that did not succeed. */
  totalRecords: number;
  processedRecords: number;
  failedRecords: number;
  /** The last run of all, and how it is; null: gone. */
  lastRunAt: Date | null;
  lastRunStatus: RunStatus | null;
  /** When the next moment is due, paused or not. */
  nextRunAt: Date | null;
}

/** One day of a schedule. */
export interface FireSparkline {
  scheduleId: string;
  /** In UTC: the one on which the fires came about. */
  day: string;
  total: number;
  /** The run succeeded, wholly or in part. */
  completed: number;
  /** It failed or ran out of time, or could not start. */
  failed: number;
  aborted: number;
  skipped: number;
  /** It has not ended, or waits for an earlier one. */
  running: number;
}

/** A clock that made ids may be behind that of the database. */
const skew = `interval '1 hour'`;

/** The fires `f` that came about since the moment. Ids grow with time, so that only those are read. */
const isSince = (place: string): string =>
  `f.id >= ${lowestIdAt(`(${place}::timestamptz - ${skew})`)} AND f.created_at >= ${place}::timestamptz`;

/** By the id of each: else Postgres may read all runs there are for those of one schedule, once for each schedule. */
const firesWithRuns = `fires f
  LEFT JOIN LATERAL (SELECT * FROM runs o WHERE o.id = f.id AND o.removed_at IS NULL LIMIT 1) r ON true`;

const count = (condition: string): string => `(count(*) FILTER (WHERE ${condition}))::int`;

const outcomeCounts = `
  count(*)::int AS total,
  ${count('f.outcome IS NULL')} AS waiting,
  ${count(`f.outcome = 'started'`)} AS started,
  ${count(`f.outcome = 'skipped_overlap'`)} AS "skippedOverlap",
  ${count(`f.outcome = 'skipped_misfire'`)} AS "skippedMisfire",
  ${count(`f.outcome = 'skipped_paused'`)} AS "skippedPaused",
  ${count(`f.outcome = 'error'`)} AS errors`;

const runCounts = `
  json_build_object(
    'active', ${count(`r.status IN ('queued', 'running', 'aborting')`)},
    'succeeded', ${count(`r.status = 'succeeded'`)},
    'partial', ${count(`r.status = 'partial'`)},
    'failed', ${count(`r.status = 'failed'`)},
    'timedOut', ${count(`r.status = 'timed_out'`)},
    'aborted', ${count(`r.status = 'aborted'`)}) AS runs`;

const milliseconds = (span: string): string => `extract(epoch FROM ${span}) * 1000`;

const sums = `
  avg(${milliseconds('r.finished_at - r.started_at')})::float8 AS "averageDurationMs",
  (avg(${milliseconds('r.started_at - f.scheduled_for')})
    FILTER (WHERE f.outcome = 'started' AND f.kind IN ('cron', 'catch_up')))::float8 AS "averageLagMs",
  coalesce(sum(r.task_count), 0)::float8 AS "totalRecords",
  coalesce(sum(r.tasks_succeeded + r.tasks_failed + r.tasks_timed_out + r.tasks_aborted), 0)::float8
    AS "processedRecords",
  coalesce(sum(r.tasks_failed + r.tasks_timed_out + r.tasks_aborted), 0)::float8 AS "failedRecords"`;

export async function fireStats(
  manager: EntityManager,
  { spaceId, scheduleId }: ScheduleKey,
  since: Date | null,
): Promise<FireStats | null> {
  const where = new Conditions();
  const schedule = `s.id = ${where.place(scheduleId)} AND s.space_id = ${where.place(spaceId)}`;
  where.always('f.schedule_id = s.id').given(since, isSince);
  const statement = `
    SELECT total.*, s.last_run_at AS "lastRunAt", s.due_at AS "nextRunAt",
      (SELECT r.status FROM runs r WHERE r.id = s.last_run_id AND r.removed_at IS NULL) AS "lastRunStatus"
    FROM schedules s CROSS JOIN LATERAL (
      SELECT ${outcomeCounts}, ${runCounts}, ${sums}
      FROM ${firesWithRuns} WHERE ${where.text}) total
    WHERE ${schedule}`;
  return (await rowsOf<FireStats>(manager, statement, where.values))[0] ?? null;
}

/** So many schedules have sparklines at a time. */
const mostSchedules = 100;

export async function fireSparklines(
  manager: EntityManager,
  spaceId: string,
  { scheduleIds, since }: { scheduleIds: string[] | null; since: Date },
): Promise<FireSparkline[]> {
  const where = new Conditions();
  where
    .always(`c.space_id = ANY(${where.place([spaceId])}::uuid[])`)
    .given(scheduleIds, (place) => `c.id = ANY(${place}::uuid[])`);
  const statement = `
    SELECT s.id AS "scheduleId", to_char(point.date, 'YYYY-MM-DD') AS day, point.total, point.completed, point.failed,
      point.aborted, point.skipped, point.running
    FROM (
      SELECT c.id FROM schedules c WHERE ${where.text}
      ORDER BY c.space_id DESC, c.id DESC LIMIT ${mostSchedules}) s
    CROSS JOIN LATERAL (
      SELECT (f.created_at AT TIME ZONE 'UTC')::date AS date, count(*)::int AS total,
        ${count(`r.status IN ('succeeded', 'partial')`)} AS completed,
        ${count(`f.outcome = 'error' OR r.status IN ('failed', 'timed_out')`)} AS failed,
        ${count(`r.status = 'aborted'`)} AS aborted,
        ${count(`f.outcome LIKE 'skipped_%'`)} AS skipped,
        ${count(`f.outcome IS NULL OR r.status IN ('queued', 'running', 'aborting')`)} AS running
      FROM ${firesWithRuns}
      WHERE f.schedule_id = s.id AND ${isSince(where.place(since))} GROUP BY 1) point
    ORDER BY s.id DESC, point.date`;
  return rowsOf<FireSparkline>(manager, statement, where.values);
}
