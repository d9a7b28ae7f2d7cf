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

  /** The space that a run is in, and what signs the links that it hands out; null when there is no such run. */
  async signerOf(runId: string): Promise<{ spaceId: string; signingKey: Buffer } | null> {
    const [signer] = await rowsOf<{ spaceId: string; signingKey: Buffer }>(
      this.manager,
      `SELECT s.id AS "spaceId", s.signing_key AS "signingKey" FROM runs r JOIN spaces s ON s.id = r.space_id
       WHERE r.id = $1`,
      [runId],
    );
    return signer ?? null;
  }
}
