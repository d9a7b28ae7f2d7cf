import {
  newView,
  RunStore,
  startedWith,
  type DataSource,
  type RobotWithDefinition,
  type RunView,
} from '@runnel/store';
import { inputFiles } from '../file/input-files';
import { InvalidInputError } from '../invalid-input';
import { differences, fingerprintOf, type Fingerprint } from './fingerprint';
import { commandOf, newRun, type Start, type StartCommand, type StartRun } from './new-run';
import type { RunIntake } from './run-intake';
import type { RunnableRobots } from './runnable-robots';
import { KeyReusedError, RunRemovedError, SpaceFullError } from './start-refused';

export interface StartDeps {
  dataSource: DataSource;
  intake: RunIntake;
  robots: RunnableRobots;
}

export interface Started {
  run: RunView;
  /** True: an earlier start with the same idempotency key made it. */
  isReplayed: boolean;
}

/**
 * Starts a run: committed first, then told to the queue. If the queue does not hear of it, the sweep tells it again.
 * Null when there is no such robot.
 * @throws InvalidInputError when an input is missing, unknown or of another type, or nothing is published.
 * @throws KeyReusedError, RunRemovedError, SpaceFullError
 */
export async function startRun(deps: StartDeps, start: StartRun): Promise<Started | null> {
  const command = commandOf(start);
  return (await replay(deps, command)) ?? startNew(deps, command);
}

async function startNew(deps: StartDeps, command: StartCommand): Promise<Started | null> {
  const files = await inputFiles(deps.dataSource, command);
  let refused: { robot: RobotWithDefinition; error: InvalidInputError } | null = null;
  for (let tries = 0; tries < 6; tries += 1) {
    // What was remembered may be an older version: the one of now decides, unless a newer one overtakes it as well.
    const robot: RobotWithDefinition | null = await deps.robots[tries === 0 ? 'find' : 'read'](command);
    if (!robot) return null;
    if (refused && isSame(refused.robot, robot)) throw refused.error;
    try {
      const started = await insertRun(deps, { robot, command, files });
      if (started) return started;
    } catch (error) {
      if (tries > 0 || !(error instanceof InvalidInputError)) throw error;
      refused = { robot, error };
    }
  }
  throw new Error(`robot ${command.robotId} is published faster than it can be started`);
}

function isSame(a: RobotWithDefinition, b: RobotWithDefinition): boolean {
  return a.version === b.version && a.publishedVersion === b.publishedVersion;
}

/** Null when the robot's version is another by now. */
async function insertRun(deps: StartDeps, start: Start): Promise<Started | null> {
  const { robot, command } = start;
  const run = await newRun(start);
  const inserted = await deps.intake.take(run);
  if (inserted.kind === 'started')
    return {
      run: newView(inserted.run, inserted.firstTaskId, { robot, delayMs: run.delayMs }),
      isReplayed: false,
    };
  if (inserted.kind === 'gone') return null;
  if (inserted.kind === 'full') throw refusal(inserted, run.tasks.length);
  return found(deps, command, inserted);
}

/** The run that was started with the command's key before, whatever became of its robot and its files since. */
async function replay(deps: StartDeps, command: StartCommand): Promise<Started | null> {
  const { spaceId, idempotencyKey: key } = command;
  const known = key === null ? null : await startedWith(deps.dataSource.manager, { spaceId, key });
  return known && found(deps, command, known);
}

/** @throws KeyReusedError, RunRemovedError */
async function found(
  { dataSource }: StartDeps,
  command: StartCommand,
  known: { runId: string; fingerprint: Fingerprint },
): Promise<Started> {
  const faults = differences(known.fingerprint, fingerprintOf(command.asked));
  if (faults.length > 0) throw new KeyReusedError(faults);
  const { spaceId, robotId } = command;
  const run = await new RunStore(dataSource.manager).find({ spaceId, robotId, runId: known.runId }, 0);
  if (!run) throw new RunRemovedError();
  return { run, isReplayed: true };
}

/** What alone is more than the space may have waiting, no waiting helps. */
function refusal({ queued, limit }: { queued: number; limit: number }, tasks: number): Error {
  if (tasks <= limit) return new SpaceFullError(queued, limit, tasks);
  const message = `make ${tasks} tasks; of this space ${limit} may wait at a time`;
  return new InvalidInputError('The run is too large for this space', [{ path: 'records', message }]);
}
