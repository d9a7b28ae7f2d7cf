import type { SealedLogin, SealedSecret } from '@runnel/contracts';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { column, createdAt } from './columns';

const secretColumns = {
  spaceId: column('space_id', 'uuid', { primary: true }),
  name: column('name', 'text', { primary: true }),
  keyId: column('key_id', 'text'),
  sealed: column('sealed', 'bytea'),
  createdAt,
  updatedAt: column('updated_at', 'timestamptz', { default: () => 'now()' }),
} satisfies Record<keyof SealedSecret, EntitySchemaColumnOptions>;

export const secretSchema = new EntitySchema<SealedSecret>({
  name: 'secret',
  tableName: 'secrets',
  columns: secretColumns,
  foreignKeys: [
    {
      name: 'secrets_space',
      target: 'space',
      columnNames: ['spaceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

const loginColumns = {
  spaceId: column('space_id', 'uuid'),
  robotId: column('robot_id', 'uuid', { primary: true }),
  name: column('name', 'text', { primary: true }),
  keyId: column('key_id', 'text'),
  sealed: column('sealed', 'bytea'),
  savedAt: column('saved_at', 'timestamptz', { default: () => 'now()' }),
} satisfies Record<keyof SealedLogin, EntitySchemaColumnOptions>;

export const loginSchema = new EntitySchema<SealedLogin>({
  name: 'login',
  tableName: 'logins',
  columns: loginColumns,
  indices: [{ name: 'logins_space', columns: ['spaceId', 'robotId'] }],
  foreignKeys: [
    {
      name: 'logins_robot',
      target: 'robot',
      columnNames: ['robotId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
