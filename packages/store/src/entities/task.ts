import type { Artifact, Row, Task } from '@runnel/contracts';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { column, createdAt, uuidKey } from './columns';

const taskColumns = {
  id: uuidKey,
  spaceId: column('space_id', 'uuid'),
  runId: column('run_id', 'uuid'),
  ordinal: column('ordinal', 'int'),
  status: column('status', 'text'),
  inputs: column('inputs', 'json'),
  record: column('record', 'json', { nullable: true }),
  priority: column('priority', 'int', { default: 0 }),
  attempt: column('attempt', 'int', { default: 0 }),
  attemptsReturned: column('attempts_returned', 'int', { default: 0 }),
  attemptsLost: column('attempts_lost', 'int', { default: 0 }),
  maxAttempts: column('max_attempts', 'int'),
  deadlineMs: column('deadline_ms', 'int'),
  rowCount: column('row_count', 'int', { default: 0 }),
  lists: column('lists', 'json', { default: '{}' }),
  failure: column('failure', 'json', { nullable: true }),
  workerId: column('worker_id', 'text', { nullable: true }),
  leaseUntil: column('lease_until', 'timestamptz', { nullable: true }),
  notBefore: column('not_before', 'timestamptz', { nullable: true }),
  dispatchedAt: column('dispatched_at', 'timestamptz', { nullable: true }),
  reminders: column('reminders', 'int', { default: 0 }),
  deadlineAt: column('deadline_at', 'timestamptz', { nullable: true }),
  createdAt,
  startedAt: column('started_at', 'timestamptz', { nullable: true }),
  finishedAt: column('finished_at', 'timestamptz', { nullable: true }),
} satisfies Record<keyof Task, EntitySchemaColumnOptions>;

export const taskSchema = new EntitySchema<Task>({
  name: 'task',
  tableName: 'tasks',
  columns: taskColumns,
  checks: [
    {
      name: 'tasks_status',
      expression: `status IN ('queued', 'running', 'succeeded', 'failed', 'timed_out', 'aborted')`,
    },
  ],
  indices: [
    { name: 'tasks_run', columns: ['runId', 'ordinal'], unique: true },
    {
      name: 'tasks_waiting',
      columns: ['spaceId', 'priority', 'runId', 'ordinal'],
      where: `((status = 'queued'::text) AND (dispatched_at IS NULL) AND (not_before IS NULL))`,
    },
    {
      name: 'tasks_delayed',
      columns: ['notBefore'],
      where: `((status = 'queued'::text) AND (not_before IS NOT NULL))`,
    },
    {
      name: 'tasks_at_hand',
      columns: ['spaceId', 'dispatchedAt'],
      where: `((status = 'queued'::text) AND (dispatched_at IS NOT NULL))`,
    },
    { name: 'tasks_running', columns: ['leaseUntil'], where: `(status = 'running'::text)` },
  ],
  foreignKeys: [
    {
      name: 'tasks_run_fk',
      target: 'run',
      columnNames: ['runId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

const rowColumns = {
  taskId: column('task_id', 'uuid', { primary: true }),
  attempt: column('attempt', 'int', { primary: true }),
  list: column('list', 'text', { primary: true }),
  ordinal: column('ordinal', 'int', { primary: true }),
  position: column('position', 'int'),
  data: column('data', 'json'),
} satisfies Record<keyof Row, EntitySchemaColumnOptions>;

export const rowSchema = new EntitySchema<Row>({
  name: 'row',
  tableName: 'rows',
  columns: rowColumns,
  indices: [{ name: 'rows_position', columns: ['taskId', 'attempt', 'position'], unique: true }],
  foreignKeys: [
    {
      name: 'rows_task',
      target: 'task',
      columnNames: ['taskId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

const artifactColumns = {
  id: uuidKey,
  runId: column('run_id', 'uuid'),
  taskId: column('task_id', 'uuid'),
  attempt: column('attempt', 'int'),
  name: column('name', 'text'),
  contentType: column('content_type', 'text'),
  size: column('size', 'int'),
  bytes: column('bytes', 'bytea'),
  createdAt,
} satisfies Record<keyof Artifact, EntitySchemaColumnOptions>;

export const artifactSchema = new EntitySchema<Artifact>({
  name: 'artifact',
  tableName: 'artifacts',
  columns: artifactColumns,
  indices: [
    { name: 'artifacts_task', columns: ['taskId', 'attempt', 'name'], unique: true },
    { name: 'artifacts_run', columns: ['runId', 'id'] },
  ],
  foreignKeys: [
    {
      name: 'artifacts_task_fk',
      target: 'task',
      columnNames: ['taskId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
