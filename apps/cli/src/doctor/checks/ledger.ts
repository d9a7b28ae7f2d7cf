import { lookAtLedger } from '@runnel/services';
import type { Installation } from '../installation';
import { isLoopback } from '../is-loopback';
import { info, ok, problem, warning, type Finding } from '../finding';
import { inOtherFolder } from '../in-other-folder';
import { lostKeys } from './lost-keys';

const oldestVersion = 13;

export async function ledger({ settings }: Installation): Promise<Finding[]> {
  const found = await lookAtLedger(settings).catch((error: unknown) => ({ error }));
  if (found && 'error' in found) {
    return [problem('The database does not answer', `Look at DATABASE_URL: ${wordsOf(found.error)}`)];
  }
  if (found === null) {
    return [info('Nothing was started here yet: the database is made at the first start', inOtherFolder)];
  }
  const { majorVersion, isUpToDate, endlessAdmins } = found;
  return [
    majorVersion < oldestVersion
      ? problem(`Postgres is of version ${majorVersion}`, `Use ${oldestVersion} or newer`)
      : ok(`Postgres ${majorVersion} answers`),
    schema(isUpToDate, settings.DATABASE_URL === null),
    wayTo(found),
    ...(endlessAdmins === null ? [] : [admins(endlessAdmins)]),
    ...(await lostKeys(found, settings)),
  ];
}

function schema(isUpToDate: boolean, isEmbedded: boolean): Finding {
  if (isUpToDate) return ok('The database is up to date');
  if (isEmbedded) return ok('The embedded database is brought up to date at the next start');
  return problem(
    'The database is not up to date',
    'Run `npm run migrate` with the same DATABASE_URL and REDIS_URL',
  );
}

function wayTo({ url, isEncrypted }: { url: string; isEncrypted: boolean }): Finding {
  const { hostname } = new URL(url);
  if (hostname === '' || isLoopback(hostname)) return ok('The database is on this machine');
  if (isEncrypted) return ok('The connection to the database is TLS');
  const says = `The connection to the database at ${hostname} is not TLS`;
  return warning(says, 'Add ?sslmode=verify-full to DATABASE_URL, unless the network between is yours alone');
}

function admins(count: number): Finding {
  if (count === 0) return ok('No key may do everything for ever');
  const says = `${count} ${count === 1 ? 'key' : 'keys'} may do everything and never ${count === 1 ? 'expires' : 'expire'}`;
  return info(says, 'Give programs keys with the scopes that they need: `runnel keys create`');
}

function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/(?<![^@\s])[^@\s]+@/g, (word) => word.replace(/\/\/.*/, '//***@'));
}
