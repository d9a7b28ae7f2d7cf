import type { ProcessParts } from '@runnel/runtime';
import { revokeKey } from '@runnel/services';
import { parseWords } from '../parse-words';
import { withLedger } from '../spaces/with-ledger';
import { UsageError } from '../usage-error';
import { keyNamed } from './key-named';

/** `runnel keys revoke ID`: also the last one of a space, as `create` makes another. */
export async function revokeOldKey(parts: ProcessParts, words: string[]): Promise<void> {
  const known = { space: { type: 'string' }, 'pause-schedules': { type: 'boolean' } } as const;
  const { values, operand: id } = parseWords(words, known, 'ID');
  const { 'pause-schedules': pausesSchedules = false } = values;
  const revoked = await withLedger(parts, async (dataSource) => {
    const key = await keyNamed(dataSource, { id, space: values.space });
    return revokeKey(dataSource, key, { mayBeLast: true, pausesSchedules });
  });
  if (!revoked) throw new UsageError('The key is gone');
  const { apiKey, pausedSchedules } = revoked;
  process.stdout.write(`${apiKey.name}: key ${apiKey.id} is revoked; within 5 seconds it opens nothing\n`);
  if (pausesSchedules) process.stdout.write(`Schedules of it that are paused now: ${pausedSchedules}\n`);
}
