import type { RecordName, RowData } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { mayUse } from './may-use';
import { rowsOf } from './sql';

/** A row's place among all rows of its run: its task's, the attempt that made it, and its own in the attempt. */
export interface RowPlace {
  task: number;
  attempt: number;
  position: number;
}

export interface PlacedRow extends RowPlace {
  taskId: string;
  /** The record of its task. */
  record: RecordName | null;
  list: string;
  data: RowData;
  /** True: others may follow, but the page is large enough with this one. */
  isCut: boolean;
}

export interface ListedRow {
  list: string;
  data: RowData;
}

/** Bytes of rows in a page, but for the last one. */
const pageBytes = 8_000_000;

/** Rows as readers see them: those of each task's newest attempt. */
export class RowStore {
  constructor(private readonly manager: EntityManager) {}

  /**
   * The rows of a run behind `after`, in order: of one list and one task, or of all. At most as many as were asked
   * for, and fewer, but one, where they are large: none are behind them when there are none. Null when the task of
   * `after` was tried again since: what was read of it is not the beginning of what follows. Or when the run was
   * removed meanwhile: what is still there of it is not all of it.
   */
  async page(
    runId: string,
    wanted: { list: string | null; taskId: string | null; after: RowPlace | null; limit: number },
  ): Promise<PlacedRow[] | null> {
    const { list, taskId, after, limit } = wanted;
    if (after && (await this.#attemptOf(runId, after.task)) !== after.attempt) return null;
    const found = await rowsOf<PlacedRow>(
      this.manager,
      `SELECT p.task, p.attempt, p.position, p."taskId", p.record, p.list, p.data, p.so_far >= ${pageBytes} AS "isCut"
       FROM runs r LEFT JOIN LATERAL (
         SELECT t.ordinal AS task, t.attempt, w.position, t.id AS "taskId", t.record, w.list, w.data, w.bytes,
           sum(w.bytes) OVER (ORDER BY t.ordinal, w.position) AS so_far FROM tasks t
         CROSS JOIN LATERAL (
           SELECT position, list, data, octet_length(data::text) AS bytes FROM rows
           WHERE task_id = t.id AND attempt = t.attempt AND ($2::text IS NULL OR list = $2)
             AND position > CASE WHEN t.ordinal = $3 THEN $4 ELSE -1 END
           ORDER BY position LIMIT $5) w
         WHERE t.run_id = r.id AND t.ordinal >= $3 AND ($6::uuid IS NULL OR t.id = $6)
         ORDER BY t.ordinal, w.position LIMIT $5) p ON p.so_far - p.bytes < ${pageBytes}
       WHERE r.id = $1 AND r.removed_at IS NULL ORDER BY p.task, p.position`,
      [runId, list, after?.task ?? 0, after?.position ?? -1, limit, taskId],
    );
    const [first] = found;
    if (!first) return null;
    // A run without such rows is one row of nothing.
    return (first.task as number | null) === null ? [] : found;
  }

  /** The first rows of each task, in the order of the tasks; no more than fill a page, all together. */
  async firstOf(taskIds: string[], { perTask }: { perTask: number }): Promise<Map<string, ListedRow[]>> {
    const found = await rowsOf<ListedRow & { taskId: string }>(
      this.manager,
      `SELECT y."taskId", y.list, y.data FROM (
         SELECT x.*, sum(octet_length(x.data::text)) OVER (ORDER BY x.place, x.position) AS bytes FROM (
           SELECT g.place, t.id AS "taskId", w.position, w.list, w.data
           FROM unnest($1::uuid[]) WITH ORDINALITY AS g (id, place)
           CROSS JOIN LATERAL (SELECT id, attempt FROM tasks WHERE id = g.id LIMIT 1) t
           CROSS JOIN LATERAL (
             SELECT position, list, data FROM rows WHERE task_id = t.id AND attempt = t.attempt
             ORDER BY position LIMIT $2) w) x) y
       WHERE y.bytes <= ${pageBytes} ORDER BY y.place, y.position`,
      [taskIds, perTask],
    );
    const rows = new Map(taskIds.map((id): [string, ListedRow[]] => [id, []]));
    for (const { taskId, list, data } of found) rows.get(taskId)?.push({ list, data });
    return rows;
  }

  /**
   * The rows at places of tasks of a space, in order; null where there is none, or none that `forKey` may use. A row that
   * is asked for twice is read once. Null when they are more bytes together than `most`.
   */
  async at(
    spaceId: string,
    {
      places,
      most,
      forKey = null,
    }: { places: { taskId: string; position: number }[]; most: number; forKey?: string | null },
  ): Promise<(RowData | null)[] | null> {
    const distinct = new Map(places.map((place) => [`${place.taskId} ${place.position}`, place]));
    const wanted = [...distinct.values()];
    const found = await rowsOf<{ taskId: string; position: number; data: RowData; isOver: boolean }>(
      this.manager,
      `SELECT y.id AS "taskId", y.position, CASE WHEN y.so_far <= $4 THEN y.data END AS data, y.so_far > $4 AS "isOver"
       FROM (
         SELECT t.id, w.position, w.data, octet_length(w.data::text) AS bytes,
           sum(octet_length(w.data::text)) OVER (ORDER BY g.place) AS so_far
         FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS g (id, position, place)
         CROSS JOIN LATERAL (SELECT id, attempt, run_id FROM tasks WHERE id = g.id AND space_id = $3 LIMIT 1) t
         JOIN runs r ON r.id = t.run_id AND r.removed_at IS NULL AND ${mayUse('$5', 'r.robot_id')}
         JOIN rows w ON w.task_id = t.id AND w.attempt = t.attempt AND w.position = g.position) y
       WHERE y.so_far - y.bytes <= $4`,
      [wanted.map(({ taskId }) => taskId), wanted.map(({ position }) => position), spaceId, most, forKey],
    );
    if (found.some(({ isOver }) => isOver)) return null;
    const rows = new Map(found.map(({ taskId, position, data }) => [`${taskId} ${position}`, data]));
    return places.map(({ taskId, position }) => rows.get(`${taskId} ${position}`) ?? null);
  }

  async #attemptOf(runId: string, ordinal: number): Promise<number | null> {
    const [task] = await rowsOf<{ attempt: number }>(
      this.manager,
      `SELECT attempt FROM tasks WHERE run_id = $1 AND ordinal = $2`,
      [runId, ordinal],
    );
    return task?.attempt ?? null;
  }
}
