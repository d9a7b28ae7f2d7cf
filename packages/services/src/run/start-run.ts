import { originUrl, resolveInputs, type Inputs, type Run, type WantedVersion } from '@runnel/contracts';
import { newId, type RobotWithDefinition, type RunView } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import type { RunIntake } from './run-intake';
import type { RunnableRobots } from './runnable-robots';

export interface StartRun {
  spaceId: string;
  robotId: string;
  /** Which version: by its stage, or by its number. */
  version: WantedVersion;
  inputs: Record<string, unknown>;
  originUrl: string | null;
  name: string | null;
  tags: string[];
  /** Null: as the robot says. */
  maxAttempts: number | null;
  origin: Run['origin'];
}

export interface StartDeps {
  intake: RunIntake;
  robots: RunnableRobots;
}

/**
 * Starts a run: committed first, then told to the queue. If the queue does not hear of it, the sweep tells it again.
 * Null when there is no such robot.
 * @throws InvalidInputError when an input is missing, unknown or of another type, or nothing is published.
 */
export async function startRun(deps: StartDeps, command: StartRun): Promise<RunView | null> {
  const remembered = await deps.robots.find(command);
  const started = remembered && (await insertRun(deps, remembered, command).catch(nullForInvalidInput));
  if (started) return started;
  // What was remembered may be an older version: the one of now decides, unless a newer one overtakes it as well.
  for (let tries = 0; tries < 5; tries += 1) {
    const current = await deps.robots.read(command);
    const run = current && (await insertRun(deps, current, command));
    if (run || !current) return run;
  }
  throw new Error(`robot ${command.robotId} is published faster than it can be started`);
}

/** Null when the robot's version is another by now. */
async function insertRun(
  { intake }: StartDeps,
  robot: RobotWithDefinition,
  command: StartRun,
): Promise<RunView | null> {
  const { spaceId, robotId, version, name, tags, origin } = command;
  if (version === 'published' && robot.publishedVersion === null) throw nothingPublished();
  const { options } = robot.definition;
  const task = {
    id: newId(),
    inputs: inputsFor(robot, command),
    maxAttempts: command.maxAttempts ?? options.maxAttempts,
    deadlineMs: options.deadlineMs,
  };
  const stage = typeof version === 'number' ? null : version;
  const run = { id: newId(), spaceId, robotId, stage, name, origin, tags, robotVersion: robot.version };
  return intake.take({ ...run, tasks: [task] });
}

function nullForInvalidInput(error: unknown): null {
  if (error instanceof InvalidInputError) return null;
  throw error;
}

function nothingPublished(): InvalidInputError {
  const message = 'no version of this robot is published; publish one, or start it with "stage": "draft"';
  return new InvalidInputError('The robot has no published version', [{ path: 'stage', message }]);
}

function inputsFor({ definition }: RobotWithDefinition, command: StartRun): Inputs {
  const origin = command.originUrl === null ? {} : { [originUrl]: command.originUrl };
  const { inputs, faults } = resolveInputs(definition, { ...command.inputs, ...origin });
  if (inputs) return inputs;
  throw new InvalidInputError('The inputs do not fit the robot', faults);
}
