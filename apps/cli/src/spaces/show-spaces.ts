import type { ProcessParts } from '@runnel/runtime';
import { limitRules, listSpaces } from '@runnel/services';
import { parseWords } from '../parse-words';
import { rowsTable } from '../print-rows';
import { withLedger } from './with-ledger';

/** `runnel spaces`: all spaces, a line each. */
export async function showSpaces(parts: ProcessParts, words: string[]): Promise<void> {
  parseWords(words, {}, 'command');
  const spaces = await withLedger(parts, listSpaces);
  const rows = spaces.map(({ id, name, queued, running, runs, ...limits }) => ({
    id,
    name,
    queued,
    running,
    runs,
    'max queued': limits.maxQueued,
    'max running': limits.maxRunning ?? limitRules.maxRunning.none,
    'keep days': limits.keepDays ?? limitRules.keepDays.none,
    'keep runs': limits.keepRuns ?? limitRules.keepRuns.none,
  }));
  process.stdout.write(`${rowsTable('spaces', rows).trimStart()}\n`);
}
