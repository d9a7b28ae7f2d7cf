import type { ChaosPostgres } from './chaos-postgres';
import type { Problem } from './problem';

const wrong = `
  SELECT robot_id AS "robotId", there.runs, there.tasks, told.runs AS "toldRuns", told.tasks AS "toldTasks"
  FROM (SELECT robot_id, count(*)::int AS runs, sum(task_count)::int AS tasks FROM runs WHERE removed_at IS NULL
    GROUP BY robot_id) there
  FULL JOIN (SELECT robot_id, sum(runs)::int AS runs, sum(tasks)::int AS tasks FROM run_tallies GROUP BY robot_id) told
    USING (robot_id)
  WHERE (coalesce(there.runs, 0), coalesce(there.tasks, 0)) <> (coalesce(told.runs, 0), coalesce(told.tasks, 0))`;

/** Holds what lists say of how many runs and tasks there are against the runs themselves. */
export async function checkTallies(postgres: ChaosPostgres): Promise<Problem[]> {
  const found = await postgres.query<Record<string, unknown>>(wrong);
  return found.map((robot) => ({
    kind: 'wrong',
    runId: null,
    what: `the tallies of a robot are not its runs: ${JSON.stringify(robot)}`,
  }));
}
