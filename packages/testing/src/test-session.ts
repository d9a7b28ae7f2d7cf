import { tmpdir } from 'node:os';
import { BrowserPool, findBrowser, type BrowserPoolOptions } from '@runnel/browser';
import { parseDefinition, type Session } from '@runnel/contracts';
import puppeteer, { type Browser } from 'puppeteer';
import { aDocument } from './builders';
import { testEgress } from './test-egress';

const options = parseDefinition(aDocument()).definition?.options;

/** A pool with the browser that this machine has. */
export function startTestPool(options: Partial<BrowserPoolOptions> = {}): Promise<BrowserPool> {
  const { PATH: searchPath = '', PUPPETEER_EXECUTABLE_PATH: executablePath = null } = process.env;
  const own = { executablePath, searchPath, profilesFolder: tmpdir(), egress: testEgress() };
  return BrowserPool.start({ ...own, ...options });
}

/** A session with the default options, for one test. */
export async function openTestSession(pool: BrowserPool): Promise<Session> {
  if (!options) throw new Error('the builder makes no valid definition');
  return pool.open(options, new AbortController().signal);
}

/** A bare browser, as somebody would use it without us. Who opens it closes it. */
export async function launchForTest(
  switches: string[] = [],
): Promise<{ browser: Browser; close: () => Promise<void> }> {
  const { PATH: searchPath = '', PUPPETEER_EXECUTABLE_PATH: executablePath = null } = process.env;
  const { path, environment } = await findBrowser({ executablePath, searchPath });
  const args = [...switches, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const browser = await puppeteer.launch({
    executablePath: path,
    headless: 'shell',
    args,
    env: { ...process.env, ...environment },
  });
  return { browser, close: () => browser.close() };
}
