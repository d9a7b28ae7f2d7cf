import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { failure, FailureError } from '@runnel/contracts';
import puppeteer, { type Browser } from 'puppeteer';
import type { BrowserProgram } from './browser-program';

/** What a page may do again and again, like writing its address, Chromium limits; Puppeteer would not have it so. */
const floodSwitch = '--disable-ipc-flooding-protection';
const enoughSharedMemory = 512 * 1024 ** 2;

/** What a closed network needs: without these Chromium calls home, many connections at a time. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-domain-reliability',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
  '--mute-audio',
];

/** Starts the browser on a pipe, so that it dies with this process, with nothing of this process's environment. */
export async function launch(program: BrowserProgram, profileFolder: string): Promise<Browser> {
  const options = {
    executablePath: program.path,
    headless: program.isHeadlessShell ? ('shell' as const) : true,
    pipe: true,
    userDataDir: profileFolder,
    args: [...quiet, ...sandboxSwitches()],
    ignoreDefaultArgs: await unwantedSwitches(),
    env: {
      PATH: '/usr/bin:/bin',
      HOME: profileFolder,
      TMPDIR: profileFolder,
      LANG: 'C.UTF-8',
      ...program.environment,
    },
    defaultViewport: { width: 1280, height: 800 },
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    protocolTimeout: 60_000,
    waitForInitialPage: false,
  };
  return puppeteer.launch(options).catch(async (error: unknown) => {
    throw await launchFailure(error, program, profileFolder);
  });
}

/** On a pipe Puppeteer does not hear why a browser ended: it is started once more, alone, for its last words. */
async function launchFailure(
  error: unknown,
  program: BrowserProgram,
  profileFolder: string,
): Promise<FailureError> {
  const args = [
    '--headless',
    `--user-data-dir=${profileFolder}`,
    ...sandboxSwitches(),
    '--dump-dom',
    'about:blank',
  ];
  const words = await promisify(execFile)(program.path, args, {
    timeout: 10_000,
    env: program.environment,
  }).then(() => messageOf(error), messageOf);
  const reason = /No usable sandbox/.test(words)
    ? 'this system gives programs without rights no namespaces, which its sandbox needs. Install Google Chrome, which ' +
      'has a permission of its own, or allow them (Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0)'
    : words.slice(0, 500);
  const message = `The browser ${program.path} does not start: ${reason}`;
  return new FailureError(failure('BROWSER_MISSING', message), { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Chromium's sandbox does not work for root. */
function sandboxSwitches(): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/**
 * What Puppeteer would have. It keeps shared memory on the disk, for containers whose folder for it is too small
 * for a page. Where it is large enough, memory is faster.
 */
async function unwantedSwitches(): Promise<string[]> {
  const size = await statfs('/dev/shm').then(
    ({ blocks, bsize }) => blocks * bsize,
    () => 0,
  );
  return size < enoughSharedMemory ? [floodSwitch] : [floodSwitch, '--disable-dev-shm-usage'];
}
