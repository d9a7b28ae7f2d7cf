import type { ProcessParts } from '@runnel/runtime';
import { subCommands } from '../sub-commands';
import { createNamedSpace } from './create-named-space';
import { setSpace } from './set-space';
import { showSpaces } from './show-spaces';

const commands = new Map([
  ['', showSpaces],
  ['create', createNamedSpace],
  ['set', setSpace],
]);

const help = `runnel spaces                lists them: what they may have, and what they have
runnel spaces create NAME    makes one; prints its id, and its key this once
runnel spaces set NAME_OR_ID
    --max-queued N              tasks that may wait; a start beyond that is refused
    --max-running N|none        tasks that may run at a time
    --keep-days N|none          days for which ended runs and files are kept
    --keep-runs N|all           how many ended runs are kept
`;

/** `runnel spaces …`: for who runs the service, on its database. */
export async function spaces(parts: ProcessParts): Promise<void> {
  await subCommands(parts, { name: 'spaces', commands, help });
}
