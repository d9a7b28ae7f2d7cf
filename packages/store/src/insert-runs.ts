import type { FireKind, Inputs, RecordName, Run, RunEvent, Stage } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { runSchema } from './entities/run';
import { explain, outcomeOf, wouldFit, type InsertedRun, type RefusedRun } from './explain-runs';
import { heldUntil } from './held-runs';
import { dayOf, usedOf } from './key-store';
import { queuedOf, versionWanted } from './room-for-runs';
import { columnsOf, rowsOf } from './sql';

export interface NewTask {
  id: string;
  inputs: Inputs;
  record: RecordName | null;
  maxAttempts: number;
  deadlineMs: number;
}

export interface NewRun {
  /** Made by whoever starts it: inserting it again changes nothing. */
  id: string;
  spaceId: string;
  robotId: string;
  robotVersion: number;
  /** The stage that must still name this version; null when the version was asked for by its number. */
  stage: Stage | null;
  /** Null: the robot's. */
  name: string | null;
  origin: Run['origin'];
  tags: string[];
  priority: number;
  retryOf: string | null;
  scheduleId: string | null;
  /** The key that asks for it, whose budget its tasks are of. */
  keyId: string | null;
  /** The moment of a schedule that it is of: noted as started with it. A fire of the run's id may wait already. */
  fire: { scheduleId: string; kind: FireKind; scheduledFor: Date } | null;
  /** The files that it is started with. */
  fileIds: string[];
  /** Milliseconds before its tasks may begin; null: they are held until `releaseRuns`. */
  delayMs: number | null;
  /** The client's word for this start, and a short hash of each part of what it asked for. */
  idempotency: { key: string; fingerprint: Record<string, string> } | null;
  /** True: there is known to be room for it, and nobody has to count what waits. */
  isRoomKnown: boolean;
  tasks: NewTask[];
}

/** What became of a new run. */
export type Inserted =
  /** `room`: how many tasks of the space might still wait; null when nobody counted. */
  | { kind: 'started'; run: Run; firstTaskId: string; room: number | null }
  /** An earlier start had the same idempotency key. */
  | { kind: 'known'; runId: string; fingerprint: Record<string, string> }
  /** The space would have more queued tasks than it may. */
  | { kind: 'full'; queued: number; limit: number }
  /** Its key would have started more tasks today than it may. */
  | { kind: 'spent'; used: number; limit: number; untilNextMs: number }
  /** Its robot is gone, or its stage names another version. */
  | { kind: 'gone' };

/**
 * Of runs of one space in one call, each counts those before it, whatever becomes of them. Two calls at once may pass the limit by one call, and
 * runs that are known to fit by as many. Counting costs more than inserting where many wait, so it is done only when a
 * run may not fit. A key that another start has, now or a moment ago, lets no run of this one in.
 * What a key may start in a day is exact: its row is locked from the look at what is left to the end of the transaction.
 */
const insertion = `
  WITH given AS (
    SELECT g.*, json_array_length(g.tasks) AS count FROM json_to_recordset($1::json) AS g (place int, id uuid,
      "spaceId" uuid, "robotId" uuid, "robotVersion" int, stage text, name text, origin text, tags text[],
      priority int, "retryOf" uuid, "scheduleId" uuid, "keyId" uuid, "fileIds" uuid[], "delayMs" int, "isRoomKnown" boolean, key text,
      fingerprint json, event json, "fireKind" text, "scheduledFor" timestamptz, tasks json)),
  load AS (
    SELECT s.id, s.max_queued, CASE WHEN NOT g.is_known THEN ${queuedOf('s')} END AS queued
    FROM (SELECT "spaceId" AS id, bool_and("isRoomKnown") AS is_known FROM given GROUP BY "spaceId") g
    JOIN spaces s ON s.id = g.id),
  budget AS (
    SELECT k.id, k.daily_tasks - ${usedOf('k')} AS left_over FROM api_keys k
    WHERE k.id IN (SELECT "keyId" FROM given) AND k.daily_tasks IS NOT NULL ORDER BY k.id FOR UPDATE),
  fitting AS (
    SELECT * FROM (
      SELECT g.*, r.name AS robot, coalesce(g.stage, CASE WHEN g."robotVersion" = r.published_version
          THEN 'published' ELSE 'draft' END) AS started_stage, sum(g.count) OVER (PARTITION BY load.id ORDER BY g.place)
        + coalesce(load.queued, 0) <= load.max_queued
        AND (budget.id IS NULL
          OR sum(g.count) OVER (PARTITION BY budget.id ORDER BY g.place) <= budget.left_over) AS fits
      FROM given g JOIN load ON load.id = g."spaceId" LEFT JOIN budget ON budget.id = g."keyId"
      JOIN robots r ON r.id = g."robotId" AND r.space_id = g."spaceId"
        AND g."robotVersion" = ${versionWanted('g', 'r')}) f
    WHERE f.fits),
  keyed AS (
    INSERT INTO idempotency_keys (space_id, key, fingerprint, run_id)
    SELECT f."spaceId", f.key, f.fingerprint, f.id FROM fitting f WHERE f.key IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING run_id),
  run AS (
    INSERT INTO runs (id, space_id, robot_id, robot_version, stage, name, status, origin, tags, priority, retry_of,
      schedule_id, key_id, file_ids, task_count, seq)
    SELECT f.id, f."spaceId", f."robotId", f."robotVersion", f.started_stage, coalesce(f.name, f.robot), 'queued',
      f.origin, f.tags, f.priority, f."retryOf", f."scheduleId", f."keyId", f."fileIds", f.count, 1
    FROM fitting f LEFT JOIN keyed ON keyed.run_id = f.id WHERE f.key IS NULL OR keyed.run_id IS NOT NULL
    ON CONFLICT (id) DO NOTHING RETURNING *),
  tallied AS (
    INSERT INTO run_tallies (space_id, robot_id, runs, tasks)
    SELECT space_id, robot_id, count(*), sum(task_count) FROM run GROUP BY space_id, robot_id),
  spent AS (
    UPDATE api_keys k SET budget_day = ${dayOf('k')}, budget_used = ${usedOf('k')} + s.count
    FROM (SELECT run.key_id, sum(run.task_count)::int AS count FROM run JOIN budget ON budget.id = run.key_id
      GROUP BY run.key_id) s WHERE k.id = s.key_id),
  logged AS (
    INSERT INTO events (run_id, seq, event) SELECT g.id, 1, g.event FROM given g JOIN run ON run.id = g.id),
  fired AS (
    INSERT INTO fires AS f (id, space_id, schedule_id, kind, scheduled_for, outcome, fired_at)
    SELECT g.id, g."spaceId", g."scheduleId", g."fireKind", g."scheduledFor", 'started', clock_timestamp()
    FROM given g JOIN run ON run.id = g.id WHERE g."fireKind" IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, reason = NULL, fired_at = excluded.fired_at),
  added AS (
    INSERT INTO tasks (id, space_id, run_id, ordinal, status, inputs, record, priority, max_attempts, deadline_ms,
      not_before)
    SELECT t.id, g."spaceId", g.id, t.ordinal, 'queued', t.inputs, t.record, g.priority, t."maxAttempts",
      t."deadlineMs", CASE WHEN g."delayMs" IS NULL THEN ${heldUntil}
        WHEN g."delayMs" > 0 THEN now() + g."delayMs" * interval '1 ms' END
    FROM given g JOIN run ON run.id = g.id, json_to_recordset(g.tasks) AS t
      (id uuid, ordinal int, inputs json, record json, "maxAttempts" int, "deadlineMs" int))
  SELECT ${columnsOf(runSchema, 'run')},
    (load.max_queued - load.queued - sum(run.task_count) OVER (PARTITION BY run.space_id))::int AS room
  FROM run JOIN load ON load.id = run.space_id`;

