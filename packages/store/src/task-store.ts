import {
  taskStatusesBefore,
  type Definition,
  type Failure,
  type RowData,
  type RunEvent,
  type Task,
} from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import type { DispatchedTask } from './dispatch-tasks';
import { newId } from './new-id';
import { taskSchema } from './entities/task';
import { columnsOf, rowsOf, runChannel, tellOf } from './sql';

/** One attempt at one task: what every write of that attempt must present. */
export interface Claim {
  taskId: string;
  attempt: number;
}

export interface ClaimedTask extends Task {
  robotId: string;
  robotVersion: number;
  definition: Definition;
  /** Milliseconds until the task's deadline, by the database's clock. */
  remainingMs: number;
  isRunAborting: boolean;
  /** The only hosts that it may visit, by the key that asked for its run: none when that one is gone; null: any. */
  domains: string[] | null;
}

export interface RowBatch {
  rows: { list: string; ordinal: number; position: number; data: RowData }[];
  /** Rows of the attempt so far, this batch included: in all, and for each list. */
  rowCount: number;
  lists: Record<string, number>;
}

/** Why and when a task goes back to the queue. */
export interface Requeue {
  reason: string;
  failure: Failure | null;
  delayMs: number;
  /** What becomes of the attempt: it counts, it was given back, or its worker died. */
  attempt: 'spent' | 'returned' | 'lost';
}

/** A run's change is told in the statement that makes it; `numbered` is the run with its new `seq`. */
const logged = (event: string, from: string): string => `
  logged AS (INSERT INTO events (run_id, seq, task_id, attempt, event)
    SELECT numbered.id, numbered.seq, ${from}.id, ${from}.attempt, ${event}::json FROM numbered, ${from})`;
const numbered = (from: string): string => `
  numbered AS (UPDATE runs r SET seq = r.seq + 1 FROM ${from} WHERE r.id = ${from}.run_id RETURNING r.id, r.seq, r.status)`;
const told = tellOf('numbered');

/** Tasks as a worker and the sweep see them. Each method is one guarded statement; false is "somebody moved first". */
export class TaskStore {
  constructor(private readonly manager: EntityManager) {}

  /** Takes a queued task: raises its attempt, which is its fence. Null when it is not to be had. */
  async claim(taskId: string, workerId: string, leaseMs: number): Promise<ClaimedTask | null> {
    const event: RunEvent = { kind: 'task.started', worker: workerId };
    const [task] = await rowsOf<ClaimedTask>(
      this.manager,
      `WITH claimed AS (
         UPDATE tasks t SET status = 'running', attempt = t.attempt + 1, worker_id = $2, row_count = 0, lists = '{}',
           failure = NULL,
           lease_until = now() + $3 * interval '1 ms', started_at = coalesce(t.started_at, now()),
           deadline_at = coalesce(t.deadline_at, now() + t.deadline_ms * interval '1 ms')
         WHERE t.id = $1 AND t.status = ANY($4) AND (t.not_before IS NULL OR t.not_before <= now())
         RETURNING t.*),
       numbered AS (
         UPDATE runs r SET status = CASE WHEN r.status = 'queued' THEN 'running' ELSE r.status END,
           started_at = coalesce(r.started_at, now()), seq = r.seq + 1
         FROM claimed WHERE r.id = claimed.run_id
         RETURNING r.id, r.seq, r.status, r.robot_id, r.robot_version, r.key_id),
       ${logged('$5', 'claimed')}
       SELECT ${columnsOf(taskSchema, 'claimed')}, v.definition, numbered.status = 'aborting' AS "isRunAborting",
         numbered.robot_id AS "robotId", numbered.robot_version AS "robotVersion",
         CASE WHEN numbered.key_id IS NOT NULL AND k.id IS NULL THEN '{}' ELSE k.domains END AS domains,
         extract(epoch FROM claimed.deadline_at - now())::float8 * 1000 AS "remainingMs",
         pg_notify('${runChannel}', concat_ws(' ', numbered.id, numbered.seq, numbered.status))
       FROM claimed, numbered
       JOIN robot_versions v ON v.robot_id = numbered.robot_id AND v.version = numbered.robot_version
       LEFT JOIN api_keys k ON k.id = numbered.key_id`,
      [taskId, workerId, leaseMs, taskStatusesBefore('running'), JSON.stringify(event)],
    );
    return task ?? null;
  }

