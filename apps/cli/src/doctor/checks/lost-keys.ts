import { openVault, type InstallationFacts } from '@runnel/services';
import type { Settings } from '@runnel/runtime';
import { problem, type Finding } from '../finding';

/** Secrets and logins that nobody can open: the key that sealed them is not here. */
export async function lostKeys(
  { sealed }: Pick<InstallationFacts, 'sealed'>,
  settings: Settings,
): Promise<Finding[]> {
  // Keys that are not right are told by a check of their own.
  const vault = await openVault(settings).catch(() => null);
  const lost = sealed.filter(({ keyId }) => vault?.holds(keyId) !== true);
  return lost.map(({ keyId, count }) =>
    problem(
      `${count} secrets and logins are sealed with the key "${keyId}", which is not here: their robots fail`,
      'Put that key back behind the first one (RUNNEL_SECRET_KEYS, or secret.key in the data folder), or set them anew',
    ),
  );
}
