import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openVault } from '@runnel/services';
import type { Installation } from '../installation';
import { info, ok, problem, type Finding } from '../finding';
import { inOtherFolder } from '../in-other-folder';

/** What secrets and stored logins are sealed with. */
export async function sealingKeys({ settings }: Installation): Promise<Finding> {
  const file = keyFile(settings);
  const mode = file === null ? null : await modeOf(file);
  // To open the vault would make it.
  if (file !== null && mode === null) {
    return info(
      'Nothing was started here yet: the key for secrets is made at the first start',
      inOtherFolder,
    );
  }
  const vault = await openVault(settings).catch((error: unknown) => error as Error);
  if (vault instanceof Error) return problem('The keys of the secrets are not right', vault.message);
  if (vault === null) {
    return info(
      'There is no key for secrets: robots can have none, nor keep their logins',
      'Set RUNNEL_SECRET_KEYS to id:base64 with 32 random bytes, the same for every process',
    );
  }
  if (file === null || mode === null) return ok('Secrets are sealed with the keys of RUNNEL_SECRET_KEYS');
  if ((mode & 0o077) === 0)
    return ok(`Secrets are sealed with the key in ${file}, which only its owner reads`);
  return problem(
    `Others on this machine may read ${file}`,
    `chmod 600 ${file}, write a new key before the old one in it (new:BASE64,old:…), restart, \`runnel secrets rotate\``,
  );
}

/** Where the key is kept beside the embedded database; null: the settings have it, or there is none. */
function keyFile({
  RUNNEL_SECRET_KEYS,
  DATABASE_URL,
  RUNNEL_DATA_DIR,
}: Installation['settings']): string | null {
  return RUNNEL_SECRET_KEYS === null && DATABASE_URL === null ? join(RUNNEL_DATA_DIR, 'secret.key') : null;
}

/** Null: there is no such file. */
async function modeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).mode;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
