import { openEmbeddedDatabase } from '@runnel/embedded';
import { migrateQueue } from '@runnel/queue';
import { isUpToDate, migrate, openDataSource, type DataSource } from '@runnel/store';

export interface LedgerAddress {
  /** Null: the embedded one under `dataDir`. */
  databaseUrl: string | null;
  redisUrl: string | null;
  dataDir: string;
}

export interface Ledger {
  url: string;
  dataSource: DataSource;
  close(): Promise<void>;
}

/**
 * Connects to the ledger. The embedded one is brought up to date, as is any with `migrate`; else it must be already.
 * @throws Error that says what to run when it is not.
 */
export async function openLedger(
  address: LedgerAddress,
  options: { poolSize: number; application: string; migrate?: boolean },
): Promise<Ledger> {
  const embedded =
    address.databaseUrl === null ? await openEmbeddedDatabase({ dataDir: address.dataDir }) : null;
  const url = address.databaseUrl ?? embedded?.url ?? '';
  const { poolSize, application } = options;
  const dataSource = await openDataSource({ url, poolSize, application });
  const ledger: Ledger = {
    url,
    dataSource,
    close: async () => {
      await dataSource.destroy();
      await embedded?.close();
    },
  };
  if (embedded || options.migrate) {
    await migrate(dataSource);
    await migrateQueue({ databaseUrl: url, redisUrl: address.redisUrl });
  } else if (!(await isUpToDate(dataSource))) {
    await ledger.close();
    throw new Error(
      'The database is not up to date: run `npm run migrate` with the same DATABASE_URL and REDIS_URL',
    );
  }
  return ledger;
}
