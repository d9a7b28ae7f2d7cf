import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { failure, FailureError } from '@runnel/contracts';
import puppeteer, { type Browser } from 'puppeteer';
import type { BrowserProgram } from './browser-program';
import { gateSwitches, type GatePorts } from './gate-switches';
import type { Confinement } from './isolation';

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

/** Which browser is started, and what shuts it off. */
export interface LaunchPlan {
  program: BrowserProgram;
  confinement: Confinement;
  /** All that it loads goes through it; null: through none. */
  gate: GatePorts | null;
}

/** The machine gives the browser no namespaces for its sandbox, and it was started by root, who may do without. */
export class NoSandboxError extends Error {}

/**
 * Starts the browser on a pipe, so that it dies with this process, with nothing of this process's environment.
 * @throws FailureError BROWSER_MISSING, or NoSandboxError
 */
export async function launch(plan: LaunchPlan, profileFolder: string): Promise<Browser> {
  const { program, confinement } = plan;
  const unwanted = await unwantedSwitches();
  const headless = program.isHeadlessShell ? ('shell' as const) : true;
  const args = [...quiet, ...gateSwitches(plan.gate), ...sandboxSwitches(confinement)];
  const switches = puppeteer
    .defaultArgs({ headless, userDataDir: profileFolder, args })
    .filter((each) => !unwanted.includes(each));
  const [command, ...before] = [...confinement.before, program.path];
  const options = {
    executablePath: command,
    pipe: true,
    args: [...before, ...switches],
    ignoreDefaultArgs: true,
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
    throw await launchFailure(error, plan, profileFolder);
  });
}

/** On a pipe Puppeteer does not hear why a browser ended: it is started once more, alone, for its last words. */
async function launchFailure(
  error: unknown,
  { program, confinement }: LaunchPlan,
  profileFolder: string,
): Promise<Error> {
  const [command, ...args] = [
    ...confinement.before,
    program.path,
    '--headless',
    `--user-data-dir=${profileFolder}`,
    ...sandboxSwitches(confinement),
    '--dump-dom',
    'about:blank',
  ];
  const words = await promisify(execFile)(command, args, {
    timeout: 10_000,
    env: program.environment,
  }).then(() => messageOf(error), messageOf);
  const hasNoSandbox = /No usable sandbox|Failed to move to new namespace/.test(words);
  if (hasNoSandbox && confinement.owner !== null) return new NoSandboxError(words, { cause: error });
  const reason = hasNoSandbox
    ? 'this system gives programs without rights no namespaces, which its sandbox needs. Install Google Chrome, which ' +
      'has a permission of its own, or allow them (Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0)'
    : words.slice(0, 500);
  const message = `The browser ${program.path} does not start: ${reason}`;
  return new FailureError(failure('BROWSER_MISSING', message), { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sandboxSwitches({ sandbox }: Confinement): string[] {
  return sandbox ? [] : ['--no-sandbox'];
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
