import type { ProcessParts } from '@runnel/runtime';
import { openLedger } from '@runnel/services';

/** `npm run migrate`: brings the database up to date. */
export async function migrate({ settings, logger }: ProcessParts): Promise<void> {
  const ledger = await openLedger(settings, { poolSize: 2, application: 'runnel migrate', migrate: true });
  await ledger.close();
  logger.info('the database is up to date');
}
