import {
  runStatusesBefore,
  runStatusOf,
  taskStatusesBefore,
  type Failure,
  type RunEnd,
  type RunEvent,
  type RunStatus,
  type TaskStatus,
} from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { rowsOf, tellOf } from './sql';
import type { Claim } from './task-store';

export type TaskEnd = Exclude<TaskStatus, 'queued' | 'running'>;

const counters: Record<TaskEnd, string> = {
  succeeded: 'tasks_succeeded',
  failed: 'tasks_failed',
  timed_out: 'tasks_timed_out',
  aborted: 'tasks_aborted',
};

interface RunCounts {
  id: string;
  status: RunStatus;
  taskCount: number;
  succeeded: number;
  failed: number;
  timedOut: number;
  aborted: number;
}

/** Which tasks end: those of one attempt, or those of a run that nobody has claimed. */
export type EndingTasks = Claim | { queuedOf: string };

/** Postgres, or a transaction of it. */
export interface Transactions {
  transaction<T>(run: (manager: EntityManager) => Promise<T>): Promise<T>;
}

/**
 * Ends tasks, and with the last one their run, in one transaction. Zero: they were not to be ended any more.
 * `onlyLost`: only if the attempt's lease is over.
 */
export async function endTasks(
  within: Transactions,
  which: EndingTasks,
  end: { status: TaskEnd; failure: Failure | null; onlyLost?: boolean },
): Promise<number> {
  return within.transaction(async (manager) => {
    const [run] = await endAndCount(manager, which, end);
    if (!run) return 0;
    const status = runStatusOf(run, run.status === 'aborting');
    if (status !== null) await endRun(manager, run.id, status);
    await rowsOf(manager, `WITH run AS (SELECT id, seq, status FROM runs WHERE id = $1) ${tellOf('run')}`, [
      run.id,
    ]);
    return run.count;
  });
}

/** The update of the run's counters locks its row, so of two last tasks one sees the other's end. */
async function endAndCount(
  manager: EntityManager,
  which: EndingTasks,
  end: { status: TaskEnd; failure: Failure | null; onlyLost?: boolean },
): Promise<(RunCounts & { count: number })[]> {
  const { status, failure, onlyLost = false } = end;
  const event: RunEvent = { kind: 'task.ended', status, failure };
  const [guard, values] =
    'queuedOf' in which
      ? [`run_id = $1 AND status = 'queued' AND $2::int IS NULL`, [which.queuedOf, null]]
      : [`id = $1 AND attempt = $2`, [which.taskId, which.attempt]];
  return rowsOf(
    manager,
    `WITH ended AS (
       UPDATE tasks SET status = $3, failure = $4::json, finished_at = clock_timestamp(), lease_until = NULL
       WHERE ${guard} AND status = ANY($5) AND ($6 = false OR lease_until < now())
       RETURNING id, run_id, attempt, ordinal),
     counted AS (
       UPDATE runs r SET ${counters[status]} = r.${counters[status]} + n.count, seq = r.seq + n.count
       FROM (SELECT run_id, count(*)::int AS count FROM ended GROUP BY run_id) n WHERE r.id = n.run_id
       RETURNING r.*, n.count),
     logged AS (
       INSERT INTO events (run_id, seq, task_id, attempt, event)
       SELECT counted.id, counted.seq - counted.count + row_number() OVER (ORDER BY ended.ordinal),
         ended.id, ended.attempt, $7::json
       FROM ended JOIN counted ON counted.id = ended.run_id)
     SELECT id, status, count, task_count AS "taskCount", tasks_succeeded AS succeeded, tasks_failed AS failed,
       tasks_timed_out AS "timedOut", tasks_aborted AS aborted
     FROM counted`,
    [
      ...values,
      status,
      failure && JSON.stringify(failure),
      taskStatusesBefore(status),
      onlyLost,
      JSON.stringify(event),
    ],
  );
}

async function endRun(manager: EntityManager, runId: string, status: RunEnd): Promise<void> {
  const event: RunEvent = { kind: 'run.ended', status };
  await rowsOf(
    manager,
    `WITH numbered AS (
       UPDATE runs SET status = $2, finished_at = clock_timestamp(), seq = seq + 1
       WHERE id = $1 AND status = ANY($3) RETURNING id, seq)
     INSERT INTO events (run_id, seq, event) SELECT id, seq, $4::json FROM numbered`,
    [runId, status, runStatusesBefore(status), JSON.stringify(event)],
  );
}
