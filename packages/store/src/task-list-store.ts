import {
  isRunEnded,
  runStatuses,
  taskStatuses,
  type Inputs,
  type Run,
  type RunStatus,
  type Task,
  type TaskStatus,
} from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { isGiven, type Conditions } from './conditions';
import { runSchema } from './entities/run';
import { taskSchema } from './entities/task';
import { notBeforeOf } from './held-runs';
import { isKeyed, valuesOf, type RunKey } from './run-key';
import { boundOf, ofParts, othersThan, runsOf, tallyOf, type RunOwner, type RunsOf } from './runs-of';
import { columnsOf, rowsOf } from './sql';

/** A task as a client sees it: with the artifacts of its newest attempt. */
export interface TaskView extends Omit<Task, 'inputs'> {
  /** Null: those of the tasks before it fill a page already. Of the first of a page they are always there. */
  inputs: Inputs | null;
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

/** What is left out or null is not asked for. */
export interface TaskFilter extends RunOwner {
  statuses?: TaskStatus[] | null;
  /** When their runs were made. */
  from?: Date | null;
  to?: Date | null;
  /** A part of the record's id or name, or of the run's name. */
  search?: string | null;
}

export interface TaskPage {
  limit: number;
  /** Only those behind this one. */
  after: { runId: string; ordinal: number } | null;
  skip: number;
}

/** Bytes of inputs in a page, but for the last of them. */
const pageBytes = 8_000_000;

/** With the bytes of inputs that stand before each. */
const measured = (tasks: string, order: string): string => {
  const bytes = 'octet_length(t.inputs::text)';
  return `(SELECT t.*, sum(${bytes}) OVER (ORDER BY ${order}) - ${bytes} AS bytes_before FROM ${tasks} t)`;
};

const inputs = `CASE WHEN t.bytes_before < ${pageBytes} THEN t.inputs END`;
const notBefore = notBeforeOf('t');
const viewColumns = `${columnsOf(taskSchema, 't', { inputs, notBefore })},
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
       FROM ${measured(
         `(SELECT * FROM tasks t
         WHERE t.run_id = $1 AND ($2::text[] IS NULL OR t.status = ANY($2)) AND t.ordinal > $3
         ORDER BY t.ordinal LIMIT $4 OFFSET $5)`,
         't.ordinal',
       )} t
       ORDER BY t.ordinal`,
      [key.runId, statuses, run.after ?? -1, limit, skip],
    );
    return { totalCount: run.totalCount, items: await this.#withRuns(items) };
  }

  /** Those of all runs of a space or a robot: the newest run first, in a run in order. */
  async listOf(filter: TaskFilter, { limit, after, skip }: TaskPage): Promise<SpaceTaskView[]> {
    if (filter.statuses?.length === 0) return [];
    const runs = filteredRuns(filter);
    const { where, newestFirst } = runs;
    where.given(after?.runId, (place) => `r.id <= ${place}`);
    const tasks = filteredTasks(where, filter);
    if (after) {
      const [runId, ordinal] = [where.place(after.runId), where.place(after.ordinal)];
      tasks.push(`t.ordinal > CASE WHEN r.id = ${runId} THEN ${ordinal} ELSE -1 END`);
    }
    const bound = boundOf(limit + skip);
    const all = ofParts(
      runs,
      (conditions) => `
        SELECT t.* FROM runs r CROSS JOIN LATERAL (
          SELECT t.* FROM tasks t WHERE ${tasks.join(' AND ')} ORDER BY t.ordinal LIMIT ${bound}) t
        WHERE ${conditions} ORDER BY ${newestFirst}, t.ordinal LIMIT ${bound}`,
    );
    const items = await rowsOf<TaskView>(
      this.manager,
      `SELECT ${viewColumns} FROM ${measured(
        `(SELECT * FROM (${all}) t
         ORDER BY t.run_id DESC, t.ordinal LIMIT ${where.place(limit)} OFFSET ${where.place(skip)})`,
        't.run_id DESC, t.ordinal',
      )} t
       ORDER BY t.run_id DESC, t.ordinal`,
      where.values,
    );
    return this.#withRuns(items);
  }

  async countOf(filter: TaskFilter): Promise<number> {
    const { spaceId, robotId, statuses, from, to, search } = filter;
    if (statuses?.length === 0) return 0;
    const others = othersThan(statuses ?? taskStatuses, taskStatuses);
    if (others && ![from, to, search].some(isGiven)) {
      const { tasks } = await tallyOf(this.manager, filter);
      return Math.max(0, tasks - (await this.countOf({ spaceId, robotId, statuses: others })));
    }
    const runs = filteredRuns(filter);
    const { where } = runs;
    const tasks = filteredTasks(where, filter);
    const all = ofParts(
      runs,
      // Counted run by run: else Postgres may read all tasks there are to join them with few runs.
      (conditions) => `
        SELECT c.count FROM runs r CROSS JOIN LATERAL (
          SELECT count(*) AS count FROM tasks t WHERE ${tasks.join(' AND ')}) c WHERE ${conditions}`,
    );
    const [total] = await rowsOf<{ count: number }>(
      this.manager,
      `SELECT coalesce(sum(t.count), 0)::int AS count FROM (${all}) t`,
      where.values,
    );
    return total?.count ?? 0;
  }

  /** The ids of a run's tasks, in order; null when there is no such run. */
  async ids(key: RunKey): Promise<string[] | null> {
    const [run] = await rowsOf<{ ids: string[] }>(
      this.manager,
      `SELECT ARRAY(SELECT t.id FROM tasks t WHERE t.run_id = r.id ORDER BY t.ordinal) AS ids
       FROM runs r WHERE ${isKeyed}`,
      valuesOf(key),
    );
    return run?.ids ?? null;
  }

  /** One task of a run, or null. */
  async find(key: RunKey, taskId: string): Promise<Task | null> {
    const [task] = await rowsOf<Task>(
      this.manager,
      `SELECT ${columnsOf(taskSchema, 't', { notBefore })} FROM tasks t JOIN runs r ON r.id = t.run_id
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

function filteredRuns({ statuses, ...filter }: TaskFilter): RunsOf {
  const runs = runsOf({ ...filter, statuses: statuses && runStatusesWith(statuses) });
  runs.where
    .given(filter.from, (place) => `r.created_at >= ${place}`)
    .given(filter.to, (place) => `r.created_at <= ${place}`);
  return runs;
}

/** The states of runs that may have tasks in these. */
function runStatusesWith(tasks: TaskStatus[]): RunStatus[] {
  if (tasks.includes('succeeded')) return [...runStatuses];
  const living = tasks.every((status) => status === 'queued' || status === 'running');
  return runStatuses.filter((status) => (living ? !isRunEnded(status) : status !== 'succeeded'));
}

/** The conditions of a run's tasks; their values stand with those of the runs. */
function filteredTasks(runs: Conditions, { statuses, search }: TaskFilter): string[] {
  const tasks = ['t.run_id = r.id'];
  if (statuses) tasks.push(`t.status = ANY(${runs.place(statuses)})`);
  if (isGiven(search)) {
    const part = `lower(${runs.place(search)})`;
    const names = [`t.record ->> 'id'`, `t.record ->> 'name'`, 'r.name'];
    tasks.push(`(${names.map((name) => `strpos(lower(${name}), ${part}) > 0`).join(' OR ')})`);
  }
  return tasks;
}
