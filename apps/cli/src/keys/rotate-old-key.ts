import type { ProcessParts } from '@runnel/runtime';
import { KeyOverError, keyRules, rotateKey } from '@runnel/services';
import { parseWords } from '../parse-words';
import { withLedger } from '../spaces/with-ledger';
import { UsageError } from '../usage-error';
import { keyNamed } from './key-named';
import { numberIn } from './number-in';

/** `runnel keys rotate ID`: the new key is told once. */
export async function rotateOldKey(parts: ProcessParts, words: string[]): Promise<void> {
  const options = { overlap: { type: 'string' }, space: { type: 'string' } } as const;
  const { values, operand: id } = parseWords(words, options, 'ID');
  const { overlapSeconds } = keyRules;
  const overlap = numberIn('--overlap', values.overlap, overlapSeconds) ?? overlapSeconds.usual;
  const made = await withLedger(parts, async (dataSource) => {
    const key = await keyNamed(dataSource, { id, space: values.space });
    return rotateKey(dataSource, key, overlap).catch((error: unknown) => {
      throw error instanceof KeyOverError ? new UsageError(error.message) : error;
    });
  });
  if (!made) throw new UsageError('The key is gone');
  const { name, id: newId } = made.apiKey;
  process.stdout.write(`${name}: key ${newId}; the old one is good for ${overlap} seconds still\n`);
  process.stdout.write(`Shown this once: ${made.key}\n`);
}
