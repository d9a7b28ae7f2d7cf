import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whether the browser's user may pass all folders on the way to `path`, and it: root's browser runs as somebody else. */
export async function isOpenToBrowser(path: string): Promise<boolean> {
  if (process.getuid?.() !== 0) return true;
  return (await isPassable(dirname(path))) && isPassable(await realpath(path));
}

async function isPassable(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if ((mode & 0o001) === 0) return false;
  return dirname(path) === path || isPassable(dirname(path));
}
