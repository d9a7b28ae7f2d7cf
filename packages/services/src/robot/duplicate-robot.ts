import { RobotStore, type RobotWithDefinition } from '@runnel/store';
import type { RobotDeps } from './check-robot';
import { createRobot, type NewRobot } from './create-robot';
import { movedTo } from './moved-to';

const longestName = 200;

/**
 * A new robot that does the same from another address on: with the published definition, and published, if the robot
 * is. Null when there is no such robot.
 * @throws InvalidInputError when the address is none, or the robot opens none.
 */
export async function duplicateRobot(
  deps: RobotDeps,
  { id, targetUrl, ...asked }: Pick<NewRobot, 'spaceId' | 'domains'> & { id: string; targetUrl: string },
): Promise<RobotWithDefinition | null> {
  const robot = await new RobotStore(deps.dataSource.manager).find(asked.spaceId, id, 'published');
  if (!robot) return null;
  const definition = movedTo(robot.definition, targetUrl);
  const name = `${robot.name} (${lastWordOf(new URL(targetUrl))})`.slice(0, longestName).toWellFormed();
  const command = { ...asked, name, definition, publish: robot.publishedVersion !== null };
  return createRobot(deps, command, robot.definition);
}

/** The last word of its path, or the host where that has none. */
function lastWordOf({ pathname, host }: URL): string {
  const words = pathname.split('/').filter((word) => word !== '');
  return words.at(-1) ?? host;
}
