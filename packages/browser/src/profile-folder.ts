import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const prefix = 'runnel-browser-';

/**
 * A folder for one browser's profile, named after this process so that a later one can tell when it is stale.
 * `owner`: whom the browser runs as, when it is somebody else.
 */
export async function createProfileFolder(
  parent: string,
  owner: { uid: number; gid: number } | null,
): Promise<string> {
  const folder = await mkdtemp(join(parent, `${prefix}${process.pid}-`));
  if (owner !== null) await chown(folder, owner.uid, owner.gid);
  return folder;
}

export async function removeProfileFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** Removes what killed workers left. */
export async function sweepProfileFolders(parent: string): Promise<void> {
  const names = await readdir(parent);
  const stale = names.filter((name) => {
    const pid = /^runnel-browser-(\d+)-/.exec(name)?.[1];
    return pid !== undefined && !isAnotherProcess(Number(pid));
  });
  await Promise.all(stale.map((name) => removeProfileFolder(join(parent, name))));
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
