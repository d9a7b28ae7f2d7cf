import {
  fireKinds,
  fireOutcomes,
  misfirePolicies,
  overlapPolicies,
  type Fire,
  type Schedule,
} from '@runnel/contracts';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { column, createdAt, uuidKey } from './columns';

const scheduleColumns = {
  id: uuidKey,
  spaceId: column('space_id', 'uuid'),
  robotId: column('robot_id', 'uuid'),
  keyId: column('key_id', 'uuid', { nullable: true }),
  name: column('name', 'text'),
  type: column('type', 'text'),
  cron: column('cron', 'text', { nullable: true }),
  timezone: column('timezone', 'text'),
  runAt: column('run_at', 'timestamptz', { nullable: true }),
  startAt: column('start_at', 'timestamptz', { nullable: true }),
  endAt: column('end_at', 'timestamptz', { nullable: true }),
  maxFires: column('max_fires', 'int', { nullable: true }),
  jitterSeconds: column('jitter_seconds', 'int'),
  overlapPolicy: column('overlap_policy', 'text'),
  misfirePolicy: column('misfire_policy', 'text'),
  misfireWindowSeconds: column('misfire_window_seconds', 'int'),
  catchUpMax: column('catch_up_max', 'int'),
  pauseAfterFailures: column('pause_after_failures', 'int', { nullable: true }),
  target: column('target', 'json'),
  maxAttempts: column('max_attempts', 'int', { nullable: true }),
  executionOptions: column('execution_options', 'json'),
  pausedAt: column('paused_at', 'timestamptz', { nullable: true }),
  pausedBy: column('paused_by', 'text', { nullable: true }),
  pauseNote: column('pause_note', 'text', { nullable: true }),
  failuresSince: column('failures_since', 'timestamptz', { default: () => 'now()' }),
  nextMoment: column('next_moment', 'timestamptz', { nullable: true }),
  dueAt: column('due_at', 'timestamptz', { nullable: true }),
  waiting: column('waiting', 'int', { default: 0 }),
  fired: column('fired', 'int', { default: 0 }),
  revision: column('revision', 'int', { default: 1 }),
  aheadRunId: column('ahead_run_id', 'uuid', { nullable: true }),
  lastRunId: column('last_run_id', 'uuid', { nullable: true }),
  lastRunAt: column('last_run_at', 'timestamptz', { nullable: true }),
  fileIds: column('file_ids', 'uuid', { array: true, default: '{}' }),
  readsFirst: column('reads_first', 'boolean'),
  idempotencyKey: column('idempotency_key', 'text', { nullable: true }),
  fingerprint: column('fingerprint', 'json', { nullable: true }),
  createdAt,
  updatedAt: column('updated_at', 'timestamptz', { default: () => 'now()' }),
} satisfies Record<keyof Schedule, EntitySchemaColumnOptions>;

const oneOf = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

export const scheduleSchema = new EntitySchema<Schedule>({
  name: 'schedule',
  tableName: 'schedules',
  columns: scheduleColumns,
  checks: [
    {
      name: 'schedules_trigger',
      expression: `CASE type WHEN 'recurring' THEN cron IS NOT NULL AND run_at IS NULL
        WHEN 'one_time' THEN run_at IS NOT NULL AND cron IS NULL ELSE false END`,
    },
    { name: 'schedules_overlap', expression: `overlap_policy IN (${oneOf(overlapPolicies)})` },
    { name: 'schedules_misfire', expression: `misfire_policy IN (${oneOf(misfirePolicies)})` },
    { name: 'schedules_due', expression: '(next_moment IS NULL) = (due_at IS NULL)' },
    { name: 'schedules_paused', expression: '(paused_at IS NULL) = (paused_by IS NULL)' },
  ],
  indices: [
    { name: 'schedules_space', columns: ['spaceId', 'id'] },
    { name: 'schedules_robot', columns: ['robotId', 'id'] },
    { name: 'schedules_next', columns: ['dueAt'], where: '(due_at IS NOT NULL)' },
    { name: 'schedules_waiting', columns: ['id'], where: '(waiting > 0)' },
    { name: 'schedules_files', columns: ['spaceId'], where: `(file_ids <> '{}'::uuid[])` },
    {
      name: 'schedules_key',
      columns: ['spaceId', 'idempotencyKey'],
      unique: true,
      where: '(idempotency_key IS NOT NULL)',
    },
  ],
  foreignKeys: [
    {
      name: 'schedules_robot_fk',
      target: 'robot',
      columnNames: ['robotId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

const fireColumns = {
  id: uuidKey,
  spaceId: column('space_id', 'uuid'),
  scheduleId: column('schedule_id', 'uuid'),
  kind: column('kind', 'text'),
  scheduledFor: column('scheduled_for', 'timestamptz'),
  outcome: column('outcome', 'text', { nullable: true }),
  reason: column('reason', 'text', { nullable: true }),
  createdAt,
  firedAt: column('fired_at', 'timestamptz', { nullable: true }),
} satisfies Record<keyof Fire, EntitySchemaColumnOptions>;

/** As Postgres tells of it. */
const ofItsMoment = `(kind = ANY (ARRAY['cron'::text, 'catch_up'::text]))`;

export const fireSchema = new EntitySchema<Fire>({
  name: 'fire',
  tableName: 'fires',
  columns: fireColumns,
  checks: [
    { name: 'fires_kind', expression: `kind IN (${oneOf(fireKinds)})` },
    { name: 'fires_outcome', expression: `outcome IN (${oneOf(fireOutcomes)})` },
    { name: 'fires_fired', expression: '(outcome IS NULL) = (fired_at IS NULL)' },
  ],
  indices: [
    // A moment that was missed cannot come a second time.
    { name: 'fires_moment', columns: ['scheduleId', 'scheduledFor'], unique: true, where: ofItsMoment },
    {
      name: 'fires_backfill',
      columns: ['scheduleId', 'scheduledFor'],
      unique: true,
      where: `(kind = 'backfill'::text)`,
    },
    { name: 'fires_schedule', columns: ['scheduleId', 'id'] },
    { name: 'fires_space', columns: ['spaceId', 'id'] },
    { name: 'fires_waiting', columns: ['scheduleId', 'id'], where: '(outcome IS NULL)' },
    {
      name: 'fires_tried',
      columns: ['scheduleId', 'id'],
      where: `(outcome = ANY (ARRAY['started'::text, 'error'::text]))`,
    },
  ],
  foreignKeys: [
    {
      name: 'fires_schedule_fk',
      target: 'schedule',
      columnNames: ['scheduleId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});
