import type { Fire, FireKind, FireOutcome, RunStatus, Schedule, ScheduleTarget } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { scheduleSchema } from './entities/schedule';
import { columnsOf, rowsOf } from './sql';

/** A schedule without its target, which may be large. */
export type ScheduleHead = Omit<Schedule, 'target'>;

/** A schedule, and what is to be known of it to decide what fires. */
export interface DueSchedule {
  schedule: ScheduleHead;
  now: Date;
  /** Its runs that have not ended, without one that it made ahead: that one waits for its moment. */
  active: { id: string; status: RunStatus; kind: FireKind }[];
  /** Its fires that wait, oldest first. */
  waiting: Pick<Fire, 'id' | 'kind' | 'scheduledFor'>[];
  /** Its newest runs failed, as many as it takes to pause it. */
  hasFailed: boolean;
}

/** Of many that are due some, by chance: schedulers that look at once see to different ones. */
const someDue = (condition: string, most: number): string => `
  SELECT id FROM (
    SELECT id FROM schedules WHERE due_at <= now() AND ${condition} ORDER BY due_at LIMIT ${most * 5}) oldest
  ORDER BY random() LIMIT ${most}`;

/** What waits and may go on: nothing of its schedule runs, or what runs is to give way to it. */
const freed = `
  SELECT w.id FROM schedules w WHERE w.waiting > 0 AND (w.overlap_policy = 'allow'
    OR NOT EXISTS (SELECT FROM runs r WHERE r.schedule_id = w.id AND r.finished_at IS NULL)
    OR w.overlap_policy = 'cancel_previous'
      AND (SELECT f.kind FROM fires f WHERE f.schedule_id = w.id AND f.outcome IS NULL ORDER BY f.id LIMIT 1) = 'cron'
      AND EXISTS (SELECT FROM runs r JOIN fires f ON f.id = r.id WHERE r.schedule_id = w.id AND r.finished_at IS NULL
        AND r.status <> 'aborting' AND f.kind IN ('cron', 'manual')))
  ORDER BY random() LIMIT 200`;

/** An answer even when nothing is due. Both by an index that holds nothing else. */
const look = `
  SELECT
    (SELECT coalesce(array_agg(id), '{}') FROM (
       (${someDue('NOT reads_first', 200)}) UNION (${someDue('reads_first', 20)}) UNION (${freed})) d) AS due,
    (SELECT extract(epoch FROM min(due_at) - clock_timestamp()) * 1000 FROM schedules
     WHERE due_at IS NOT NULL)::float8 AS "nextInMs"`;

/** The schedules of which something may fire now, and in how many milliseconds the next moment is due at the latest. */
export async function lookForDue(
  manager: EntityManager,
): Promise<{ due: string[]; nextInMs: number | null }> {
  const [found] = await rowsOf<{ due: string[]; nextInMs: number | null }>(manager, look, []);
  return found ?? { due: [], nextInMs: null };
}

/** What counts of a schedule's past: its newest runs that ended by themselves, and the fires that started none. */
const hasFailed = `
  s.pause_after_failures IS NOT NULL AND coalesce((
    SELECT count(*) = s.pause_after_failures AND bool_and(p.failed) FROM (
      SELECT f.outcome = 'error' OR r.status IN ('failed', 'timed_out') AS failed
      FROM fires f LEFT JOIN runs r ON r.id = f.id
      WHERE f.schedule_id = s.id AND f.outcome IN ('started', 'error') AND f.fired_at > s.failures_since
        AND (f.outcome = 'error' OR r.finished_at IS NOT NULL AND r.status <> 'aborted')
      ORDER BY f.id DESC LIMIT s.pause_after_failures) p), false)`;

const facts = `
  SELECT ${columnsOf(scheduleSchema, 's', { target: 'NULL' })}, clock_timestamp() AS now, ${hasFailed} AS "hasFailed",
    (SELECT coalesce(json_agg(json_build_object('id', r.id, 'status', r.status, 'kind', coalesce(f.kind, 'cron'))), '[]')
     FROM runs r LEFT JOIN fires f ON f.id = r.id
     WHERE r.schedule_id = s.id AND r.finished_at IS NULL AND r.id IS DISTINCT FROM s.ahead_run_id) AS active,
    (SELECT coalesce(json_agg(json_build_object('id', f.id, 'kind', f.kind, 'scheduledFor', f.scheduled_for)
       ORDER BY f.id), '[]')
     FROM fires f WHERE f.schedule_id = s.id AND f.outcome IS NULL) AS "waitingFires"
  FROM schedules s WHERE s.id = ANY($1)`;

type RawFacts = ScheduleHead &
  Omit<DueSchedule, 'schedule' | 'waiting'> & {
    waitingFires: (Pick<Fire, 'id' | 'kind'> & { scheduledFor: string })[];
  };

