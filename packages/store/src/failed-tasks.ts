import type { Task } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { rowsOf } from './sql';

/** What is needed to do the tasks of an ended run again that did not succeed, in their order. */
export async function failedTasks(
  manager: EntityManager,
  runId: string,
): Promise<Pick<Task, 'inputs' | 'record' | 'maxAttempts'>[]> {
  return rowsOf(
    manager,
    `SELECT inputs, record, max_attempts AS "maxAttempts" FROM tasks
     WHERE run_id = $1 AND status IN ('failed', 'timed_out', 'aborted') ORDER BY ordinal`,
    [runId],
  );
}
