import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { failure, FailureError } from '@runnel/contracts';
import type { BrowserProgram } from './browser-program';

/** How a browser is kept apart from its machine. */
export interface Isolation {
  /** Chromium's own: a page's process has no files, no network and few system calls. */
  sandbox: boolean;
  /** Whom it runs as. */
  user: string;
}

/** Somebody of this machine, by numbers. */
export interface Owner {
  uid: number;
  gid: number;
}

/** The same with what it takes to start a browser so. */
export interface Confinement extends Isolation {
  /** Stand before the browser's own program and arguments; empty: it is started as it is. */
  before: string[];
  /** Whom the browser's files must belong to; null: who starts it. */
  owner: Owner | null;
  /** Where its profiles are, a folder for each. */
  profilesFolder: string;
}

export interface ConfinementNeeds {
  /** Where profiles should be. */
  profilesFolder: string;
  /** What root that can become nobody else does: run the browser as root and without its sandbox, or fail. */
  mayRunAsRoot?: boolean;
  warn: (message: string) => void;
}

/** Of util-linux. It becomes the program that it starts, so that signals and the pipe reach the browser. */
const setpriv = '/usr/bin/setpriv';
/** Whom root's browser runs as; where the system has no such user, one by a number that no system gives to anybody. */
const ownUser = 'runnel-browser';
const ownNumber = 64_817;
/** Where profiles are when that user may not pass to the folder that they should be in. */
const openFolders = ['/tmp', '/var/tmp'];

/**
 * Chromium's sandbox does not work for root: for root the browser runs as a user without rights.
 * @throws FailureError BROWSER_MISSING where it cannot, which says what to do
 */
export async function confine(program: BrowserProgram, needs: ConfinementNeeds): Promise<Confinement> {
  const { profilesFolder } = needs;
  const alone = { before: [], owner: null, profilesFolder };
  if (process.getuid?.() !== 0) return { ...alone, sandbox: true, user: ownName() };
  const { user, owner } = browserUser(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  const before = actingAs(owner);
  const obstacle = await obstacleOf(before);
  if (obstacle !== null) {
    if (!needs.mayRunAsRoot) throw unconfined(user, obstacle);
    needs.warn(`The browser runs as root and without its sandbox: ${obstacle}`);
    return { ...alone, sandbox: false, user: 'root' };
  }
  const passes = (path: string): Promise<boolean> => succeeds([...before, 'test', '-x', path]);
  if (!(await passes(program.path))) {
    throw unconfined(user, `${user} may not pass to ${program.path}: let all pass its folders (chmod o+x)`);
  }
  for (const folder of [profilesFolder, ...openFolders]) {
    if (await passes(folder)) return { sandbox: true, user, before, owner, profilesFolder: folder };
  }
  throw unconfined(user, `${user} may not pass to ${profilesFolder}: let all pass TMPDIR (chmod o+x)`);
}

/** The user for root's browser, by what `/etc/passwd` says. */
export function browserUser(passwd: string): { user: string; owner: Owner } {
  const line = new RegExp(`^${ownUser}:[^:]*:(\\d+):(\\d+):`, 'm').exec(passwd);
  if (line) return { user: ownUser, owner: { uid: Number(line[1]), gid: Number(line[2]) } };
  return { user: `user ${ownNumber}`, owner: { uid: ownNumber, gid: ownNumber } };
}

/** What root's rights are given up with, before a program and its arguments. */
export function actingAs({ uid, gid }: Owner): string[] {
  return [setpriv, `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs', '--'];
}

/** Why root cannot become that user; null when it can. */
async function obstacleOf(before: string[]): Promise<string | null> {
  if (await succeeds([...before, 'true'])) return null;
  return (await succeeds([setpriv, '--version']))
    ? `${setpriv} cannot give up root's rights here: give the container SETUID and SETGID`
    : `${setpriv} is missing: install util-linux (Alpine: setpriv)`;
}

function unconfined(user: string, obstacle: string): FailureError {
  const message = `Root's browser runs as ${user}, in its sandbox, and cannot: ${obstacle}, or start as another user`;
  return new FailureError(failure('BROWSER_MISSING', message));
}

async function succeeds([command = '', ...args]: string[]): Promise<boolean> {
  return promisify(execFile)(command, args).then(
    () => true,
    () => false,
  );
}

/** In a container a user may have a number only. */
function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