/** The schedules as they are now; nothing keeps them so. */
export async function readDue(manager: EntityManager, ids: string[]): Promise<DueSchedule[]> {
  const found = await rowsOf<RawFacts>(manager, facts, [ids]);
  return found.map(({ now, active, waitingFires, hasFailed: failed, ...schedule }) => ({
    ...{ schedule, now, active, hasFailed: failed },
    waiting: waitingFires.map((fire) => ({ ...fire, scheduledFor: new Date(fire.scheduledFor) })),
  }));
}

/**
 * Those of the schedules that nobody else is at, as they are now: in this transaction nobody else fires them, or edits
 * them.
 */
export async function lockDue(manager: EntityManager, ids: string[]): Promise<DueSchedule[]> {
  const statement = 'SELECT id FROM schedules WHERE id = ANY($1) ORDER BY id FOR UPDATE SKIP LOCKED';
  const locked = await rowsOf<{ id: string }>(manager, statement, [ids]);
  // In a statement of its own: it sees what was committed before the locks were had.
  return locked.length === 0
    ? []
    : readDue(
        manager,
        locked.map(({ id }) => id),
      );
}

/** What the schedules start: of as many as have so many bytes together, and of one at least. */
export async function targetsOf(
  manager: EntityManager,
  ids: string[],
  mostBytes: number,
): Promise<Map<string, ScheduleTarget>> {
  const statement = `
    SELECT id, target FROM (
      SELECT id, target, sum(octet_length(target::text)) OVER (ORDER BY id) - octet_length(target::text) AS before
      FROM schedules WHERE id = ANY($1)) t WHERE before < $2`;
  const found = await rowsOf<{ id: string; target: ScheduleTarget }>(manager, statement, [ids, mostBytes]);
  return new Map(found.map(({ id, target }) => [id, target]));
}

export interface FireNote {
  id: string;
  scheduleId: string;
  kind: Fire['kind'];
  scheduledFor: Date;
  /** Null: it waits. */
  outcome: FireOutcome | null;
  reason: string | null;
}

/** A moment has one fire: a second one of it is an error. A fire that waits gets its outcome. */
const noting = `
  INSERT INTO fires AS f (id, space_id, schedule_id, kind, scheduled_for, outcome, reason, fired_at)
  SELECT n.id, s.space_id, s.id, n.kind, n."scheduledFor", n.outcome, n.reason,
    CASE WHEN n.outcome IS NOT NULL THEN clock_timestamp() END
  FROM json_to_recordset($1::json) AS n (id uuid, "scheduleId" uuid, kind text, "scheduledFor" timestamptz,
    outcome text, reason text)
  JOIN schedules s ON s.id = n."scheduleId"
  ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason, fired_at = excluded.fired_at
    WHERE f.outcome IS NULL`;

export async function noteFires(manager: EntityManager, notes: FireNote[]): Promise<void> {
  if (notes.length > 0) await rowsOf(manager, noting, [JSON.stringify(notes)]);
}

/** Says what became of the runs that fires have started. */
export async function explainFires(manager: EntityManager, ids: string[], reason: string): Promise<void> {
  if (ids.length > 0) await rowsOf(manager, 'UPDATE fires SET reason = $2 WHERE id = ANY($1)', [ids, reason]);
}

/** Notes a moment unless it has a fire. */
export async function noteMoment(manager: EntityManager, note: FireNote): Promise<void> {
  const { id, scheduleId, kind, scheduledFor, outcome, reason } = note;
  await rowsOf(
    manager,
    `INSERT INTO fires (id, space_id, schedule_id, kind, scheduled_for, outcome, reason, fired_at)
     SELECT $1, s.space_id, s.id, $3, $4, $5, $6, clock_timestamp() FROM schedules s WHERE s.id = $2
     ON CONFLICT DO NOTHING`,
    [id, scheduleId, kind, scheduledFor, outcome, reason],
  );
}

/** What firing changes of a schedule. */
export type FiredSchedule = Pick<
  Schedule,
  | 'id'
  | 'nextMoment'
  | 'dueAt'
  | 'fired'
  | 'waiting'
  | 'pausedAt'
  | 'pausedBy'
  | 'pauseNote'
  | 'aheadRunId'
  | 'lastRunId'
  | 'lastRunAt'
>;

const advancing = `
  UPDATE schedules s SET next_moment = a."nextMoment", due_at = a."dueAt", fired = a.fired, waiting = a.waiting,
    paused_at = a."pausedAt", paused_by = a."pausedBy", pause_note = a."pauseNote",
    ahead_run_id = a."aheadRunId", last_run_id = a."lastRunId", last_run_at = a."lastRunAt"
  FROM json_to_recordset($1::json) AS a (id uuid, "nextMoment" timestamptz, "dueAt" timestamptz, fired int,
    waiting int, "pausedAt" timestamptz, "pausedBy" text, "pauseNote" text, "aheadRunId" uuid, "lastRunId" uuid,
    "lastRunAt" timestamptz)
  WHERE s.id = a.id`;

/** Writes what firing changed of schedules that are locked. */
export async function advanceSchedules(manager: EntityManager, schedules: FiredSchedule[]): Promise<void> {
  if (schedules.length > 0) await rowsOf(manager, advancing, [JSON.stringify(schedules)]);
}
