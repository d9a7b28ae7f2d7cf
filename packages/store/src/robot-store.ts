import type { Definition, Robot, RobotVersion, WantedVersion } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { Conditions } from './conditions';
import { robotSchema, robotVersionSchema } from './entities/robot';
import { newId } from './new-id';
import { newestRunOf } from './runs-of';
import { slugOf } from './slug-of';
import { columnsOf, rowsOf } from './sql';

export interface RobotWithDefinition extends Robot {
  version: number;
  definition: Definition;
}

export interface RobotFilter {
  /** A part of the name. */
  search: string | null;
  publishedOnly: boolean;
}

/** Which of the robots that match: those older than `before`, or newer than `after`, and so many more that are skipped. */
export interface RobotPage extends RobotFilter {
  limit: number;
  before: string | null;
  after?: string | null;
  skip: number;
}

/** Of robots with the same name, so many are looked at. */
const mostNamed = 100;

/** Robots and their versions. A version never changes. */
export class RobotStore {
  constructor(private readonly manager: EntityManager) {}

  async create(robot: {
    spaceId: string;
    name: string;
    definition: Definition;
    publish: boolean;
  }): Promise<string> {
    const { spaceId, name, definition, publish } = robot;
    const id = newId();
    const values = [id, spaceId, name, slugOf(name), publish ? 1 : null];
    // Who makes one of the same name at this moment may take the handle first.
    while ((await rowsOf(this.manager, insertion, values)).length === 0);
    await this.#addVersion(id, 1, definition);
    return id;
  }

  /** The robot with the wanted definition; with the newest where none is published. Null: no such robot or version. */
  async find(spaceId: string, id: string, wanted: WantedVersion): Promise<RobotWithDefinition | null> {
    const [robot] = await rowsOf<RobotWithDefinition>(
      this.manager,
      `SELECT ${columnsOf(robotSchema, 'r')}, v.version, v.definition
       FROM robots r JOIN robot_versions v ON v.robot_id = r.id AND v.version = ${versionColumn(wanted)}
       WHERE r.space_id = $1 AND r.id = $2`,
      typeof wanted === 'number' ? [spaceId, id, wanted] : [spaceId, id],
    );
    return robot ?? null;
  }

  async exists(spaceId: string, id: string): Promise<boolean> {
    const statement = 'SELECT 1 FROM robots r WHERE r.space_id = $1 AND r.id = $2';
    return (await rowsOf(this.manager, statement, [spaceId, id])).length > 0;
  }

  /** The same by its handle, with the definition that runs. */
  async findByHandle(spaceId: string, handle: string): Promise<RobotWithDefinition | null> {
    const [robot] = await rowsOf<RobotWithDefinition>(
      this.manager,
      `SELECT ${columnsOf(robotSchema, 'r')}, v.version, v.definition
       FROM robots r JOIN robot_versions v ON v.robot_id = r.id AND v.version = ${versionColumn('published')}
       WHERE r.space_id = $1 AND r.handle = $2`,
      [spaceId, handle],
    );
    return robot ?? null;
  }

