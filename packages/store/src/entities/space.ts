import type { ApiKey, IdempotencyKey, InputFile, Space } from '@runnel/contracts';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { column, createdAt, uuidKey } from './columns';

/** With the key that signs what clients are given to bring back. It is read by itself, so that nobody prints it. */
interface SignedSpace extends Space {
  signingKey: Buffer;
}

const spaceColumns = {
  id: uuidKey,
  name: column('name', 'text'),
  maxQueued: column('max_queued', 'int', { default: 100_000 }),
  maxRunning: column('max_running', 'int', { nullable: true }),
  keepDays: column('keep_days', 'int', { nullable: true, default: 30 }),
  keepRuns: column('keep_runs', 'int', { nullable: true }),
  signingKey: column('signing_key', 'bytea', {
    default: () => 'sha256((uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))',
    select: false,
  }),
  createdAt,
} satisfies Record<keyof SignedSpace, EntitySchemaColumnOptions>;

export const spaceSchema = new EntitySchema<SignedSpace>({
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
  // For an API of the version before, which knows of none: to be taken away with the next.
  scopes: column('scopes', 'text', { array: true, default: '{admin}' }),
  robotId: column('robot_id', 'uuid', { nullable: true }),
  domains: column('domains', 'text', { array: true, nullable: true }),
  dailyTasks: column('daily_tasks', 'int', { nullable: true }),
  budgetDay: column('budget_day', 'date', { nullable: true }),
  budgetUsed: column('budget_used', 'int', { default: 0 }),
  expiresAt: column('expires_at', 'timestamptz', { nullable: true }),
  lastUsedAt: column('last_used_at', 'timestamptz', { nullable: true }),
  revokedAt: column('revoked_at', 'timestamptz', { nullable: true }),
  createdAt,
} satisfies Record<keyof ApiKey, EntitySchemaColumnOptions>;

export const apiKeySchema = new EntitySchema<ApiKey>({
  name: 'api_key',
  tableName: 'api_keys',
  columns: apiKeyColumns,
  indices: [
    { name: 'api_keys_hash', columns: ['hash'], unique: true },
    { name: 'api_keys_space_id', columns: ['spaceId', 'id'] },
    { name: 'api_keys_of_robot', columns: ['robotId'], where: '(robot_id IS NOT NULL)' },
  ],
  foreignKeys: [
    {
      name: 'api_keys_robot',
      target: 'robot',
      columnNames: ['robotId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
    {
      name: 'api_keys_space',
      target: 'space',
      columnNames: ['spaceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

const idempotencyKeyColumns = {
  spaceId: column('space_id', 'uuid', { primary: true }),
  key: column('key', 'text', { primary: true }),
  fingerprint: column('fingerprint', 'json'),
  runId: column('run_id', 'uuid'),
  createdAt,
} satisfies Record<keyof IdempotencyKey, EntitySchemaColumnOptions>;

export const idempotencyKeySchema = new EntitySchema<IdempotencyKey>({
  name: 'idempotency_key',
  tableName: 'idempotency_keys',
  columns: idempotencyKeyColumns,
  indices: [
    { name: 'idempotency_keys_run', columns: ['runId'] },
    { name: 'idempotency_keys_age', columns: ['createdAt'] },
  ],
  foreignKeys: [
    {
      name: 'idempotency_keys_space',
      target: 'space',
      columnNames: ['spaceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

const fileColumns = {
  id: uuidKey,
  spaceId: column('space_id', 'uuid'),
  name: column('name', 'text'),
  contentType: column('content_type', 'text'),
  size: column('size', 'int'),
  records: column('records', 'int', { nullable: true }),
  keyId: column('key_id', 'uuid', { nullable: true }),
  bytes: column('bytes', 'bytea'),
  createdAt,
} satisfies Record<keyof InputFile, EntitySchemaColumnOptions>;

export const fileSchema = new EntitySchema<InputFile>({
  name: 'file',
  tableName: 'files',
  columns: fileColumns,
  indices: [
    { name: 'files_space', columns: ['spaceId', 'id'] },
    { name: 'files_age', columns: ['spaceId', 'createdAt'] },
  ],
  foreignKeys: [
    {
      name: 'files_space_fk',
      target: 'space',
      columnNames: ['spaceId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
