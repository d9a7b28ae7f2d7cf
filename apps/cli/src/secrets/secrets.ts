import type { ProcessParts } from '@runnel/runtime';
import { subCommands } from '../sub-commands';
import { deleteNamedSecret } from './delete-named-secret';
import { rotateSecrets } from './rotate-secrets';
import { setNamedSecret } from './set-named-secret';
import { showSecrets } from './show-secrets';

const commands = new Map([
  ['', showSecrets],
  ['set', setNamedSecret],
  ['delete', deleteNamedSecret],
  ['rotate', rotateSecrets],
]);

const help = `runnel secrets               lists them, without their values
runnel secrets set NAME      sets one to what comes by the standard input
runnel secrets delete NAME
    --space NAME_OR_ID          the space; else the first one
runnel secrets rotate        seals those of all spaces, and the logins, with the first of RUNNEL_SECRET_KEYS:
                             put a new key before the old one, restart all processes, rotate, then drop the old one
`;

/** `runnel secrets …`: for who runs the service, on its database. */
export async function secrets(parts: ProcessParts): Promise<void> {
  await subCommands(parts, { name: 'secrets', commands, help });
}
