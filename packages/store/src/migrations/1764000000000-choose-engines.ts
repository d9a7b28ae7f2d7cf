import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ChooseEngines1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE engine_choices (
        robot_id uuid NOT NULL,
        version int NOT NULL,
        engine text NOT NULL DEFAULT 'browser' CONSTRAINT engine_choices_engine CHECK (engine IN ('browser', 'http')),
        reason text NOT NULL DEFAULT '',
        tasks int NOT NULL DEFAULT 0,
        last_check int NOT NULL DEFAULT 0,
        next_check int NOT NULL DEFAULT 1,
        rows int NOT NULL DEFAULT 0,
        misses int NOT NULL DEFAULT 0,
        PRIMARY KEY (robot_id, version),
        CONSTRAINT engine_choices_version FOREIGN KEY (robot_id, version)
          REFERENCES robot_versions (robot_id, version) ON DELETE CASCADE
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE engine_choices');
  }
}
