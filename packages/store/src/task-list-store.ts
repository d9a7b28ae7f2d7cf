import type { Task, TaskStatus } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { taskSchema } from './entities/task';
import { columnsOf, rowsOf } from './sql';

/** A task as a client sees it: with the artifacts of its newest attempt. */
export interface TaskView extends Task {
  artifacts: { name: string; contentType: string; size: number }[];
}

interface RunKey {
  spaceId: string;
  robotId: string;
  runId: string;
}

const ofRun = 'r.space_id = $1 AND r.robot_id = $2 AND r.id = $3 AND r.removed_at IS NULL';

/** The tasks of one run, as readers see them. */
export class TaskListStore {
  constructor(private readonly manager: EntityManager) {}

  /**
   * In order. `after`: only the tasks behind this one; the items are null when it is none of the run's.
   * Null when there is no such run.
   */
  async list(
    key: RunKey,
    page: { statuses: TaskStatus[] | null; after: string | null; limit: number },
  ): Promise<{ totalCount: number; items: TaskView[] | null } | null> {
    const { statuses, after, limit } = page;
    const [run] = await rowsOf<{ totalCount: number; after: number | null }>(
      this.manager,
      `SELECT (SELECT count(*)::int FROM tasks t WHERE t.run_id = r.id
           AND ($4::text[] IS NULL OR t.status = ANY($4))) AS "totalCount",
         (SELECT t.ordinal FROM tasks t WHERE t.run_id = r.id AND t.id = $5) AS after
       FROM runs r WHERE ${ofRun}`,
      [key.spaceId, key.robotId, key.runId, statuses, after],
    );
    if (!run) return null;
    if (after !== null && run.after === null) return { totalCount: run.totalCount, items: null };
    const items = await rowsOf<TaskView>(
      this.manager,
      `SELECT ${columnsOf(taskSchema, 't')},
         (SELECT coalesce(json_agg(json_build_object('name', a.name, 'contentType', a.content_type, 'size', a.size)
            ORDER BY a.id), '[]')
          FROM artifacts a WHERE a.task_id = t.id AND a.attempt = t.attempt) AS artifacts
       FROM tasks t WHERE t.run_id = $1 AND ($2::text[] IS NULL OR t.status = ANY($2)) AND t.ordinal > $3
       ORDER BY t.ordinal LIMIT $4`,
      [key.runId, statuses, run.after ?? -1, limit],
    );
    return { totalCount: run.totalCount, items };
  }

  /** One task of a run, or null. */
  async find(key: RunKey, taskId: string): Promise<Task | null> {
    const [task] = await rowsOf<Task>(
      this.manager,
      `SELECT ${columnsOf(taskSchema, 't')} FROM tasks t JOIN runs r ON r.id = t.run_id
       WHERE ${ofRun} AND t.id = $4`,
      [key.spaceId, key.robotId, key.runId, taskId],
    );
    return task ?? null;
  }
}
