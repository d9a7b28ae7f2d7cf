import { startingAt } from '@runnel/contracts';
import { RobotStore, type DataSource, type RobotWithDefinition } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import { createRobot } from './create-robot';

const longestName = 200;
const longestUrl = 8_000;

/**
 * A new robot that does the same from another address on: with the published definition, and published, if the robot
 * is. Null when there is no such robot.
 * @throws InvalidInputError when the address is none, or the robot opens none.
 */
export async function duplicateRobot(
  dataSource: DataSource,
  { spaceId, id, targetUrl }: { spaceId: string; id: string; targetUrl: string },
): Promise<RobotWithDefinition | null> {
  const url = addressOf(targetUrl);
  const robot = await new RobotStore(dataSource.manager).find(spaceId, id, 'published');
  if (!robot) return null;
  const definition = startingAt(robot.definition, targetUrl);
  if (!definition) throw wrongTarget('the robot opens no address that this one could stand for', targetUrl);
  const name = `${robot.name} (${lastWordOf(url)})`.slice(0, longestName).toWellFormed();
  return createRobot(dataSource, { spaceId, name, definition, publish: robot.publishedVersion !== null });
}

function addressOf(targetUrl: string): URL {
  const url = URL.canParse(targetUrl) ? new URL(targetUrl) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw wrongTarget('must be an absolute http or https address', targetUrl);
  }
  if (targetUrl.length > longestUrl) throw wrongTarget(`must have at most ${longestUrl} characters`, '');
  if (targetUrl.includes('{{')) throw wrongTarget('must not hold {{', targetUrl);
  return url;
}

/** The last word of its path, or the host where that has none. */
function lastWordOf({ pathname, host }: URL): string {
  const words = pathname.split('/').filter((word) => word !== '');
  return words.at(-1) ?? host;
}

function wrongTarget(message: string, targetUrl: string): InvalidInputError {
  const found = targetUrl.slice(0, 200).toWellFormed();
  return new InvalidInputError('The robot cannot be duplicated', [{ path: 'targetUrl', message, found }]);
}
