import type { ProcessParts } from '@runnel/runtime';
import { revokeKey } from '@runnel/services';
import { parseWords } from '../parse-words';
import { withLedger } from '../spaces/with-ledger';
import { keyNamed } from './key-named';

/** `runnel keys revoke ID`: also the last one of a space, as `create` makes another. */
export async function revokeOldKey(parts: ProcessParts, words: string[]): Promise<void> {
  const { values, operand: id } = parseWords(words, { space: { type: 'string' } }, 'ID');
  const { name, id: revoked } = await withLedger(parts, async (dataSource) => {
    const key = await keyNamed(dataSource, { id, space: values.space });
    await revokeKey(dataSource, key, { mayBeLast: true });
    return key;
  });
  process.stdout.write(`${name}: key ${revoked} is revoked; within 5 seconds it opens nothing\n`);
}
