import type { EntityManager } from 'typeorm';
import { rowsOf } from './sql';

const statements = {
  run: 'SELECT robot_id AS id FROM runs WHERE space_id = $1 AND id = $2 AND removed_at IS NULL',
  schedule: 'SELECT robot_id AS id FROM schedules WHERE space_id = $1 AND id = $2',
  fire: `SELECT s.robot_id AS id FROM fires f JOIN schedules s ON s.id = f.schedule_id
    WHERE f.space_id = $1 AND f.id = $2`,
};

/** The robot that a run, a schedule or a moment of one is of; null when the space has no such thing. */
export async function robotOf(
  manager: EntityManager,
  kind: keyof typeof statements,
  { spaceId, id }: { spaceId: string; id: string },
): Promise<string | null> {
  const [robot] = await rowsOf<{ id: string }>(manager, statements[kind], [spaceId, id]);
  return robot?.id ?? null;
}
