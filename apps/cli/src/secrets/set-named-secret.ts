import { text } from 'node:stream/consumers';
import type { ProcessParts } from '@runnel/runtime';
import { InvalidInputError, setSecret } from '@runnel/services';
import { meantSpace } from '../spaces/meant-space';
import { parseWords } from '../parse-words';
import { faultLines } from '../robots/read-file';
import { UsageError } from '../usage-error';
import { spaceOption } from './space-option';
import { withSecrets } from './with-secrets';

/** `runnel secrets set NAME`: the value comes by the standard input, as a command line is seen by others. */
export async function setNamedSecret(parts: ProcessParts, words: string[]): Promise<void> {
  const { values, operand: name } = parseWords(words, spaceOption, 'NAME');
  if (name === undefined) throw new UsageError('Which NAME?');
  if (process.stdin.isTTY) process.stderr.write('Type the value, then Enter and Ctrl-D\n');
  const value = (await text(process.stdin)).replace(/\r?\n$/, '');
  const set = await withSecrets(parts, async (deps) => {
    const { id: spaceId } = await meantSpace(deps.dataSource, values.space);
    return setSecret(deps, { spaceId, name, value }).catch(told);
  });
  process.stdout.write(`${name}: ${set.isNew ? 'set' : 'set to another value'}\n`);
}

function told(error: unknown): never {
  if (!(error instanceof InvalidInputError)) throw error;
  throw new Error(`${error.message}:\n${faultLines(error.faults)}`, { cause: error });
}
