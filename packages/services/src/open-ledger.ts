import { openEmbeddedDatabase } from '@runnel/embedded';
import { migrateQueue, type QueueAddress } from '@runnel/queue';
import { isUpToDate, migrate, openDataSource, type DataSource } from '@runnel/store';

/** The settings that say where the ledger is. */
export interface LedgerSettings {
  /** Null: the embedded one under RUNNEL_DATA_DIR. */
  DATABASE_URL: string | null;
  /** Null: the queue is on the same Postgres. */
  REDIS_URL: string | null;
  RUNNEL_DATA_DIR: string;
}

export interface Ledger {
  url: string;
  /** Where its jobs wait. */
  queue: QueueAddress;
  dataSource: DataSource;
  close(): Promise<void>;
}

/**
 * Connects to the ledger. The embedded one is brought up to date, as is any with `migrate`; else it must be already.
 * @throws Error that says what to run when it is not.
 */
export async function openLedger(
  settings: LedgerSettings,
  options: { poolSize: number; application: string; migrate?: boolean },
): Promise<Ledger> {
  const { DATABASE_URL, REDIS_URL, RUNNEL_DATA_DIR } = settings;
  const embedded = DATABASE_URL === null ? await openEmbeddedDatabase({ dataDir: RUNNEL_DATA_DIR }) : null;
  const url = DATABASE_URL ?? embedded?.url ?? '';
  const queue = { databaseUrl: url, redisUrl: REDIS_URL };
  const { poolSize, application, migrate: patient = false } = options;
  const dataSource = await openDataSource({ url, poolSize, application, patient }).catch((error: unknown) => {
    throw new Error(`Postgres at ${new URL(url).host} does not answer: ${String(error)}`, { cause: error });
  });
  const ledger: Ledger = {
    url,
    queue,
    dataSource,
    close: async () => {
      await dataSource.destroy();
      await embedded?.close();
    },
  };
  if (embedded || options.migrate) {
    await migrate(dataSource);
    await migrateQueue(queue);
  } else if (!(await isUpToDate(dataSource))) {
    await ledger.close();
    throw new Error(
      'The database is not up to date: run `npm run migrate` with the same DATABASE_URL and REDIS_URL',
    );
  }
  return ledger;
}
