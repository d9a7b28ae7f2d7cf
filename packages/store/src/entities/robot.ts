import type { Robot, RobotVersion } from '@runnel/contracts';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { column, createdAt, uuidKey } from './columns';

const robotColumns = {
  id: uuidKey,
  spaceId: column('space_id', 'uuid'),
  name: column('name', 'text'),
  handle: column('handle', 'text'),
  latestVersion: column('latest_version', 'int'),
  publishedVersion: column('published_version', 'int', { nullable: true }),
  createdAt,
  updatedAt: column('updated_at', 'timestamptz', { default: () => 'now()' }),
} satisfies Record<keyof Robot, EntitySchemaColumnOptions>;

export const robotSchema = new EntitySchema<Robot>({
  name: 'robot',
  tableName: 'robots',
  columns: robotColumns,
  indices: [
    { name: 'robots_space', columns: ['spaceId', 'id'] },
    { name: 'robots_handle', columns: ['spaceId', 'handle'], unique: true },
  ],
  foreignKeys: [
    {
      name: 'robots_space_fk',
      target: 'space',
      columnNames: ['spaceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

const versionColumns = {
  robotId: column('robot_id', 'uuid', { primary: true }),
  version: column('version', 'int', { primary: true }),
  definition: column('definition', 'json'),
  createdAt,
} satisfies Record<keyof RobotVersion, EntitySchemaColumnOptions>;

export const robotVersionSchema = new EntitySchema<RobotVersion>({
  name: 'robot_version',
  tableName: 'robot_versions',
  columns: versionColumns,
  foreignKeys: [
    {
      name: 'robot_versions_robot',
      target: 'robot',
      columnNames: ['robotId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
