import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { failure, FailureError } from '@runnel/contracts';
import puppeteer from 'puppeteer';
import type { BrowserProgram } from './browser-program';
import { unpackBundledBrowser } from './bundled-browser';
import { isOpenToBrowser } from './is-open-to-browser';

export interface BrowserSearch {
  /** The one to use; null looks for one. */
  executablePath: string | null;
  /** Folders to look in, as in PATH. */
  searchPath: string;
}

const programs = [
  'chrome-headless-shell',
  'chromium-headless-shell',
  'headless_shell',
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
];
const macPrograms = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * The browser to run: the given one, else a headless shell, Chrome or Chromium of the system, else one in
 * Puppeteer's cache, else the one that comes from npm.
 * @throws FailureError BROWSER_MISSING, which says what to install.
 */
export async function findBrowser(search: BrowserSearch): Promise<BrowserProgram> {
  if (search.executablePath !== null) {
    if (await isProgram(search.executablePath)) return program(search.executablePath);
    throw missing(`PUPPETEER_EXECUTABLE_PATH is ${search.executablePath}, which is not a program`);
  }
  const folders = search.searchPath.split(delimiter).filter((folder) => folder !== '');
  const candidates = programs.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const path of [...candidates, ...macPrograms, ...puppeteerCache()]) {
    if ((await isProgram(path)) && (await isOpenToBrowser(path)) && (await answers(path)))
      return program(path);
  }
  const bundled = await unpackBundledBrowser();
  if (bundled) return bundled;
  throw missing(`No Chromium or Chrome was found for ${process.platform} ${process.arch}`);
}

function program(path: string): BrowserProgram {
  return { path, isHeadlessShell: /headless/.test(basename(path)), environment: {} };
}

function missing(what: string): FailureError {
  return new FailureError(
    failure(
      'BROWSER_MISSING',
      `${what}: install one (Debian: apt-get install chromium-headless-shell; others: Google Chrome), or set PUPPETEER_EXECUTABLE_PATH to a Chromium or Chrome program`,
    ),
  );
}

function puppeteerCache(): string[] {
  return (['chrome-headless-shell', 'chrome'] as const).flatMap((name) => {
    try {
      return [puppeteer.executablePath({ browser: name } as never)];
    } catch {
      return [];
    }
  });
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Some systems have a script of that name which only says where to get the browser. */
async function answers(path: string): Promise<boolean> {
  return promisify(execFile)(path, ['--version'], { timeout: 10_000 }).then(
    ({ stdout }) => /chrom|headless/i.test(stdout),
    () => false,
  );
}
