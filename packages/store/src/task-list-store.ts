import type { Run, Task, TaskStatus } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import type { Conditions } from './conditions';
import { runSchema } from './entities/run';
import { taskSchema } from './entities/task';
import { isKeyed, valuesOf, type RunKey } from './run-key';
import { boundOf, runsOf, tallyOf, type RunOwner, type RunsOf } from './runs-of';
import { columnsOf, rowsOf } from './sql';

/** A task as a client sees it: with the artifacts of its newest attempt. */
export interface TaskView extends Task {
  artifacts: { name: string; contentType: string; size: number }[];
}

/** The run that a task is of, with its robot. */
export interface TaskRun extends Run {
  robotName: string;
  robotHandle: string;
}

/** A task among those of many runs. */
export interface SpaceTaskView extends TaskView {
  run: TaskRun;
}

export interface TaskFilter extends RunOwner {
  statuses: TaskStatus[] | null;
  /** When their runs were made. */
  from: Date | null;
  to: Date | null;
  /** A part of the record's id or name, or of the run's name. */
  search: string | null;
}

export interface TaskPage {
  limit: number;
  /** Only those behind this one. */
  after: { runId: string; ordinal: number } | null;
  skip: number;
}

const viewColumns = `${columnsOf(taskSchema, 't')},
  (SELECT coalesce(json_agg(json_build_object('name', a.name, 'contentType', a.content_type, 'size', a.size)
     ORDER BY a.id), '[]')
   FROM artifacts a WHERE a.task_id = t.id AND a.attempt = t.attempt) AS artifacts`;

/** Tasks, as readers see them. */
export class TaskListStore {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Those of one run, in order. `after`: only the tasks behind this one; the items are null when it is none of the
   * run's. Null when there is no such run.
   */
  async list(
    key: RunKey,
    page: { statuses: TaskStatus[] | null; after: string | null; skip: number; limit: number },
  ): Promise<{ totalCount: number; items: SpaceTaskView[] | null } | null> {
    const { statuses, after, skip, limit } = page;
    const [run] = await rowsOf<{ totalCount: number; after: number | null }>(
      this.manager,
      `SELECT CASE WHEN $4::text[] IS NULL THEN r.task_count ELSE
           (SELECT count(*)::int FROM tasks t WHERE t.run_id = r.id AND t.status = ANY($4)) END AS "totalCount",
         (SELECT t.ordinal FROM tasks t WHERE t.run_id = r.id AND t.id = $5) AS after
       FROM runs r WHERE ${isKeyed}`,
      [...valuesOf(key), statuses, after],
    );
    if (!run) return null;
    if (after !== null && run.after === null) return { totalCount: run.totalCount, items: null };
    const items = await rowsOf<TaskView>(
      this.manager,
      `SELECT ${viewColumns}
       FROM (SELECT * FROM tasks t
         WHERE t.run_id = $1 AND ($2::text[] IS NULL OR t.status = ANY($2)) AND t.ordinal > $3
         ORDER BY t.ordinal LIMIT $4 OFFSET $5) t
       ORDER BY t.ordinal`,
      [key.runId, statuses, run.after ?? -1, limit, skip],
    );
    return { totalCount: run.totalCount, items: await this.#withRuns(items) };
  }

  /** Those of all runs of a space or a robot: the newest run first, in a run in order. */
  async listOf(filter: TaskFilter, { limit, after, skip }: TaskPage): Promise<SpaceTaskView[]> {
    const { where, newestFirst } = filteredRuns(filter);
    where.given(after?.runId ?? null, (place) => `r.id <= ${place}`);
    const tasks = filteredTasks(where, filter);
    if (after) {
      const [runId, ordinal] = [where.place(after.runId), where.place(after.ordinal)];
      tasks.push(`t.ordinal > CASE WHEN r.id = ${runId} THEN ${ordinal} ELSE -1 END`);
    }
    const bound = boundOf(limit + skip);
    const items = await rowsOf<TaskView>(
      this.manager,
      `SELECT ${viewColumns} FROM (
         SELECT * FROM (
           SELECT t.* FROM runs r CROSS JOIN LATERAL (
             SELECT t.* FROM tasks t WHERE ${tasks.join(' AND ')} ORDER BY t.ordinal LIMIT ${bound}) t
           WHERE ${where.text} ORDER BY ${newestFirst}, t.ordinal LIMIT ${bound}) t
         ORDER BY t.run_id DESC, t.ordinal LIMIT ${where.place(limit)} OFFSET ${where.place(skip)}) t
       ORDER BY t.run_id DESC, t.ordinal`,
      where.values,
    );
    return this.#withRuns(items);
  }

  async countOf(filter: TaskFilter): Promise<number> {
    const { statuses, from, to, search } = filter;
    const isWhole = [statuses, from, to, search].every((condition) => condition === null);
    if (isWhole) return (await tallyOf(this.manager, filter)).tasks;
    const { where } = filteredRuns(filter);
    const tasks = filteredTasks(where, filter);
    const [total] = await rowsOf<{ count: number }>(
      this.manager,
      `SELECT count(*)::int AS count FROM runs r JOIN tasks t ON ${tasks.join(' AND ')} WHERE ${where.text}`,
      where.values,
    );
    return total?.count ?? 0;
  }

  /** One task of a run, or null. */
  async find(key: RunKey, taskId: string): Promise<Task | null> {
    const [task] = await rowsOf<Task>(
      this.manager,
      `SELECT ${columnsOf(taskSchema, 't')} FROM tasks t JOIN runs r ON r.id = t.run_id
       WHERE ${isKeyed} AND t.id = $4`,
      [...valuesOf(key), taskId],
    );
    return task ?? null;
  }

  /** Each with its run; without those whose robot was deleted meanwhile. */
  async #withRuns(tasks: TaskView[]): Promise<SpaceTaskView[]> {
    const runs = await rowsOf<TaskRun>(
      this.manager,
      `SELECT ${columnsOf(runSchema, 'r')}, b.name AS "robotName", b.handle AS "robotHandle"
       FROM runs r JOIN robots b ON b.id = r.robot_id WHERE r.id = ANY($1)`,
      [[...new Set(tasks.map(({ runId }) => runId))]],
    );
    const ofId = new Map(runs.map((run) => [run.id, run]));
    return tasks.flatMap((task) => {
      const run = ofId.get(task.runId);
      return run ? [{ ...task, run }] : [];
    });
  }
}

function filteredRuns(filter: TaskFilter): RunsOf {
  const runs = runsOf(filter);
  runs.where
    .given(filter.from, (place) => `r.created_at >= ${place}`)
    .given(filter.to, (place) => `r.created_at <= ${place}`);
  return runs;
}

/** The conditions of a run's tasks; their values stand with those of the runs. */
function filteredTasks(runs: Conditions, { statuses, search }: TaskFilter): string[] {
  const tasks = ['t.run_id = r.id'];
  if (statuses !== null) tasks.push(`t.status = ANY(${runs.place(statuses)})`);
  if (search !== null) {
    const part = `lower(${runs.place(search)})`;
    const names = [`t.record ->> 'id'`, `t.record ->> 'name'`, 'r.name'];
    tasks.push(`(${names.map((name) => `strpos(lower(${name}), ${part}) > 0`).join(' OR ')})`);
  }
  return tasks;
}
