import type { Artifact } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { artifactSchema } from './entities/task';
import { isKeyed, valuesOf, type RunKey } from './run-key';
import { columnsOf, rowsOf } from './sql';

export class ArtifactStore {
  constructor(private readonly manager: EntityManager) {}

  /**
   * The first artifact of this name that the newest attempts of a run's tasks made, or null. `taskId`: only of this
   * task.
   */
  async find(key: RunKey & { taskId: string | null; name: string }): Promise<Artifact | null> {
    const [artifact] = await rowsOf<Artifact>(
      this.manager,
      `SELECT ${columnsOf(artifactSchema, 'a')} FROM artifacts a
       JOIN tasks t ON t.id = a.task_id AND t.attempt = a.attempt
       JOIN runs r ON r.id = a.run_id
       WHERE ${isKeyed} AND a.name = $4
         AND ($5::uuid IS NULL OR t.id = $5) ORDER BY t.ordinal LIMIT 1`,
      [...valuesOf(key), key.name, key.taskId],
    );
    return artifact ?? null;
  }
}