  /** Renews a claim. Null: it is lost. */
  async renew(claim: Claim, leaseMs: number): Promise<{ isRunAborting: boolean } | null> {
    const [state] = await rowsOf<{ isRunAborting: boolean }>(
      this.manager,
      `UPDATE tasks t SET lease_until = now() + $3 * interval '1 ms' FROM runs r
       WHERE t.id = $1 AND t.attempt = $2 AND t.status = 'running' AND r.id = t.run_id
       RETURNING r.status = 'aborting' AS "isRunAborting"`,
      [claim.taskId, claim.attempt, leaseMs],
    );
    return state ?? null;
  }

  /** Stores rows under the fence, behind those that are there. */
  async appendRows(claim: Claim, batch: RowBatch): Promise<boolean> {
    const event: RunEvent = { kind: 'rows.appended', count: batch.rows.length };
    const done = await rowsOf(
      this.manager,
      `WITH held AS (
         UPDATE tasks SET row_count = $3, lists = $4::json
         WHERE id = $1 AND attempt = $2 AND status = 'running' AND row_count = $7 RETURNING id, run_id, attempt),
       stored AS (INSERT INTO rows (task_id, attempt, list, ordinal, position, data)
         SELECT held.id, held.attempt, batch.* FROM held,
           json_to_recordset($5::json) AS batch (list text, ordinal int, position int, data json)),
       ${numbered('held')}, ${logged('$6', 'held')} ${told}`,
      [
        claim.taskId,
        claim.attempt,
        batch.rowCount,
        JSON.stringify(batch.lists),
        JSON.stringify(batch.rows),
        JSON.stringify(event),
        batch.rowCount - batch.rows.length,
      ],
    );
    return done.length > 0;
  }

  /** True when the attempt holds its claim and has so many rows. */
  async hasRows(claim: Claim, rowCount: number): Promise<boolean> {
    const statement = `SELECT 1 FROM tasks WHERE id = $1 AND attempt = $2 AND status = 'running' AND row_count = $3`;
    const found = await rowsOf(this.manager, statement, [claim.taskId, claim.attempt, rowCount]);
    return found.length > 0;
  }

  /** True when the attempt has an artifact of this name. */
  async hasArtifact(claim: Claim, name: string): Promise<boolean> {
    const statement = `SELECT 1 FROM artifacts WHERE task_id = $1 AND attempt = $2 AND name = $3`;
    return (await rowsOf(this.manager, statement, [claim.taskId, claim.attempt, name])).length > 0;
  }

  /** Stores an artifact under the fence. */
  async saveArtifact(
    claim: Claim,
    artifact: { name: string; contentType: string; bytes: Buffer },
  ): Promise<boolean> {
    const { name, contentType, bytes } = artifact;
    const event: RunEvent = { kind: 'artifact.saved', name };
    const done = await rowsOf(
      this.manager,
      `WITH held AS (
         SELECT id, run_id, attempt FROM tasks
         WHERE id = $1 AND attempt = $2 AND status = 'running' FOR UPDATE),
       stored AS (INSERT INTO artifacts (id, run_id, task_id, attempt, name, content_type, size, bytes)
         SELECT $3, held.run_id, held.id, held.attempt, $4, $5, $6, $7 FROM held),
       ${numbered('held')}, ${logged('$8', 'held')} ${told}`,
      [claim.taskId, claim.attempt, newId(), name, contentType, bytes.length, bytes, JSON.stringify(event)],
    );
    return done.length > 0;
  }

