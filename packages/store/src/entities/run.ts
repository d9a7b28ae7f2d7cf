import type { Event, Run } from '@runnel/contracts';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { column, createdAt, uuidKey } from './columns';

const runColumns = {
  id: uuidKey,
  spaceId: column('space_id', 'uuid'),
  robotId: column('robot_id', 'uuid'),
  robotVersion: column('robot_version', 'int'),
  stage: column('stage', 'text'),
  name: column('name', 'text'),
  status: column('status', 'text'),
  origin: column('origin', 'text'),
  tags: column('tags', 'text', { array: true }),
  priority: column('priority', 'int', { default: 0 }),
  scheduleId: column('schedule_id', 'uuid', { nullable: true }),
  keyId: column('key_id', 'uuid', { nullable: true }),
  retryOf: column('retry_of', 'uuid', { nullable: true }),
  fileIds: column('file_ids', 'uuid', { array: true, default: '{}' }),
  removedAt: column('removed_at', 'timestamptz', { nullable: true }),
  taskCount: column('task_count', 'int'),
  tasksSucceeded: column('tasks_succeeded', 'int', { default: 0 }),
  tasksFailed: column('tasks_failed', 'int', { default: 0 }),
  tasksTimedOut: column('tasks_timed_out', 'int', { default: 0 }),
  tasksAborted: column('tasks_aborted', 'int', { default: 0 }),
  seq: column('seq', 'int', { default: 0 }),
  createdAt,
  startedAt: column('started_at', 'timestamptz', { nullable: true }),
  finishedAt: column('finished_at', 'timestamptz', { nullable: true }),
} satisfies Record<keyof Run, EntitySchemaColumnOptions>;

/** As Postgres tells of it. */
const hasFailed = `(status = ANY (ARRAY['partial'::text, 'failed'::text, 'timed_out'::text, 'aborted'::text]))`;

export const runSchema = new EntitySchema<Run>({
  name: 'run',
  tableName: 'runs',
  columns: runColumns,
  checks: [
    {
      name: 'runs_status',
      expression: `status IN ('queued', 'running', 'aborting', 'succeeded', 'partial', 'failed', 'timed_out', 'aborted')`,
    },
    { name: 'runs_stage', expression: `stage IN ('draft', 'published')` },
  ],
  indices: [
    { name: 'runs_robot', columns: ['robotId', 'id'] },
    { name: 'runs_space', columns: ['spaceId', 'id'] },
    { name: 'runs_draft', columns: ['robotId', 'id'], where: `(stage = 'draft'::text)` },
    { name: 'runs_active', columns: ['spaceId', 'id'], where: `(finished_at IS NULL)` },
    { name: 'runs_active_robot', columns: ['robotId', 'id'], where: `(finished_at IS NULL)` },
    {
      name: 'runs_active_schedule',
      columns: ['scheduleId'],
      where: `((schedule_id IS NOT NULL) AND (finished_at IS NULL))`,
    },
    { name: 'runs_failed', columns: ['spaceId', 'id'], where: hasFailed },
    { name: 'runs_failed_robot', columns: ['robotId', 'id'], where: hasFailed },
    {
      name: 'runs_finished',
      columns: ['spaceId', 'finishedAt'],
      where: `((finished_at IS NOT NULL) AND (removed_at IS NULL))`,
    },
    { name: 'runs_aborting', columns: ['id'], where: `(status = 'aborting'::text)` },
    { name: 'runs_removed', columns: ['removedAt'], where: `(removed_at IS NOT NULL)` },
  ],
  foreignKeys: [
    {
      name: 'runs_robot_fk',
      target: 'robot',
      columnNames: ['robotId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

const eventColumns = {
  runId: column('run_id', 'uuid', { primary: true }),
  seq: column('seq', 'int', { primary: true }),
  taskId: column('task_id', 'uuid', { nullable: true }),
  attempt: column('attempt', 'int', { nullable: true }),
  at: column('at', 'timestamptz', { default: () => 'clock_timestamp()' }),
  event: column('event', 'json'),
} satisfies Record<keyof Event, EntitySchemaColumnOptions>;

export const eventSchema = new EntitySchema<Event>({
  name: 'event',
  tableName: 'events',
  columns: eventColumns,
  foreignKeys: [
    {
      name: 'events_run',
      target: 'run',
      columnNames: ['runId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
