import { RobotStore, type DataSource, type RobotWithDefinition } from '@runnel/store';
import { isHandle } from './ids';

/** The published robot with this handle, or null. */
export async function findAgent(
  { manager }: DataSource,
  spaceId: string,
  handle: string,
): Promise<RobotWithDefinition | null> {
  const robot = isHandle(handle) ? await new RobotStore(manager).findByHandle(spaceId, handle) : null;
  return robot && robot.publishedVersion !== null ? robot : null;
}
