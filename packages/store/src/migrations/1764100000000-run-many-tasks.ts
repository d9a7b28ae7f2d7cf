import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs of many tasks: who is next, what a start may be told twice, input files, and how long runs are kept. */
export class RunManyTasks1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE spaces
        ADD max_queued int NOT NULL DEFAULT 100000,
        ADD max_running int,
        ADD keep_days int DEFAULT 30,
        ADD keep_runs int;

      ALTER TABLE runs
        ADD priority int NOT NULL DEFAULT 0,
        ADD retry_of uuid,
        ADD removed_at timestamptz;
      CREATE INDEX runs_space ON runs (space_id, id);
      CREATE INDEX runs_finished ON runs (space_id, finished_at) WHERE finished_at IS NOT NULL AND removed_at IS NULL;
      CREATE INDEX runs_aborting ON runs (id) WHERE status = 'aborting';
      CREATE INDEX runs_removed ON runs (removed_at) WHERE removed_at IS NOT NULL;

      ALTER TABLE tasks ADD space_id uuid, ADD priority int NOT NULL DEFAULT 0, ADD record json,
        ADD reminders int NOT NULL DEFAULT 0;
      UPDATE tasks t SET space_id = r.space_id FROM runs r WHERE r.id = t.run_id;
      ALTER TABLE tasks ALTER space_id SET NOT NULL;
      DROP INDEX tasks_queued;
      -- The moment at which an event is written, not that at which its statement began to wait.
      ALTER TABLE events ALTER at SET DEFAULT clock_timestamp();
      -- Who is next in a space; and which tasks the queue was told of.
      CREATE INDEX tasks_waiting ON tasks (space_id, priority DESC, run_id, ordinal)
        WHERE status = 'queued' AND dispatched_at IS NULL AND not_before IS NULL;
      CREATE INDEX tasks_delayed ON tasks (not_before) WHERE status = 'queued' AND not_before IS NOT NULL;
      CREATE INDEX tasks_at_hand ON tasks (space_id, dispatched_at)
        WHERE status = 'queued' AND dispatched_at IS NOT NULL;

      CREATE TABLE idempotency_keys (
        space_id uuid NOT NULL CONSTRAINT idempotency_keys_space REFERENCES spaces (id) ON DELETE CASCADE,
        key text NOT NULL,
        fingerprint json NOT NULL,
        run_id uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (space_id, key)
      );
      CREATE INDEX idempotency_keys_run ON idempotency_keys (run_id);
      CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

      CREATE TABLE files (
        id uuid PRIMARY KEY,
        space_id uuid NOT NULL CONSTRAINT files_space_fk REFERENCES spaces (id) ON DELETE CASCADE,
        name text NOT NULL,
        content_type text NOT NULL,
        size int NOT NULL,
        records int NOT NULL,
        bytes bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX files_space ON files (space_id, id);
      CREATE INDEX files_age ON files (space_id, created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE files, idempotency_keys;
      DROP INDEX tasks_waiting, tasks_delayed, tasks_at_hand, runs_space, runs_finished, runs_aborting, runs_removed;
      CREATE INDEX tasks_queued ON tasks (dispatched_at) WHERE status = 'queued';
      ALTER TABLE events ALTER at SET DEFAULT now();
      ALTER TABLE tasks DROP space_id, DROP priority, DROP record, DROP reminders;
      ALTER TABLE runs DROP priority, DROP retry_of, DROP removed_at;
      ALTER TABLE spaces DROP max_queued, DROP max_running, DROP keep_days, DROP keep_runs;
    `);
  }
}
