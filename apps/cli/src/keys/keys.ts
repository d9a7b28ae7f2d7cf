import type { ProcessParts } from '@runnel/runtime';
import { subCommands } from '../sub-commands';
import { createNamedKey } from './create-named-key';
import { revokeOldKey } from './revoke-old-key';
import { rotateOldKey } from './rotate-old-key';
import { showKeys } from './show-keys';

const commands = new Map([
  ['', showKeys],
  ['list', showKeys],
  ['create', createNamedKey],
  ['rotate', rotateOldKey],
  ['revoke', revokeOldKey],
]);

const help = `runnel keys                  lists the API keys of a space: what they may, and when they were used
runnel keys create NAME      makes one; prints it this once
    --scopes A,B                what it may: runs:read, runs:write, runs:*, robots:read, robots:write,
                                robots:*, or admin, which is everything
    --robot ID                  the only robot that it is for
    --domains A,B               the only hosts that its runs may visit: example.com, *.example.com
    --daily-tasks N             tasks that it may start in a day (UTC)
    --expires-in DAYS           else it does not end
runnel keys rotate ID        makes one with the same rights; prints it this once
    --overlap SECONDS           for how long the old one is good still; else a day
runnel keys revoke ID        from now on it opens nothing
    --pause-schedules           and its schedules start nothing until they are resumed
    --space NAME_OR_ID          with each of these: of which space; else the first
`;

/** `runnel keys …`: for who runs the service, on its database. */
export async function keys(parts: ProcessParts): Promise<void> {
  await subCommands(parts, { name: 'keys', commands, help });
}
