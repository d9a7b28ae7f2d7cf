import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How to start a program as somebody whom Postgres accepts: it refuses to run as root. */
export interface Launch {
  command: string;
  args: string[];
  user: { uid: number; gid: number } | null;
}

/**
 * For root: as `nobody`. Where the way to one of the `paths` is closed to others (a clone under /root, a folder
 * of mktemp), `nobody` keeps root's right to pass, by util-linux's setpriv.
 */
export async function unprivileged(command: string, args: string[], paths: string[]): Promise<Launch> {
  if (process.getuid?.() !== 0) return { command, args, user: null };
  const user = await nobody();
  const isOpen = (await Promise.all(paths.map(isReachable))).every(Boolean);
  if (isOpen) return { command, args, user };
  const { uid, gid } = user;
  const rights = [
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--bounding-set=-all,+dac_override',
  ];
  // Without the fix-up of uids access(2), by which initdb looks for postgres, would not count the right.
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup'];
  return { command: 'setpriv', args: [...identity, ...rights, command, ...args], user };
}

async function nobody(): Promise<{ uid: number; gid: number }> {
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8'));
  return { uid: Number(line?.[1] ?? 65_534), gid: Number(line?.[2] ?? 65_534) };
}

/** True when anybody may pass every folder on the way to `path`. */
async function isReachable(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if ((mode & 0o001) === 0) return false;
  return dirname(path) === path || isReachable(dirname(path));
}
