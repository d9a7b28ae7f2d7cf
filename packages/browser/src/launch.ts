import { statfs } from 'node:fs/promises';
import puppeteer, { type Browser } from 'puppeteer';
import type { BrowserProgram } from './browser-program';

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
  return puppeteer.launch({
    executablePath: program.path,
    headless: program.isHeadlessShell ? 'shell' : true,
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
  });
}

/** Chromium's sandbox does not work for root. */
function sandboxSwitches(): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/**
 * Puppeteer keeps shared memory on the disk, for containers whose folder for it is too small for a page.
 * Where it is large enough, memory is faster.
 */
async function unwantedSwitches(): Promise<string[]> {
  const size = await statfs('/dev/shm').then(
    ({ blocks, bsize }) => blocks * bsize,
    () => 0,
  );
  return size < enoughSharedMemory ? [] : ['--disable-dev-shm-usage'];
}
