import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import type { BrowserProgram } from './browser-program';

/** How a browser is kept apart from its machine. */
export interface Isolation {
  /** Chromium's own: a page's process has no files, no network and few system calls. */
  sandbox: boolean;
  /** Whom it runs as. */
  user: string;
}

/** The same with what it takes to start a browser so. */
export interface Confinement extends Isolation {
  /** Stand before the browser's own program and arguments; empty: it is started as it is. */
  before: string[];
  /** Whom the browser's files must belong to; null: who starts it. */
  owner: { uid: number; gid: number } | null;
}

/** Of util-linux. It becomes the program that it starts, so that signals and the pipe reach the browser. */
const setpriv = '/usr/bin/setpriv';

/**
 * Chromium's sandbox does not work for root: for root the browser runs as `nobody`. Where it cannot, it runs as root
 * without a sandbox, which `warn` is told.
 */
export async function confine(
  program: BrowserProgram,
  profilesFolder: string,
  warn: (message: string) => void,
): Promise<Confinement> {
  if (process.getuid?.() !== 0) return { sandbox: true, user: ownName(), before: [], owner: null };
  const owner = await nobody();
  const identity = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--no-new-privs'];
  const test = ['test', '-x', program.path, '-a', '-x', profilesFolder];
  const obstacle = await promisify(execFile)(setpriv, [...identity, '--', ...test]).then(
    () => null,
    (error: unknown) =>
      isQuiet(error)
        ? `nobody may not pass to ${program.path} or to ${profilesFolder}`
        : `${setpriv} cannot give up root's rights`,
  );
  if (obstacle === null) {
    return { sandbox: true, user: 'nobody', before: [setpriv, ...identity, '--'], owner };
  }
  warn(`The browser runs as root and without its sandbox: ${obstacle}`);
  return { sandbox: false, user: 'root', before: [], owner: null };
}

/** `test` says no without a word; setpriv tells what it cannot do. */
function isQuiet(error: unknown): boolean {
  return (
    error instanceof Error && 'stderr' in error && error.stderr === '' && 'code' in error && error.code === 1
  );
}

async function nobody(): Promise<{ uid: number; gid: number }> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(users);
  return { uid: Number(line?.[1] ?? 65_534), gid: Number(line?.[2] ?? 65_534) };
}

/** In a container a user may have a number only. */
function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