/** Commits runs, their tasks, queued, and their idempotency keys. Gives what became of each, in order. */
export async function insertRuns(manager: EntityManager, runs: NewRun[]): Promise<Inserted[]> {
  const outcomes = new Map<string, Inserted>();
  let refused = await insertOnce(manager, runs, outcomes);
  // A run counts all before it, and some of those were refused or known: it may fit without them.
  for (let most = Infinity; ;) {
    const left = refused.filter(wouldFit).map(({ run }) => ({ ...run, isRoomKnown: false }));
    if (left.length === 0 || left.length >= most) break;
    most = left.length;
    refused = await insertOnce(manager, left, outcomes);
  }
  return runs.map(({ id }) => outcomes.get(id) ?? { kind: 'gone' });
}

/** Notes what became of each. Gives those that were refused. */
async function insertOnce(
  manager: EntityManager,
  runs: NewRun[],
  outcomes: Map<string, Inserted>,
): Promise<RefusedRun[]> {
  const given = runs.map(asGiven);
  const inserted = await rowsOf<InsertedRun>(manager, insertion, [JSON.stringify(given)]);
  const missing = given.filter(({ id }) => !inserted.some((run) => run.id === id));
  const [known, reasons] = missing.length === 0 ? [[], []] : await explain(manager, missing);
  const started = new Map([...known, ...inserted].map((run) => [run.id, run]));
  const refused: RefusedRun[] = [];
  for (const run of runs) {
    const found = started.get(run.id);
    const reason = found ? undefined : reasons.find(({ given: id }) => id === run.id);
    outcomes.set(run.id, found ? startedOf(found, run) : outcomeOf(reason, run.tasks.length));
    if (reason) refused.push({ run, reason });
  }
  return refused;
}

function asGiven({ idempotency, fire, ...run }: NewRun, place: number) {
  return {
    ...run,
    place,
    key: idempotency?.key ?? null,
    fingerprint: idempotency?.fingerprint ?? null,
    fireKind: fire?.kind ?? null,
    scheduledFor: fire?.scheduledFor ?? null,
    event: { kind: 'run.queued', tasks: run.tasks.length } satisfies RunEvent,
    tasks: run.tasks.map((task, ordinal) => ({ ordinal, ...task })),
  };
}

function startedOf({ room, ...run }: InsertedRun, { tasks }: NewRun): Inserted {
  return { kind: 'started', run, firstTaskId: tasks[0]?.id ?? '', room };
}

/** The run that a start with this key made, and what it asked for; null when there was none. */
export async function startedWith(
  manager: EntityManager,
  { spaceId, key }: { spaceId: string; key: string },
): Promise<{ runId: string; fingerprint: Record<string, string> } | null> {
  const statement = `SELECT run_id AS "runId", fingerprint FROM idempotency_keys WHERE space_id = $1 AND key = $2`;
  const [found] = await rowsOf<{ runId: string; fingerprint: Record<string, string> }>(manager, statement, [
    spaceId,
    key,
  ]);
  return found ?? null;
}

/** Notes that a start with this key is that of a run which is there. False when the key has another start. */
export async function noteStart(
  manager: EntityManager,
  start: { spaceId: string; key: string; fingerprint: Record<string, string>; runId: string },
): Promise<boolean> {
  const { spaceId, key, fingerprint, runId } = start;
  const statement = `INSERT INTO idempotency_keys (space_id, key, fingerprint, run_id) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING RETURNING run_id`;
  return (await rowsOf(manager, statement, [spaceId, key, JSON.stringify(fingerprint), runId])).length > 0;
}
