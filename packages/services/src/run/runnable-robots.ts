import type { WantedVersion } from '@runnel/contracts';
import { RobotStore, type DataSource, type RobotWithDefinition } from '@runnel/store';

export interface WantedRobot {
  spaceId: string;
  robotId: string;
  version: WantedVersion;
}

const rememberCount = 1_000;

/**
 * The definitions that runs are started of, remembered: a version never changes, and whether it is still the one
 * that runs is checked by the statement that inserts the run.
 */
export class RunnableRobots {
  readonly #store: RobotStore;
  readonly #known = new Map<string, RobotWithDefinition>();

  constructor(dataSource: DataSource) {
    this.#store = new RobotStore(dataSource.manager);
  }

  /** The robot as it was last read; null when there is none. */
  async find(wanted: WantedRobot): Promise<RobotWithDefinition | null> {
    return this.#known.get(keyOf(wanted)) ?? this.read(wanted);
  }

  /** The robot as it is now; null when there is none. */
  async read(wanted: WantedRobot): Promise<RobotWithDefinition | null> {
    const robot = await this.#store.find(wanted.spaceId, wanted.robotId, wanted.version);
    this.#known.delete(keyOf(wanted));
    if (this.#known.size >= rememberCount) this.#known.clear();
    const isRunnable = robot && (wanted.version !== 'published' || robot.publishedVersion !== null);
    if (isRunnable) this.#known.set(keyOf(wanted), robot);
    return robot;
  }
}

function keyOf({ spaceId, robotId, version }: WantedRobot): string {
  return `${spaceId} ${robotId} ${version}`;
}
