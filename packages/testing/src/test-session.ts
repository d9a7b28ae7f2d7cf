import { BrowserPool } from '@runnel/browser';
import { parseDefinition, type Session } from '@runnel/contracts';
import { aDocument } from './builders';

const options = parseDefinition(aDocument()).definition?.options;

/** A pool with the browser that this machine has. */
export function startTestPool(limits?: {
  uses: number;
  ageMs: number;
  memoryBytes: number;
}): Promise<BrowserPool> {
  const { PATH = '', PUPPETEER_EXECUTABLE_PATH = null } = process.env;
  return BrowserPool.start({ executablePath: PUPPETEER_EXECUTABLE_PATH, searchPath: PATH }, limits);
}

/** A session with the default options, for one test. */
export async function openTestSession(pool: BrowserPool): Promise<Session> {
  if (!options) throw new Error('the builder makes no valid definition');
  return pool.open(options, new AbortController().signal);
}
