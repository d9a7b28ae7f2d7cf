import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a key may do, secrets and stored logins, and how often somebody asked. */
export class GuardSpaces1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE api_keys
        -- A key that was there before may what it could, and so may one that an API of the version before makes meanwhile.
        ADD scopes text[] NOT NULL DEFAULT '{admin}',
        ADD robot_id uuid CONSTRAINT api_keys_robot REFERENCES robots (id) ON DELETE CASCADE,
        ADD domains text[],
        ADD daily_tasks int,
        ADD budget_day date,
        ADD budget_used int NOT NULL DEFAULT 0,
        ADD expires_at timestamptz,
        ADD last_used_at timestamptz,
        ADD revoked_at timestamptz;
      CREATE INDEX api_keys_space_id ON api_keys (space_id, id);
      CREATE INDEX api_keys_of_robot ON api_keys (robot_id) WHERE robot_id IS NOT NULL;

      ALTER TABLE runs ADD key_id uuid;
      ALTER TABLE schedules ADD key_id uuid;
      ALTER TABLE files ADD key_id uuid;

      CREATE TABLE secrets (
        space_id uuid NOT NULL CONSTRAINT secrets_space REFERENCES spaces (id) ON DELETE CASCADE,
        name text NOT NULL,
        key_id text NOT NULL,
        sealed bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (space_id, name)
      );

      CREATE TABLE logins (
        space_id uuid NOT NULL,
        robot_id uuid NOT NULL CONSTRAINT logins_robot REFERENCES robots (id) ON DELETE CASCADE,
        name text NOT NULL,
        key_id text NOT NULL,
        sealed bytea NOT NULL,
        saved_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (robot_id, name)
      );
      CREATE INDEX logins_space ON logins (space_id, robot_id);

      -- Counts of a minute: what a crash of the server takes of them is no loss.
      CREATE UNLOGGED TABLE rate_counts (
        name text PRIMARY KEY,
        hits int NOT NULL,
        until timestamptz NOT NULL
      );
      CREATE INDEX rate_counts_until ON rate_counts (until);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE rate_counts, logins, secrets;
      ALTER TABLE files DROP key_id;
      ALTER TABLE schedules DROP key_id;
      ALTER TABLE runs DROP key_id;
      DROP INDEX api_keys_space_id, api_keys_of_robot;
      ALTER TABLE api_keys DROP scopes, DROP robot_id, DROP domains, DROP daily_tasks, DROP budget_day,
        DROP budget_used, DROP expires_at, DROP last_used_at, DROP revoked_at;
    `);
  }
}
