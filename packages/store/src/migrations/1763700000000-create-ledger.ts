import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLedger1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE spaces (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE api_keys (
        id uuid PRIMARY KEY,
        space_id uuid NOT NULL CONSTRAINT api_keys_space REFERENCES spaces (id) ON DELETE CASCADE,
        name text NOT NULL,
        prefix text NOT NULL,
        hash bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

      CREATE TABLE robots (
        id uuid PRIMARY KEY,
        space_id uuid NOT NULL CONSTRAINT robots_space_fk REFERENCES spaces (id) ON DELETE CASCADE,
        name text NOT NULL,
        latest_version int NOT NULL,
        published_version int,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX robots_space ON robots (space_id, id);
      CREATE TABLE robot_versions (
        robot_id uuid NOT NULL CONSTRAINT robot_versions_robot REFERENCES robots (id) ON DELETE CASCADE,
        version int NOT NULL,
        definition json NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (robot_id, version)
      );

      CREATE TABLE runs (
        id uuid PRIMARY KEY,
        space_id uuid NOT NULL,
        robot_id uuid NOT NULL CONSTRAINT runs_robot_fk REFERENCES robots (id) ON DELETE CASCADE,
        robot_version int NOT NULL,
        name text NOT NULL,
        status text NOT NULL CONSTRAINT runs_status CHECK (status IN
          ('queued', 'running', 'aborting', 'succeeded', 'partial', 'failed', 'timed_out', 'aborted')),
        origin text NOT NULL,
        tags text[] NOT NULL,
        task_count int NOT NULL,
        tasks_succeeded int NOT NULL DEFAULT 0,
        tasks_failed int NOT NULL DEFAULT 0,
        tasks_timed_out int NOT NULL DEFAULT 0,
        tasks_aborted int NOT NULL DEFAULT 0,
        seq int NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        finished_at timestamptz
      );
      CREATE INDEX runs_robot ON runs (robot_id, id);
      CREATE TABLE events (
        run_id uuid NOT NULL CONSTRAINT events_run REFERENCES runs (id) ON DELETE CASCADE,
        seq int NOT NULL,
        task_id uuid,
        attempt int,
        at timestamptz NOT NULL DEFAULT now(),
        event json NOT NULL,
        PRIMARY KEY (run_id, seq)
      );

      CREATE TABLE tasks (
        id uuid PRIMARY KEY,
        run_id uuid NOT NULL CONSTRAINT tasks_run_fk REFERENCES runs (id) ON DELETE CASCADE,
        ordinal int NOT NULL,
        status text NOT NULL CONSTRAINT tasks_status CHECK (status IN
          ('queued', 'running', 'succeeded', 'failed', 'timed_out', 'aborted')),
        inputs json NOT NULL,
        attempt int NOT NULL DEFAULT 0,
        attempts_returned int NOT NULL DEFAULT 0,
        attempts_lost int NOT NULL DEFAULT 0,
        max_attempts int NOT NULL,
        deadline_ms int NOT NULL,
        row_count int NOT NULL DEFAULT 0,
        lists json NOT NULL DEFAULT '{}',
        failure json,
        worker_id text,
        lease_until timestamptz,
        not_before timestamptz,
        dispatched_at timestamptz,
        deadline_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        finished_at timestamptz
      );
      CREATE UNIQUE INDEX tasks_run ON tasks (run_id, ordinal);
      CREATE INDEX tasks_queued ON tasks (dispatched_at) WHERE status = 'queued';
      CREATE INDEX tasks_running ON tasks (lease_until) WHERE status = 'running';

      CREATE TABLE rows (
        task_id uuid NOT NULL CONSTRAINT rows_task REFERENCES tasks (id) ON DELETE CASCADE,
        attempt int NOT NULL,
        list text NOT NULL,
        ordinal int NOT NULL,
        position int NOT NULL,
        data json NOT NULL,
        PRIMARY KEY (task_id, attempt, list, ordinal)
      );
      CREATE UNIQUE INDEX rows_position ON rows (task_id, attempt, position);
      CREATE TABLE artifacts (
        id uuid PRIMARY KEY,
        run_id uuid NOT NULL,
        task_id uuid NOT NULL CONSTRAINT artifacts_task_fk REFERENCES tasks (id) ON DELETE CASCADE,
        attempt int NOT NULL,
        name text NOT NULL,
        content_type text NOT NULL,
        size int NOT NULL,
        bytes bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX artifacts_task ON artifacts (task_id, attempt, name);
      CREATE INDEX artifacts_run ON artifacts (run_id, id);

      -- A terminal state is final, whatever a program believes.
      CREATE FUNCTION refuse_to_leave_end() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% % has ended as % and cannot become %', TG_TABLE_NAME, OLD.id, OLD.status, NEW.status;
      END $$;
      CREATE TRIGGER tasks_end_is_final BEFORE UPDATE OF status ON tasks FOR EACH ROW
        WHEN (OLD.status IN ('succeeded', 'failed', 'timed_out', 'aborted') AND NEW.status <> OLD.status)
        EXECUTE FUNCTION refuse_to_leave_end();
      CREATE TRIGGER runs_end_is_final BEFORE UPDATE OF status ON runs FOR EACH ROW
        WHEN (OLD.status IN ('succeeded', 'partial', 'failed', 'timed_out', 'aborted') AND NEW.status <> OLD.status)
        EXECUTE FUNCTION refuse_to_leave_end();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE artifacts, rows, tasks, events, runs, robot_versions, robots, api_keys, spaces;
      DROP FUNCTION refuse_to_leave_end;
    `);
  }
}
