import type { MigrationInterface, QueryRunner } from 'typeorm';
import { slugOf } from '../slug-of';
import { rowsOf } from '../sql';

const hasFailed = `status IN ('partial', 'failed', 'timed_out', 'aborted')`;

/** What the dialects ask for: stages, handles, signed tokens, any files, and lists that cost the same however long. */
export class SpeakDialects1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE runs
        ADD stage text NOT NULL DEFAULT 'published' CONSTRAINT runs_stage CHECK (stage IN ('draft', 'published')),
        ADD file_ids uuid[] NOT NULL DEFAULT '{}';
      ALTER TABLE runs ALTER stage DROP DEFAULT;
      UPDATE runs r SET stage = 'draft' FROM robots b
        WHERE b.id = r.robot_id AND r.robot_version > coalesce(b.published_version, 0);
      CREATE INDEX runs_draft ON runs (robot_id, id) WHERE stage = 'draft';
      CREATE INDEX runs_active ON runs (space_id, id) WHERE finished_at IS NULL;
      CREATE INDEX runs_active_robot ON runs (robot_id, id) WHERE finished_at IS NULL;
      -- Of runs that succeeded, which are most, these two have nothing.
      CREATE INDEX runs_failed ON runs (space_id, id) WHERE ${hasFailed};
      CREATE INDEX runs_failed_robot ON runs (robot_id, id) WHERE ${hasFailed};

      ALTER TABLE spaces ADD signing_key bytea NOT NULL
        DEFAULT sha256((uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
      ALTER TABLE files ALTER records DROP NOT NULL;
      ALTER TABLE robots ADD handle text;

      -- Rows are added and folded, never changed: nobody who starts a run waits for another.
      CREATE TABLE run_tallies (
        space_id uuid NOT NULL,
        robot_id uuid NOT NULL CONSTRAINT run_tallies_robot_fk REFERENCES robots (id) ON DELETE CASCADE,
        runs bigint NOT NULL,
        tasks bigint NOT NULL
      );
      CREATE INDEX run_tallies_space ON run_tallies (space_id);
      CREATE INDEX run_tallies_robot ON run_tallies (robot_id);
      INSERT INTO run_tallies (space_id, robot_id, runs, tasks)
        SELECT space_id, robot_id, count(*), sum(task_count) FROM runs WHERE removed_at IS NULL
        GROUP BY space_id, robot_id;

      -- Forgotten when Postgres dies: whoever was in the middle of a list begins it again.
      CREATE UNLOGGED TABLE list_walks (
        walk bytea NOT NULL,
        page int NOT NULL,
        after text NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (walk, page)
      );
      CREATE INDEX list_walks_age ON list_walks (at);
    `);
    await giveHandles(runner);
    await runner.query(`
      ALTER TABLE robots ALTER handle SET NOT NULL;
      CREATE UNIQUE INDEX robots_handle ON robots (space_id, handle);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE list_walks, run_tallies;
      DROP INDEX runs_draft, runs_active, runs_active_robot, runs_failed, runs_failed_robot;
      ALTER TABLE runs DROP stage, DROP file_ids;
      DELETE FROM files WHERE records IS NULL;
      ALTER TABLE files ALTER records SET NOT NULL;
      ALTER TABLE spaces DROP signing_key;
      ALTER TABLE robots DROP handle;
    `);
  }
}

/** The oldest robot of a name has the handle without a number. */
async function giveHandles(runner: QueryRunner): Promise<void> {
  const robots = await rowsOf<{ id: string; spaceId: string; name: string }>(
    runner.manager,
    'SELECT id, space_id AS "spaceId", name FROM robots ORDER BY id',
    [],
  );
  const taken = new Set<string>();
  const handles = robots.map(({ spaceId, name }) => {
    const slug = slugOf(name);
    let handle = slug;
    for (let number = 2; taken.has(`${spaceId} ${handle}`); number += 1) handle = `${slug}-${number}`;
    taken.add(`${spaceId} ${handle}`);
    return handle;
  });
  await runner.query(
    `UPDATE robots r SET handle = g.handle FROM unnest($1::uuid[], $2::text[]) AS g (id, handle) WHERE r.id = g.id`,
    [robots.map(({ id }) => id), handles],
  );
}
