import type { Definition, Robot, RobotVersion, WantedVersion } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { newId } from './new-id';
import { robotSchema, robotVersionSchema } from './entities/robot';
import { columnsOf, rowsOf } from './sql';

export interface RobotWithDefinition extends Robot {
  version: number;
  definition: Definition;
}

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
    await this.manager.insert(robotSchema, {
      id,
      spaceId,
      name,
      latestVersion: 1,
      publishedVersion: publish ? 1 : null,
    });
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

  /** Newest first. `before`: only robots older than this one. */
  async list(
    spaceId: string,
    page: { limit: number; before: string | null; search: string | null },
  ): Promise<{ totalCount: number; items: RobotWithDefinition[] }> {
    const { limit, before, search } = page;
    const matching = `r.space_id = $1 AND ($2::text IS NULL OR strpos(lower(r.name), lower($2)) > 0)`;
    const items = await rowsOf<RobotWithDefinition>(
      this.manager,
      `SELECT ${columnsOf(robotSchema, 'r')}, v.version, v.definition
       FROM robots r
       JOIN robot_versions v ON v.robot_id = r.id AND v.version = coalesce(r.published_version, r.latest_version)
       WHERE ${matching} AND ($3::uuid IS NULL OR r.id < $3) ORDER BY r.id DESC LIMIT $4`,
      [spaceId, search, before, limit],
    );
    const [total] = await rowsOf<{ count: number }>(
      this.manager,
      `SELECT count(*)::int AS count FROM robots r WHERE ${matching}`,
      [spaceId, search],
    );
    return { totalCount: total?.count ?? 0, items };
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

/** The number itself is the query's third parameter. */
function versionColumn(wanted: WantedVersion): string {
  if (typeof wanted === 'number') return '$3';
  return wanted === 'draft' ? 'r.latest_version' : 'coalesce(r.published_version, r.latest_version)';
}
