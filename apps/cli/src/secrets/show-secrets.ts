import type { ProcessParts } from '@runnel/runtime';
import { listSecrets } from '@runnel/services';
import { meantSpace } from '../spaces/meant-space';
import { parseWords } from '../parse-words';
import { rowsTable } from '../print-rows';
import { spaceOption } from './space-option';
import { withSecrets } from './with-secrets';

/** `runnel secrets`: those of a space, without their values. */
export async function showSecrets(parts: ProcessParts, words: string[]): Promise<void> {
  const { values } = parseWords(words, spaceOption, 'command');
  const secrets = await withSecrets(parts, async ({ dataSource }) => {
    const { id } = await meantSpace(dataSource, values.space);
    return listSecrets(dataSource, id);
  });
  const rows = secrets.map(({ name, keyId, createdAt, updatedAt }) => ({
    name,
    'sealed with': keyId,
    created: createdAt.toISOString(),
    changed: updatedAt.toISOString(),
  }));
  process.stdout.write(`${rowsTable('secrets', rows).trimStart()}\n`);
}
