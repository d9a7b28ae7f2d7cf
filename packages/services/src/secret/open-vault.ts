import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Vault } from './vault';

/** The settings that say what secrets are sealed with. */
export interface VaultSettings {
  RUNNEL_SECRET_KEYS: string | null;
  /** Null: the embedded one, beside which the key is kept. */
  DATABASE_URL: string | null;
  RUNNEL_DATA_DIR: string;
}

/**
 * What seals the secrets of this installation; null where nothing is set that could: a fleet's processes cannot make
 * up a key that all of them know.
 * @throws Error that says which setting is wrong
 */
export async function openVault(settings: VaultSettings): Promise<Vault | null> {
  const keys = await secretKeys(settings);
  if (keys === null) return null;
  const place = settings.RUNNEL_SECRET_KEYS === null ? fileIn(settings) : 'RUNNEL_SECRET_KEYS';
  try {
    return Vault.parse(keys);
  } catch (error) {
    const form = 'keys are given as id:base64,id:base64,… of 32 random bytes each';
    throw new Error(`${place} is not right: ${(error as Error).message}; ${form}`, { cause: error });
  }
}

/** The keys as RUNNEL_SECRET_KEYS has them; beside the embedded database they are in a file, which is made if need be. */
export async function secretKeys(settings: VaultSettings): Promise<string | null> {
  const { RUNNEL_SECRET_KEYS, DATABASE_URL } = settings;
  if (RUNNEL_SECRET_KEYS !== null) return RUNNEL_SECRET_KEYS;
  if (DATABASE_URL !== null) return null;
  const file = fileIn(settings);
  return (await textOf(file)) ?? made(file, settings.RUNNEL_DATA_DIR);
}

function fileIn({ RUNNEL_DATA_DIR }: VaultSettings): string {
  return join(RUNNEL_DATA_DIR, 'secret.key');
}

async function textOf(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw new Error(`${file} holds the key of the secrets and cannot be read`, { cause: error });
  }
}

/** Of several processes that make one, one is kept; and it is whole on the disk before anything is sealed with it. */
async function made(file: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const own = `${file}.${randomBytes(6).toString('hex')}`;
  const text = `${randomBytes(3).toString('hex')}:${randomBytes(32).toString('base64')}\n`;
  try {
    await write(own, text);
    // Not every file system has links. Without them who comes at this moment may read half a key, and is refused.
    await link(own, file).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) return write(file, text);
    });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(own, { force: true });
  }
  return (await textOf(file)) ?? '';
}

/** A new file that only its owner reads; it is on the disk when this resolves. */
async function write(file: string, text: string): Promise<void> {
  const opened = await open(file, 'wx', 0o600);
  try {
    await opened.writeFile(text);
    await opened.sync();
  } finally {
    await opened.close();
  }
}

/** Of what `fs` throws. */
function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