  /** Writes an event of the attempt under the fence. */
  async log(claim: Claim, event: RunEvent): Promise<boolean> {
    const done = await rowsOf(
      this.manager,
      `WITH held AS (
         SELECT id, run_id, attempt FROM tasks
         WHERE id = $1 AND attempt = $2 AND status = 'running' FOR UPDATE),
       ${numbered('held')}, ${logged('$3', 'held')} ${told}`,
      [claim.taskId, claim.attempt, JSON.stringify(event)],
    );
    return done.length > 0;
  }

  /** Puts a running task back into the queue. A lost one only if its lease is over. */
  async requeue(claim: Claim, requeue: Requeue): Promise<boolean> {
    const { reason, failure, delayMs, attempt } = requeue;
    const event: RunEvent = { kind: 'task.requeued', reason, failure };
    const done = await rowsOf(
      this.manager,
      `WITH held AS (
         UPDATE tasks SET status = 'queued', worker_id = NULL, lease_until = NULL, dispatched_at = NULL,
           failure = $3::json, not_before = now() + $4 * interval '1 ms',
           attempts_returned = attempts_returned + ($5 = 'returned')::int,
           attempts_lost = attempts_lost + ($5 = 'lost')::int
         WHERE id = $1 AND attempt = $2 AND status = ANY($6) AND ($5 <> 'lost' OR lease_until < now())
         RETURNING id, run_id, attempt),
       ${numbered('held')}, ${logged('$7', 'held')} ${told}`,
      [
        claim.taskId,
        claim.attempt,
        failure && JSON.stringify(failure),
        delayMs,
        attempt,
        taskStatusesBefore('queued'),
        JSON.stringify(event),
      ],
    );
    return done.length > 0;
  }

  /** Running tasks whose worker did not renew its claim; none while Postgres runs for less than `settleMs`. */
  async lost(limit: number, settleMs: number): Promise<Task[]> {
    return rowsOf<Task>(
      this.manager,
      `SELECT ${columnsOf(taskSchema, 't')} FROM tasks t
       WHERE t.status = 'running' AND t.lease_until < now()
         AND pg_postmaster_start_time() < now() - $2 * interval '1 ms'
       ORDER BY t.lease_until LIMIT $1`,
      [limit, settleMs],
    );
  }

  /** Runs that are being aborted and have tasks which came back to the queue since. */
  async abortingWithQueued(): Promise<string[]> {
    const runs = await rowsOf<{ id: string }>(
      this.manager,
      `SELECT r.id FROM runs r WHERE r.status = 'aborting'
         AND EXISTS (SELECT FROM tasks t WHERE t.run_id = r.id AND t.status = 'queued')`,
      [],
    );
    return runs.map(({ id }) => id);
  }

  /** Notes that the queue is told again of tasks which nobody took for `silentMs`: the caller does so next. */
  async remind(silentMs: number, limit: number): Promise<DispatchedTask[]> {
    return rowsOf(
      this.manager,
      `UPDATE tasks t SET dispatched_at = now(), reminders = t.reminders + 1
       WHERE t.status = 'queued' AND t.id = ANY(ARRAY(
         SELECT id FROM tasks WHERE status = 'queued' AND dispatched_at < now() - $1 * interval '1 ms'
         ORDER BY dispatched_at LIMIT $2 FOR UPDATE SKIP LOCKED))
       RETURNING t.id, t.run_id AS "runId", t.attempt, t.reminders`,
      [silentMs, limit],
    );
  }

  /** Lets these tasks wait for their turn again: the queue did not hear of them. */
  async markUndispatched(ids: string[]): Promise<void> {
    // Those that somebody has in hand at this moment are left to him.
    const statement = `UPDATE tasks SET dispatched_at = NULL WHERE status = 'queued' AND id = ANY(ARRAY(
      SELECT id FROM tasks WHERE id = ANY($1) AND status = 'queued' FOR UPDATE SKIP LOCKED))`;
    await rowsOf(this.manager, statement, [ids]);
  }
}
