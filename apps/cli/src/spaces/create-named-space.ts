import type { ProcessParts } from '@runnel/runtime';
import { createSpace } from '@runnel/services';
import { parseWords } from '../parse-words';
import { UsageError } from '../usage-error';
import { withLedger } from './with-ledger';

const longestName = 100;

/** `runnel spaces create NAME`: its key is told once. */
export async function createNamedSpace(parts: ProcessParts, words: string[]): Promise<void> {
  const name = nameIn(parseWords(words, {}, 'NAME').operand);
  const { id, key } = await withLedger(parts, (dataSource) => createSpace(dataSource, name));
  process.stdout.write(`${name}: space ${id}\nIts API key, shown this once: ${key}\n`);
}

function nameIn(word: string | undefined): string {
  const name = word?.trim() ?? '';
  if (name === '') throw new UsageError('Which NAME?');
  if (name.length <= longestName && !/\p{Cc}/u.test(name)) return name;
  throw new UsageError(
    `NAME ${JSON.stringify(name.slice(0, longestName))}: must be at most ${longestName} characters in one line`,
  );
}
