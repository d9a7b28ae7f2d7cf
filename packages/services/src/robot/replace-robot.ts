import { RobotStore, type DataSource, type RobotWithDefinition } from '@runnel/store';
import { validDefinition, type NewRobot } from './create-robot';

/**
 * Adds a version to a robot: a draft, or the one that runs from now on; without a new name it keeps its own. Null when
 * there is no such robot.
 * @throws InvalidInputError with every fault of the definition.
 */
export async function replaceRobot(
  dataSource: DataSource,
  command: NewRobot & { id: string },
): Promise<RobotWithDefinition | null> {
  const { spaceId, id, name, publish } = command;
  const { definition } = validDefinition(command.definition);
  return dataSource.transaction(async (manager) => {
    const store = new RobotStore(manager);
    const isThere = await store.replace({ spaceId, id, name, definition, publish });
    return isThere ? store.find(spaceId, id, 'draft') : null;
  });
}
