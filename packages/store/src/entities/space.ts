import type { ApiKey, Space } from '@runnel/contracts';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { column, createdAt, uuidKey } from './columns';

const spaceColumns = {
  id: uuidKey,
  name: column('name', 'text'),
  createdAt,
} satisfies Record<keyof Space, EntitySchemaColumnOptions>;

export const spaceSchema = new EntitySchema<Space>({
  name: 'space',
  tableName: 'spaces',
  columns: spaceColumns,
});

const apiKeyColumns = {
  id: uuidKey,
  spaceId: column('space_id', 'uuid'),
  name: column('name', 'text'),
  prefix: column('prefix', 'text'),
  hash: column('hash', 'bytea'),
  createdAt,
} satisfies Record<keyof ApiKey, EntitySchemaColumnOptions>;

export const apiKeySchema = new EntitySchema<ApiKey>({
  name: 'api_key',
  tableName: 'api_keys',
  columns: apiKeyColumns,
  indices: [{ name: 'api_keys_hash', columns: ['hash'], unique: true }],
  foreignKeys: [
    {
      name: 'api_keys_space',
      target: 'space',
      columnNames: ['spaceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
