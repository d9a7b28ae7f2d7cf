import type { ProcessParts } from '@runnel/runtime';
import { listKeys } from '@runnel/services';
import { parseWords } from '../parse-words';
import { rowsTable } from '../print-rows';
import { meantSpace } from '../spaces/meant-space';
import { withLedger } from '../spaces/with-ledger';

type Key = Awaited<ReturnType<typeof listKeys>>[number];

/** `runnel keys`: the keys of a space, a line each. */
export async function showKeys(parts: ProcessParts, words: string[]): Promise<void> {
  const { space: wanted } = parseWords(words, { space: { type: 'string' } }, 'command').values;
  const { space, keys } = await withLedger(parts, async (dataSource) => {
    const meant = await meantSpace(dataSource, wanted);
    return { space: meant, keys: await listKeys(dataSource, meant.id) };
  });
  process.stdout.write(`${rowsTable(`keys of ${space.name}`, keys.map(lineOf)).trimStart()}\n`);
}

function lineOf(key: Key) {
  const { id, name, prefix, scopes, robotId, domains, dailyTasks, usedToday, lastUsedAt } = key;
  return {
    id,
    name,
    key: `${prefix}…`,
    scopes: scopes.join(','),
    robot: robotId ?? 'all',
    domains: domains?.join(',') ?? 'any',
    'tasks today': dailyTasks === null ? 'any number' : `${usedToday} of ${dailyTasks}`,
    'last used': lastUsedAt?.toISOString() ?? 'never',
    state: stateOf(key),
  };
}

function stateOf({ revokedAt, expiresAt }: Key): string {
  if (revokedAt) return `revoked ${revokedAt.toISOString()}`;
  if (!expiresAt) return 'good';
  return `${expiresAt.getTime() > Date.now() ? 'until' : 'expired'} ${expiresAt.toISOString()}`;
}
