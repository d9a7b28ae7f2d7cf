import { RobotStore, type RobotWithDefinition } from '@runnel/store';
import { checkRobot, type RobotDeps } from './check-robot';
import { validDefinition, type NewRobot } from './create-robot';
import { NewerVersionError } from './newer-version';

/**
 * Adds a version to a robot: a draft, or the one that runs from now on; without a new name it keeps its own. Null when
 * there is no such robot.
 * @throws InvalidInputError with every fault of the definition, or for a new proxy that does not do.
 * @throws NewerVersionError when there is a newer version than `ifVersion`.
 */
export async function replaceRobot(
  deps: RobotDeps,
  command: NewRobot & { id: string; ifVersion?: number },
): Promise<RobotWithDefinition | null> {
  const { spaceId, id, name, publish, ifVersion, domains } = command;
  const { definition } = validDefinition(command.definition);
  const newest = await new RobotStore(deps.dataSource.manager).find(spaceId, id, 'draft');
  if (!newest) return null;
  await checkRobot(deps, { spaceId, definition, before: newest.definition, domains });
  return deps.dataSource.transaction(async (manager) => {
    const store = new RobotStore(manager);
    const isThere = await store.replace({ spaceId, id, name, definition, publish });
    const robot = isThere ? await store.find(spaceId, id, 'draft') : null;
    if (robot && ifVersion !== undefined && robot.version !== ifVersion + 1) throw new NewerVersionError();
    return robot;
  });
}
