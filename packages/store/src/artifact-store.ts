import type { Artifact } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { artifactSchema } from './entities/task';
import { columnsOf, rowsOf } from './sql';

export class ArtifactStore {
  constructor(private readonly manager: EntityManager) {}

  /** The first artifact of this name that the newest attempts of a run's tasks made, or null. */
  async find(key: {
    spaceId: string;
    robotId: string;
    runId: string;
    name: string;
  }): Promise<Artifact | null> {
    const [artifact] = await rowsOf<Artifact>(
      this.manager,
      `SELECT ${columnsOf(artifactSchema, 'a')} FROM artifacts a
       JOIN tasks t ON t.id = a.task_id AND t.attempt = a.attempt
       JOIN runs r ON r.id = a.run_id
       WHERE r.space_id = $1 AND r.robot_id = $2 AND r.id = $3 AND a.name = $4 ORDER BY t.ordinal LIMIT 1`,
      [key.spaceId, key.robotId, key.runId, key.name],
    );
    return artifact ?? null;
  }
}
