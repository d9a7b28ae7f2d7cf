import type { RowData } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { rowsOf } from './sql';

/** A row's place among all rows of its run: its task's, and its own in the task. */
export interface RowPlace {
  task: number;
  position: number;
}

export interface PlacedRow extends RowPlace {
  list: string;
  data: RowData;
}

/** Rows as readers see them: those of each task's newest attempt. */
export class RowStore {
  constructor(private readonly manager: EntityManager) {}

  /** The rows behind `after`, in order: of one list, or of all. */
  async page(
    key: { spaceId: string; robotId: string; runId: string },
    wanted: { list: string | null; after: RowPlace | null; limit: number },
  ): Promise<PlacedRow[]> {
    const { list, after, limit } = wanted;
    return rowsOf<PlacedRow>(
      this.manager,
      `SELECT t.ordinal AS task, w.position, w.list, w.data
       FROM runs r JOIN tasks t ON t.run_id = r.id JOIN rows w ON w.task_id = t.id AND w.attempt = t.attempt
       WHERE r.space_id = $1 AND r.robot_id = $2 AND r.id = $3 AND ($4::text IS NULL OR w.list = $4)
         AND (t.ordinal, w.position) > ($5, $6) ORDER BY t.ordinal, w.position LIMIT $7`,
      [key.spaceId, key.robotId, key.runId, list, after?.task ?? -1, after?.position ?? -1, limit],
    );
  }
}
