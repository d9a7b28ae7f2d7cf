import type { Fault } from '@runnel/contracts';
import type { ProcessParts } from '@runnel/runtime';
import { createKey, InvalidInputError, keyRules, type NewKey } from '@runnel/services';
import { parseWords } from '../parse-words';
import { meantSpace } from '../spaces/meant-space';
import { withLedger } from '../spaces/with-ledger';
import { UsageError } from '../usage-error';
import { numberIn } from './number-in';
import { uuid } from './uuid';

const text = { type: 'string' } as const;
const known = {
  scopes: text,
  robot: text,
  domains: text,
  'daily-tasks': text,
  'expires-in': text,
  space: text,
};
const dayMs = 86_400_000;

/** `runnel keys create NAME`: the key is told once. */
export async function createNamedKey(parts: ProcessParts, words: string[]): Promise<void> {
  const { space, rights } = readRights(words);
  const made = await withLedger(parts, async (dataSource) => {
    const { id: spaceId } = await meantSpace(dataSource, space);
    return createKey(dataSource, { spaceId, ...rights }).catch(toUsageError);
  });
  process.stdout.write(`${made.apiKey.name}: key ${made.apiKey.id}\nShown this once: ${made.key}\n`);
}

function readRights(words: string[]): { space: string | undefined; rights: Omit<NewKey, 'spaceId'> } {
  const { values, operand: name } = parseWords(words, known, 'NAME');
  if (name === undefined) throw new UsageError('Which NAME?');
  if (values.scopes === undefined)
    throw new UsageError('What may it? Give --scopes, as runs:read,runs:write');
  const { robot } = values;
  if (robot !== undefined && !uuid.test(robot))
    throw new UsageError(`--robot ${robot}: must be the id of a robot`);
  const days = numberIn('--expires-in', values['expires-in'], keyRules.expiresInDays);
  return {
    space: values.space,
    rights: {
      name,
      scopes: listIn(values.scopes),
      robotId: robot?.toLowerCase() ?? null,
      domains: values.domains === undefined ? null : listIn(values.domains),
      dailyTasks: numberIn('--daily-tasks', values['daily-tasks'], keyRules.dailyTasks),
      expiresAt: days === null ? null : new Date(Date.now() + days * dayMs),
    },
  };
}

function listIn(word: string): string[] {
  return word
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const optionOf: Record<string, string> = {
  name: 'NAME',
  scopes: '--scopes',
  robotId: '--robot',
  domains: '--domains',
  dailyTasks: '--daily-tasks',
};

/** The first fault, as it was said on the command line. */
function toUsageError(error: unknown): never {
  const [fault] = error instanceof InvalidInputError ? error.faults : [];
  if (!fault) throw error;
  throw new UsageError(sentenceOf(fault));
}

function sentenceOf({ path, message, found, allowed }: Fault): string {
  const option = optionOf[path.replace(/\[.*/, '')] ?? path;
  const word = typeof found === 'string' && option !== 'NAME' ? ` ${found}` : '';
  return `${option}${word}: ${message}${allowed ? `; allowed: ${allowed.join(', ')}` : ''}`;
}
