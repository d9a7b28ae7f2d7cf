import type { RobotWithDefinition } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import type { Started } from './replay';
import type { RunnableRobots, WantedRobot } from './runnable-robots';

/**
 * Starts a run of the version that a robot has now, though others may be published meanwhile. `start` gives null when
 * the robot has another version by then. Null when there is no such robot.
 * @throws what `start` throws; InvalidInputError only of the version of now.
 */
export async function startNewest(
  robots: RunnableRobots,
  wanted: WantedRobot,
  start: (robot: RobotWithDefinition) => Promise<Started | null>,
): Promise<Started | null> {
  let refused: { robot: RobotWithDefinition; error: InvalidInputError } | null = null;
  for (let tries = 0; tries < 6; tries += 1) {
    // What was remembered may be an older version: the one of now decides, unless a newer one overtakes it as well.
    const robot: RobotWithDefinition | null = await robots[tries === 0 ? 'find' : 'read'](wanted);
    if (!robot) return null;
    if (refused && isSame(refused.robot, robot)) throw refused.error;
    try {
      const started = await start(robot);
      if (started) return started;
    } catch (error) {
      if (tries > 0 || !(error instanceof InvalidInputError)) throw error;
      refused = { robot, error };
    }
  }
  throw new Error(`robot ${wanted.robotId} is published faster than it can be started`);
}

function isSame(a: RobotWithDefinition, b: RobotWithDefinition): boolean {
  return a.version === b.version && a.publishedVersion === b.publishedVersion;
}
