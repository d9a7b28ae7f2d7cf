import type { Schedule } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { scheduleSchema } from './entities/schedule';
import { columnsOf, rowsOf } from './sql';

/** The oldest schedule of each of these robots, by robot; without those that have none. */
export async function firstSchedules(
  manager: EntityManager,
  spaceId: string,
  robotIds: readonly string[],
): Promise<Map<string, Schedule>> {
  const found = await rowsOf<Schedule>(
    manager,
    `SELECT first.* FROM unnest($2::uuid[]) AS r (id), LATERAL (
       SELECT ${columnsOf(scheduleSchema, 's')} FROM schedules s
       WHERE s.robot_id = r.id AND s.space_id = $1 ORDER BY s.robot_id, s.id LIMIT 1) first`,
    [spaceId, robotIds],
  );
  return new Map(found.map((schedule) => [schedule.robotId, schedule]));
}
