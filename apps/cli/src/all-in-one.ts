import { type Lifetime, type Settings } from '@runnel/runtime';
import { ensureFirstSpace, openLedger, secretKeys } from '@runnel/services';
import { Fleet } from './fleet';

export interface AllInOne {
  /** The API's address. */
  url: string;
  /** The first key, if it was made now. */
  newKey: string | null;
  /** Rejects when one of its processes cannot run. */
  failed: Promise<never>;
}

/** Brings the ledger up to date, then runs API, scheduler and one worker on it. */
export async function startAllInOne(settings: Settings, lifetime: Lifetime): Promise<AllInOne> {
  const ledger = lifetime.owns(
    'ledger',
    await openLedger(settings, { poolSize: 2, application: 'runnel', migrate: true }),
    (opened) => opened.close(),
  );
  const newKey = await ensureFirstSpace(ledger.dataSource, settings.RUNNEL_API_KEY);
  // Its processes are told where the database is: they would take it for somebody else's.
  const keys = await secretKeys(settings);
  const secrets = keys === null ? {} : { RUNNEL_SECRET_KEYS: keys };
  const fleet = new Fleet({ ...environmentFor(settings, ledger.url), ...secrets });
  // As long as its slowest process may take.
  lifetime.ownsSlow('fleet', fleet, {
    close: (opened) => opened.stop(),
    limitMs: settings.RUNNEL_GRACE_MS + 60_000,
  });
  const port = await fleet.start();
  return { url: `http://${settings.HOST}:${port}`, newKey, failed: fleet.failed };
}

function environmentFor(settings: Settings, databaseUrl: string): NodeJS.ProcessEnv {
  return {
    ...settings.environment,
    DATABASE_URL: databaseUrl,
    PORT: String(settings.PORT),
    LOG_LEVEL: settings.LOG_LEVEL,
    RUNNEL_DATA_DIR: settings.RUNNEL_DATA_DIR,
    RUNNEL_ALLOW_HOSTS: settings.RUNNEL_ALLOW_HOSTS,
  };
}
