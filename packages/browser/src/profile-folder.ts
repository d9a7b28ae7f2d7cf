import { execFile } from 'node:child_process';
import { chown, lstat, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { actingAs, type Owner } from './isolation';

const prefix = 'runnel-browser-';
/** The processes of a browser that was ended may write for a moment more. */
const mostTries = 10;
const betweenTriesMs = 100;

/**
 * A folder for one browser's profile, named after this process so that a later one can tell when it is stale.
 * `owner`: whom the browser runs as, when it is somebody else.
 */
export async function createProfileFolder(parent: string, owner: Owner | null): Promise<string> {
  const folder = await mkdtemp(join(parent, `${prefix}${process.pid}-`));
  if (owner !== null) await chown(folder, owner.uid, owner.gid);
  return folder;
}

/** @throws when something is left, which the next pool sweeps */
export async function removeProfileFolder(folder: string, tries = mostTries): Promise<void> {
  for (let left = tries; ; left -= 1) {
    const error = await remove(folder).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error === null) return;
    if (left <= 1) throw error;
    await sleep(betweenTriesMs);
  }
}

/** Removes what killed workers left. */
export async function sweepProfileFolders(parent: string): Promise<void> {
  const names = await readdir(parent);
  const stale = names.filter((name) => {
    const pid = /^runnel-browser-(\d+)-/.exec(name)?.[1];
    return pid !== undefined && !isAnotherProcess(Number(pid));
  });
  await Promise.all(stale.map((name) => removeProfileFolder(join(parent, name), 1).catch(() => null)));
}

/** What is in it is removed as its owner: a browser that puts links where folders were has nothing else removed. */
async function remove(folder: string): Promise<void> {
  const owner = await lstat(folder).catch(() => null);
  if (owner === null) return;
  if (process.getuid?.() !== 0 || owner.uid === 0) return rm(folder, { recursive: true, force: true });
  const [command = '', ...before] = actingAs(owner);
  // Where the parent is not the owner's to change, the empty folder stays.
  await promisify(execFile)(command, [...before, 'rm', '-rf', '--', folder]).catch(() => null);
  if (await lstat(folder).catch(() => null)) await rmdir(folder);
}

function isAnotherProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
