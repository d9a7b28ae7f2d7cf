import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openVault } from '@runnel/services';
import type { Installation } from '../installation';
import { info, ok, problem, type Finding } from '../finding';

/** What secrets and stored logins are sealed with. */
export async function secretKeys({ settings }: Installation): Promise<Finding> {
  const vault = await openVault(settings).catch((error: unknown) => error as Error);
  if (vault instanceof Error) return problem('The keys of the secrets are not right', vault.message);
  if (vault === null) {
    return info(
      'There is no key for secrets: robots can have none, nor keep their logins',
      'Set RUNNEL_SECRET_KEYS to id:base64 with 32 random bytes, the same for every process',
    );
  }
  if (settings.RUNNEL_SECRET_KEYS !== null)
    return ok('Secrets are sealed with the keys of RUNNEL_SECRET_KEYS');
  const file = join(settings.RUNNEL_DATA_DIR, 'secret.key');
  const { mode } = await stat(file);
  if ((mode & 0o077) === 0)
    return ok(`Secrets are sealed with the key in ${file}, which only its owner reads`);
  return problem(
    `Others on this machine may read ${file}`,
    `chmod 600 ${file}, and seal anew: \`runnel secrets rotate\``,
  );
}
