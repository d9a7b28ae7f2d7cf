import type { ProcessParts } from '@runnel/runtime';
import { deleteSecret } from '@runnel/services';
import { meantSpace } from '../spaces/meant-space';
import { parseWords } from '../parse-words';
import { UsageError } from '../usage-error';
import { spaceOption } from './space-option';
import { withSecrets } from './with-secrets';

/** `runnel secrets delete NAME` */
export async function deleteNamedSecret(parts: ProcessParts, words: string[]): Promise<void> {
  const { values, operand: name } = parseWords(words, spaceOption, 'NAME');
  if (name === undefined) throw new UsageError('Which NAME?');
  const isDeleted = await withSecrets(parts, async ({ dataSource }) => {
    const { id: spaceId } = await meantSpace(dataSource, values.space);
    return deleteSecret(dataSource, { spaceId, name });
  });
  if (!isDeleted) throw new UsageError(`There is no secret "${name}"; \`runnel secrets\` lists them`);
  process.stdout.write(`${name}: deleted\n`);
}
