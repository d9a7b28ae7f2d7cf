import type { DataSource } from '@runnel/store';

/** True while a statement of this database waits for what another has locked. */
export async function isSomebodyLockedOut(dataSource: DataSource): Promise<boolean> {
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'`;
  return (await dataSource.query<object[]>(waiting)).length > 0;
}
