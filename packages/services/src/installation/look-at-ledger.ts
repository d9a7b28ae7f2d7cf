import { hasEmbeddedDatabase, openEmbeddedDatabase } from '@runnel/embedded';
import { InstallationStore, openDataSource, type InstallationFacts } from '@runnel/store';
import type { LedgerSettings } from '../open-ledger';

/**
 * What can be told of a ledger, and where it is; it is left as it is, and an embedded one that nobody started yet is
 * not made: null. @throws Error when it does not answer
 */
export async function lookAtLedger({
  DATABASE_URL,
  RUNNEL_DATA_DIR,
}: Omit<LedgerSettings, 'REDIS_URL'>): Promise<(InstallationFacts & { url: string }) | null> {
  if (DATABASE_URL === null && !(await hasEmbeddedDatabase(RUNNEL_DATA_DIR))) return null;
  const embedded = DATABASE_URL === null ? await openEmbeddedDatabase({ dataDir: RUNNEL_DATA_DIR }) : null;
  const url = DATABASE_URL ?? embedded?.url ?? '';
  try {
    const dataSource = await openDataSource({ url, poolSize: 1, application: 'runnel doctor' });
    try {
      return { ...(await new InstallationStore(dataSource).facts()), url };
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await embedded?.close();
  }
}
