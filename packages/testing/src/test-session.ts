import { tmpdir } from 'node:os';
import { BrowserPool, type BrowserPoolOptions } from '@runnel/browser';
import { parseDefinition, type Session } from '@runnel/contracts';
import { aDocument } from './builders';

const options = parseDefinition(aDocument()).definition?.options;

/** A pool with the browser that this machine has. */
export function startTestPool(options: Partial<BrowserPoolOptions> = {}): Promise<BrowserPool> {
  const { PATH: searchPath = '', PUPPETEER_EXECUTABLE_PATH: executablePath = null } = process.env;
  return BrowserPool.start({ executablePath, searchPath, profilesFolder: tmpdir(), ...options });
}

/** A session with the default options, for one test. */
export async function openTestSession(pool: BrowserPool): Promise<Session> {
  if (!options) throw new Error('the builder makes no valid definition');
  return pool.open(options, new AbortController().signal);
}
