import { cloneDatabase } from '@runnel/testing';
import { isUpToDate, migrate, openDataSource, type DataSource } from '../src';

async function withEmptyDatabase(work: (open: () => Promise<DataSource>) => Promise<void>): Promise<void> {
  const database = await cloneDatabase({ empty: true });
  const opened: DataSource[] = [];
  try {
    await work(async () => {
      const dataSource = await openDataSource({ url: database.url, poolSize: 3, application: 'test' });
      opened.push(dataSource);
      return dataSource;
    });
  } finally {
    await Promise.all(opened.map((dataSource) => dataSource.destroy()));
    await database.drop();
  }
}

async function schemaOf(dataSource: DataSource): Promise<unknown> {
  return dataSource.query(
    `SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
     WHERE table_schema = 'public' ORDER BY 1, 2`,
  );
}

/** Undoes migrations down to this one, and it as well. */
async function undoTo(dataSource: DataSource, name: string): Promise<void> {
  const done = async (): Promise<unknown[]> =>
    dataSource.query('SELECT 1 FROM migrations WHERE name = $1', [name]);
  while ((await done()).length > 0) await dataSource.undoLastMigration();
}

test('migrations make exactly what the entities say', async () => {
  await withEmptyDatabase(async (open) => {
    const dataSource = await open();
    await migrate(dataSource);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});

test('many processes may migrate at once', async () => {
  await withEmptyDatabase(async (open) => {
    const sources = await Promise.all(Array.from({ length: 5 }, open));
    expect(await isUpToDate(sources[0]!)).toBe(false);
    await Promise.all(sources.map(migrate));
    expect(await isUpToDate(sources[0]!)).toBe(true);
    expect(await sources[0]!.query('SELECT count(*)::int AS count FROM migrations')).toEqual([
      { count: sources[0]!.migrations.length },
    ]);
  });
});

test('a migration undone and done again leaves no difference', async () => {
  await withEmptyDatabase(async (open) => {
    const dataSource = await open();
    await migrate(dataSource);
    const before = await schemaOf(dataSource);
    await dataSource.undoLastMigration();
    await migrate(dataSource);
    expect(await schemaOf(dataSource)).toEqual(before);
  });
});

test('robots and runs of before get their handles, stages and tallies', async () => {
  await withEmptyDatabase(async (open) => {
    const dataSource = await open();
    await migrate(dataSource);
    await undoTo(dataSource, 'SpeakDialects1764200000000');
    const names = ['A', 'a', 'a 2', 'A!'];
    await dataSource.query(`
      INSERT INTO spaces (id, name) VALUES (gen_random_uuid(), 'one'), (gen_random_uuid(), 'two');
      INSERT INTO robots (id, space_id, name, latest_version)
      SELECT ('00000000-0000-7000-8000-00000000000' || n)::uuid, (SELECT id FROM spaces WHERE name = 'one'),
        (ARRAY['${names.join("','")}'])[n], 1 FROM generate_series(1, ${names.length}) n;
      INSERT INTO robots (id, space_id, name, latest_version) SELECT gen_random_uuid(), id, 'A', 1 FROM spaces
      WHERE name = 'two';
      UPDATE robots SET latest_version = 2, published_version = 2 WHERE name = 'a 2';
      INSERT INTO runs (id, space_id, robot_id, robot_version, name, status, origin, tags, task_count, removed_at)
      SELECT gen_random_uuid(), space_id, id, n, 'A run', 'succeeded', 'api', '{}', 5,
        CASE n WHEN 4 THEN now() END FROM robots, generate_series(1, 4) n WHERE name = 'a 2';
    `);
    await migrate(dataSource);
    expect(
      await dataSource.query(`SELECT s.name, r.handle FROM robots r JOIN spaces s ON s.id = r.space_id
        ORDER BY s.name, r.id`),
    ).toEqual([
      ...['a', 'a-2', 'a-2-2', 'a-3'].map((handle) => ({ name: 'one', handle })),
      { name: 'two', handle: 'a' },
    ]);
    expect(await dataSource.query('SELECT runs::int, tasks::int FROM run_tallies')).toEqual([
      { runs: 3, tasks: 15 },
    ]);
    const stages = await dataSource.query(
      'SELECT robot_version AS version, stage, file_ids FROM runs WHERE removed_at IS NULL ORDER BY 1',
    );
    expect(stages).toEqual([
      { version: 1, stage: 'published', file_ids: [] },
      { version: 2, stage: 'published', file_ids: [] },
      { version: 3, stage: 'draft', file_ids: [] },
    ]);
    expect(await dataSource.query('SELECT DISTINCT length(signing_key) AS length FROM spaces')).toEqual([
      { length: 32 },
    ]);
  });
});
