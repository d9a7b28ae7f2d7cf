import { RobotStore, type DataSource, type RobotWithDefinition } from '@runnel/store';
import { validDefinition, type NewRobot } from './create-robot';
import { NewerVersionError } from './newer-version';

/**
 * Adds a version to a robot: a draft, or the one that runs from now on; without a new name it keeps its own. Null when
 * there is no such robot.
 * @throws InvalidInputError with every fault of the definition.
 * @throws NewerVersionError when there is a newer version than `ifVersion`.
 */
export async function replaceRobot(
  dataSource: DataSource,
  command: NewRobot & { id: string; ifVersion?: number },
): Promise<RobotWithDefinition | null> {
  const { spaceId, id, name, publish, ifVersion } = command;
  const { definition } = validDefinition(command.definition);
  return dataSource.transaction(async (manager) => {
    const store = new RobotStore(manager);
    const isThere = await store.replace({ spaceId, id, name, definition, publish });
    const robot = isThere ? await store.find(spaceId, id, 'draft') : null;
    if (robot && ifVersion !== undefined && robot.version !== ifVersion + 1) throw new NewerVersionError();
    return robot;
  });
}
