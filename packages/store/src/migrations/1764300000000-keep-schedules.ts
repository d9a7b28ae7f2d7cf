import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Schedules, what became of each of their moments, and which runs they started. */
export class KeepSchedules1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE schedules (
        id uuid PRIMARY KEY,
        space_id uuid NOT NULL,
        robot_id uuid NOT NULL CONSTRAINT schedules_robot_fk REFERENCES robots (id) ON DELETE CASCADE,
        name text NOT NULL,
        type text NOT NULL,
        cron text,
        timezone text NOT NULL,
        run_at timestamptz,
        start_at timestamptz,
        end_at timestamptz,
        max_fires int,
        jitter_seconds int NOT NULL,
        overlap_policy text NOT NULL
          CONSTRAINT schedules_overlap CHECK (overlap_policy IN ('skip', 'queue_one', 'cancel_previous', 'allow')),
        misfire_policy text NOT NULL
          CONSTRAINT schedules_misfire CHECK (misfire_policy IN ('skip', 'fire_once', 'catch_up')),
        misfire_window_seconds int NOT NULL,
        catch_up_max int NOT NULL,
        pause_after_failures int,
        target json NOT NULL,
        max_attempts int,
        execution_options json NOT NULL,
        paused_at timestamptz,
        paused_by text,
        pause_note text,
        failures_since timestamptz NOT NULL DEFAULT now(),
        next_moment timestamptz,
        due_at timestamptz,
        waiting int NOT NULL DEFAULT 0,
        fired int NOT NULL DEFAULT 0,
        revision int NOT NULL DEFAULT 1,
        ahead_run_id uuid,
        last_run_id uuid,
        last_run_at timestamptz,
        file_ids uuid[] NOT NULL DEFAULT '{}',
        reads_first boolean NOT NULL,
        idempotency_key text,
        fingerprint json,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT schedules_trigger CHECK (CASE type
          WHEN 'recurring' THEN cron IS NOT NULL AND run_at IS NULL
          WHEN 'one_time' THEN run_at IS NOT NULL AND cron IS NULL ELSE false END),
        CONSTRAINT schedules_due CHECK ((next_moment IS NULL) = (due_at IS NULL)),
        CONSTRAINT schedules_paused CHECK ((paused_at IS NULL) = (paused_by IS NULL))
      );
      CREATE INDEX schedules_space ON schedules (space_id, id);
      CREATE INDEX schedules_robot ON schedules (robot_id, id);
      CREATE INDEX schedules_next ON schedules (due_at) WHERE due_at IS NOT NULL;
      CREATE INDEX schedules_waiting ON schedules (id) WHERE waiting > 0;
      CREATE INDEX schedules_files ON schedules (space_id) WHERE file_ids <> '{}';
      CREATE UNIQUE INDEX schedules_key ON schedules (space_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

      -- The run that a fire starts has its id.
      CREATE TABLE fires (
        id uuid PRIMARY KEY,
        space_id uuid NOT NULL,
        schedule_id uuid NOT NULL CONSTRAINT fires_schedule_fk REFERENCES schedules (id) ON DELETE CASCADE,
        kind text NOT NULL CONSTRAINT fires_kind CHECK (kind IN ('cron', 'manual', 'backfill', 'catch_up')),
        scheduled_for timestamptz NOT NULL,
        outcome text CONSTRAINT fires_outcome
          CHECK (outcome IN ('started', 'skipped_overlap', 'skipped_misfire', 'skipped_paused', 'error')),
        reason text,
        created_at timestamptz NOT NULL DEFAULT now(),
        fired_at timestamptz,
        CONSTRAINT fires_fired CHECK ((outcome IS NULL) = (fired_at IS NULL))
      );
      -- A moment that was missed cannot come a second time.
      CREATE UNIQUE INDEX fires_moment ON fires (schedule_id, scheduled_for) WHERE kind IN ('cron', 'catch_up');
      CREATE UNIQUE INDEX fires_backfill ON fires (schedule_id, scheduled_for) WHERE kind = 'backfill';
      CREATE INDEX fires_schedule ON fires (schedule_id, id);
      CREATE INDEX fires_space ON fires (space_id, id);
      CREATE INDEX fires_waiting ON fires (schedule_id, id) WHERE outcome IS NULL;
      CREATE INDEX fires_tried ON fires (schedule_id, id) WHERE outcome IN ('started', 'error');

      ALTER TABLE runs ADD schedule_id uuid;
      CREATE INDEX runs_active_schedule ON runs (schedule_id) WHERE schedule_id IS NOT NULL AND finished_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX runs_active_schedule;
      ALTER TABLE runs DROP schedule_id;
      DROP TABLE fires, schedules;
    `);
  }
}
