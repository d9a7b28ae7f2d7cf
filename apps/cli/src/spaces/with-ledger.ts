import type { ProcessParts } from '@runnel/runtime';
import { openLedger, type Ledger } from '@runnel/services';

/** Does a piece of work on the ledger that the settings name, which may be in use by others. */
export async function withLedger<T>(
  { settings }: ProcessParts,
  work: (dataSource: Ledger['dataSource']) => Promise<T>,
): Promise<T> {
  const ledger = await openLedger(settings, { poolSize: 2, application: 'runnel spaces' });
  try {
    return await work(ledger.dataSource);
  } finally {
    await ledger.close();
  }
}