  /**
   * Those of this name, with the definitions that run, the oldest first. In a transaction: nobody else is told of the
   * name before it ends.
   */
  async named(spaceId: string, name: string): Promise<RobotWithDefinition[]> {
    await rowsOf(this.manager, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `${spaceId} ${name}`,
    ]);
    return rowsOf<RobotWithDefinition>(
      this.manager,
      `SELECT ${columnsOf(robotSchema, 'r')}, v.version, v.definition
       FROM robots r JOIN robot_versions v ON v.robot_id = r.id AND v.version = ${versionColumn('published')}
       WHERE r.space_id = $1 AND r.name = $2 ORDER BY r.id LIMIT ${mostNamed}`,
      [spaceId, name],
    );
  }

  /** With the definitions that run, newest first. */
  async list(spaceId: string, page: RobotPage): Promise<RobotWithDefinition[]> {
    const { from, where } = pageOf(spaceId, page);
    return rowsOf<RobotWithDefinition>(
      this.manager,
      `SELECT ${columnsOf(robotSchema, 'r')}, v.version, v.definition FROM ${from} r
       JOIN robot_versions v ON v.robot_id = r.id AND v.version = ${versionColumn('published')}
       ORDER BY r.id DESC`,
      where.values,
    );
  }

  /** The same without what they do. */
  async heads(spaceId: string, page: RobotPage): Promise<Robot[]> {
    const { from, where } = pageOf(spaceId, page);
    const statement = `SELECT ${columnsOf(robotSchema, 'r')} FROM ${from} r ORDER BY r.id DESC`;
    return rowsOf<Robot>(this.manager, statement, where.values);
  }

  /** When the newest run of each was made; without those that have none. */
  async lastRuns(ids: string[]): Promise<Map<string, Date>> {
    const found = await rowsOf<{ id: string; at: Date }>(
      this.manager,
      `SELECT r.id, last.created_at AS at FROM unnest($1::uuid[]) AS r (id)
       CROSS JOIN LATERAL (${newestRunOf('r')}) last`,
      [ids],
    );
    return new Map(found.map(({ id, at }) => [id, at]));
  }

  async count(spaceId: string, filter: RobotFilter): Promise<number> {
    const where = robotsOf(spaceId, filter);
    const statement = `SELECT count(*)::int AS count FROM robots r WHERE ${where.text}`;
    return (await rowsOf<{ count: number }>(this.manager, statement, where.values))[0]?.count ?? 0;
  }

  /** Adds a version; false when the robot does not exist. */
  async replace(change: {
    spaceId: string;
    id: string;
    name: string | null;
    definition: Definition;
    publish: boolean;
  }): Promise<boolean> {
    const [robot] = await rowsOf<{ version: number }>(
      this.manager,
      `UPDATE robots SET latest_version = latest_version + 1, name = coalesce($3, name), updated_at = now(),
         published_version = CASE WHEN $4 THEN latest_version + 1 ELSE published_version END
       WHERE space_id = $1 AND id = $2 RETURNING latest_version AS version`,
      [change.spaceId, change.id, change.name, change.publish],
    );
    if (!robot) return false;
    await this.#addVersion(change.id, robot.version, change.definition);
    return true;
  }

  /** Gives it another name, and no new version; false when the robot does not exist. */
  async rename(spaceId: string, id: string, name: string): Promise<boolean> {
    const renamed = await rowsOf(
      this.manager,
      `UPDATE robots SET name = $3, updated_at = now() WHERE space_id = $1 AND id = $2 RETURNING id`,
      [spaceId, id, name],
    );
    return renamed.length > 0;
  }

  /** The robot's versions without their definitions, newest first. */
  async versions(spaceId: string, id: string): Promise<Omit<RobotVersion, 'definition'>[]> {
    return rowsOf(
      this.manager,
      `SELECT v.robot_id AS "robotId", v.version, v.created_at AS "createdAt"
       FROM robot_versions v JOIN robots r ON r.id = v.robot_id
       WHERE r.space_id = $1 AND r.id = $2 ORDER BY v.version DESC`,
      [spaceId, id],
    );
  }

  /** Makes a version the one that runs, the newest when null; false when there is no such robot or version. */
  async publish(spaceId: string, id: string, version: number | null): Promise<boolean> {
    const rows = await rowsOf(
      this.manager,
      `UPDATE robots r SET published_version = v.version, updated_at = now() FROM robot_versions v
       WHERE r.space_id = $1 AND r.id = $2 AND v.robot_id = r.id AND v.version = coalesce($3, r.latest_version)
       RETURNING r.id`,
      [spaceId, id, version],
    );
    return rows.length > 0;
  }

  /**
   * Removes the robot, its versions and its runs; false when it does not exist. In a transaction: tasks are locked
   * before runs, as by every statement of a worker, so that the two do not wait for each other.
   */
  async delete(spaceId: string, id: string): Promise<boolean> {
    // In this order: who fires a schedule of it has that, and asks for the robot.
    const itsSchedules =
      'SELECT 1 FROM schedules WHERE space_id = $1 AND robot_id = $2 ORDER BY id FOR UPDATE';
    await rowsOf(this.manager, itsSchedules, [spaceId, id]);
    const ofRobot = 'FROM runs r WHERE r.space_id = $1 AND r.robot_id = $2';
    await rowsOf(
      this.manager,
      `SELECT 1 FROM tasks t WHERE t.run_id IN (SELECT r.id ${ofRobot}) ORDER BY t.id FOR UPDATE`,
      [spaceId, id],
    );
    await rowsOf(this.manager, `SELECT 1 ${ofRobot} ORDER BY r.id FOR UPDATE`, [spaceId, id]);
    const { affected } = await this.manager.delete(robotSchema, { spaceId, id });
    return (affected ?? 0) > 0;
  }

  async #addVersion(robotId: string, version: number, definition: Definition): Promise<void> {
    await this.manager
      .createQueryBuilder()
      .insert()
      .into(robotVersionSchema)
      .values({ robotId, version, definition: () => ':definition' })
      .setParameter('definition', JSON.stringify(definition))
      .execute();
  }
}

/**
 * Takes the first free handle: the slug, or with a number behind it. Some of as many numbers as there are robots, and
 * one more, is free.
 */
const insertion = `
  INSERT INTO robots (id, space_id, name, handle, latest_version, published_version)
  SELECT $1, $2, $3, (
    SELECT f.handle FROM generate_series(1, 1 + (SELECT count(*) FROM robots WHERE space_id = $2)) n
    CROSS JOIN LATERAL (SELECT $4::text || CASE n WHEN 1 THEN '' ELSE '-' || n END AS handle) f
    WHERE NOT EXISTS (SELECT FROM robots r WHERE r.space_id = $2 AND r.handle = f.handle) ORDER BY n LIMIT 1), 1, $5
  ON CONFLICT (space_id, handle) DO NOTHING RETURNING id`;

/** What stands for the robots of a page in a FROM, and the values that it has places for. */
function pageOf(spaceId: string, page: RobotPage): { from: string; where: Conditions } {
  const where = robotsOf(spaceId, page);
  const { before, after, limit, skip } = page;
  where.given(before, (place) => `r.id < ${place}`).given(after, (place) => `r.id > ${place}`);
  const nextFirst = after ? 'r.id' : 'r.id DESC';
  const from = `(SELECT * FROM robots r WHERE ${where.text} ORDER BY ${nextFirst}
    LIMIT ${where.place(limit)} OFFSET ${where.place(skip)})`;
  return { from, where };
}

function robotsOf(spaceId: string, { search, publishedOnly }: RobotFilter): Conditions {
  const where = new Conditions();
  where
    .always(`r.space_id = ${where.place(spaceId)}`)
    .given(search, (place) => `strpos(lower(r.name), lower(${place})) > 0`);
  return publishedOnly ? where.always('r.published_version IS NOT NULL') : where;
}

/** The number itself is the query's third parameter. */
function versionColumn(wanted: WantedVersion): string {
  if (typeof wanted === 'number') return '$3';
  return wanted === 'draft' ? 'r.latest_version' : 'coalesce(r.published_version, r.latest_version)';
}
