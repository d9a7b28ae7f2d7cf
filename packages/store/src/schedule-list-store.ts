import type { Schedule } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { Conditions } from './conditions';
import { scheduleSchema } from './entities/schedule';
import { viewColumns, type ScheduleView } from './schedule-store';
import { columnsOf, rowsOf } from './sql';

export interface ScheduleFilter {
  /** A part of the name. */
  search: string | null;
  /** Null: those of all robots. */
  robotId: string | null;
}

/** Which of the schedules that match: those older than `before`, or newer than `after`. */
export interface SchedulePage extends ScheduleFilter {
  limit: number;
  before: string | null;
  after: string | null;
}

/** Schedules of a space, and those of its robots. */
export class ScheduleListStore {
  constructor(private readonly manager: EntityManager) {}

  /** Newest first. */
  async page(spaceId: string, page: SchedulePage): Promise<ScheduleView[]> {
    const { where, newestFirst, oldestFirst } = schedulesOf(spaceId, page);
    const { before, after, limit } = page;
    where.given(before, (place) => `s.id < ${place}`).given(after, (place) => `s.id > ${place}`);
    return rowsOf<ScheduleView>(
      this.manager,
      `SELECT ${viewColumns} FROM (SELECT * FROM schedules s WHERE ${where.text}
         ORDER BY ${after === null ? newestFirst : oldestFirst} LIMIT ${where.place(limit)}) s ORDER BY s.id DESC`,
      where.values,
    );
  }

  async count(spaceId: string, { robotId, search }: ScheduleFilter): Promise<number> {
    const where = new Conditions();
    where
      .always(`s.space_id = ${where.place(spaceId)}`)
      .given(robotId, (place) => `s.robot_id = ${place}`)
      .given(search, hasInName);
    const statement = `SELECT count(*)::int AS count FROM schedules s WHERE ${where.text}`;
    return (await rowsOf<{ count: number }>(this.manager, statement, where.values))[0]?.count ?? 0;
  }

  /** Of each of these robots the oldest schedule that recurs, by robot; without those that have none. */
  async firstOf(spaceId: string, robotIds: readonly string[]): Promise<Map<string, Schedule>> {
    const found = await rowsOf<Schedule>(
      this.manager,
      `SELECT first.* FROM unnest($2::uuid[]) AS r (id), LATERAL (
         SELECT ${columnsOf(scheduleSchema, 's')} FROM schedules s
         WHERE s.robot_id = r.id AND s.space_id = $1 AND s.type = 'recurring' ORDER BY s.robot_id, s.id LIMIT 1) first`,
      [spaceId, robotIds],
    );
    return new Map(found.map((schedule) => [schedule.robotId, schedule]));
  }
}

/**
 * The schedules `s` of a space or a robot, and their order. An array of one and an order by all of the index leave
 * Postgres no other way than this index, as with runs.
 */
function schedulesOf(
  spaceId: string,
  { search, robotId }: ScheduleFilter,
): { where: Conditions; newestFirst: string; oldestFirst: string } {
  const where = new Conditions();
  if (robotId === null) {
    where.always(`s.space_id = ANY(${where.place([spaceId])}::uuid[])`);
  } else {
    const own = `SELECT r.id FROM robots r WHERE r.id = ${where.place(robotId)} AND r.space_id = ${where.place(spaceId)}`;
    where.always(`s.robot_id = ANY(ARRAY(${own}))`);
  }
  where.given(search, hasInName);
  const owner = robotId === null ? 's.space_id' : 's.robot_id';
  return { where, newestFirst: `${owner} DESC, s.id DESC`, oldestFirst: `${owner}, s.id` };
}

const hasInName = (place: string): string => `strpos(lower(s.name), lower(${place})) > 0`;
