import type { Event, Row, Run, Task } from '@runnel/contracts';
import type { ChaosPostgres } from './chaos-postgres';

/** A run with all that belongs to it. */
export interface LedgerRun {
  run: Run;
  tasks: Task[];
  events: Event[];
  /** Of all attempts, in order. */
  rows: Row[];
}

const runs = `SELECT id, robot_id AS "robotId", status, tags, task_count AS "taskCount", seq,
  tasks_succeeded AS "tasksSucceeded", tasks_failed AS "tasksFailed", tasks_timed_out AS "tasksTimedOut",
  tasks_aborted AS "tasksAborted", created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt"
  FROM runs ORDER BY id`;
const tasks = `SELECT id, run_id AS "runId", ordinal, status, attempt, attempts_returned AS "attemptsReturned",
  attempts_lost AS "attemptsLost", max_attempts AS "maxAttempts", row_count AS "rowCount", lists, failure,
  lease_until AS "leaseUntil", started_at AS "startedAt", finished_at AS "finishedAt" FROM tasks ORDER BY run_id, ordinal`;
const events = `SELECT run_id AS "runId", seq, task_id AS "taskId", attempt, at, event FROM events ORDER BY run_id, seq`;
const rows = `SELECT w.task_id AS "taskId", t.run_id AS "runId", w.attempt, w.list, w.ordinal, w.position, w.data
  FROM rows w JOIN tasks t ON t.id = w.task_id ORDER BY w.task_id, w.attempt, w.position`;

/** The whole ledger, past all that the apps would say of it. */
export async function readLedger(postgres: ChaosPostgres): Promise<Map<string, LedgerRun>> {
  const ledger = new Map<string, LedgerRun>();
  for (const run of await postgres.query<Run>(runs)) {
    ledger.set(run.id, { run, tasks: [], events: [], rows: [] });
  }
  for (const task of await postgres.query<Task>(tasks)) ledger.get(task.runId)?.tasks.push(task);
  for (const event of await postgres.query<Event>(events)) ledger.get(event.runId)?.events.push(event);
  for (const row of await postgres.query<Row & { runId: string }>(rows))
    ledger.get(row.runId)?.rows.push(row);
  return ledger;
}
