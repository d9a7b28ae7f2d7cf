import type { ProcessParts } from '@runnel/runtime';
import { resealAll } from '@runnel/services';
import { parseWords } from '../parse-words';
import { withSecrets } from './with-secrets';

/** `runnel secrets rotate`: all spaces' secrets and logins are sealed with the first key from now on. */
export async function rotateSecrets(parts: ProcessParts, words: string[]): Promise<void> {
  parseWords(words, {}, 'command');
  const { keyId, secrets, logins, left } = await withSecrets(parts, async ({ dataSource, vault }) => {
    if (!vault) throw new Error('Set RUNNEL_SECRET_KEYS as the API and the workers have it');
    return { keyId: vault.keyId, ...(await resealAll(dataSource, vault)) };
  });
  process.stdout.write(`Sealed with the key "${keyId}" now: ${secrets} secrets, ${logins} logins\n`);
  if (left.length > 0)
    throw new Error(`These are left as they were:\n${left.map((line) => `  ${line}`).join('\n')}`);
}
