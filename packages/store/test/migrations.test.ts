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
