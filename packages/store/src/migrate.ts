import type { DataSource } from 'typeorm';

/** Any number will do, if nothing else on the server uses it. */
const migrationLock = 7_276_635;

/** Brings the database up to date. Safe to call from many processes at once: one works, the others wait. */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SET statement_timeout = 0');
    await runner.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await dataSource.runMigrations();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
    await runner.query('RESET statement_timeout');
    await runner.release();
  }
}

/** False while a migration of this program has not run on the database. */
export async function isUpToDate(dataSource: DataSource): Promise<boolean> {
  return !(await dataSource.showMigrations());
}
