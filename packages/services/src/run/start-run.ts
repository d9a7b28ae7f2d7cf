import { inputsOf, originUrl, resolveInputs, type Run, type Stage } from '@runnel/contracts';
import type { JobProducer } from '@runnel/queue';
import {
  RobotStore,
  RunStore,
  TaskStore,
  type DataSource,
  type RobotWithDefinition,
  type RunView,
} from '@runnel/store';
import { InvalidInputError } from '../invalid-input';

export interface StartRun {
  spaceId: string;
  robotId: string;
  stage: Stage;
  inputs: Record<string, unknown>;
  originUrl: string | null;
  name: string | null;
  tags: string[];
  /** Null: as the robot says. */
  maxAttempts: number | null;
  origin: Run['origin'];
}

/**
 * Starts a run: committed first, then told to the queue. If the queue does not hear of it, the sweep tells it again.
 * Null when there is no such robot.
 * @throws InvalidInputError when an input is missing, unknown or of another type, or nothing is published.
 */
export async function startRun(
  deps: { dataSource: DataSource; producer: JobProducer },
  command: StartRun,
): Promise<RunView | null> {
  const { manager } = deps.dataSource;
  const { spaceId, robotId, name, tags, origin, stage } = command;
  const wanted = stage === 'draft' ? 'latest' : 'published';
  const robot = await new RobotStore(manager).find(spaceId, robotId, wanted);
  if (!robot) return null;
  const { options } = runnable(robot, stage).definition;
  const task = {
    inputs: inputsFor(robot, command),
    maxAttempts: command.maxAttempts ?? options.maxAttempts,
    deadlineMs: options.deadlineMs,
  };
  const { run, taskIds } = await new RunStore(manager).insert({
    spaceId,
    robotId,
    robotVersion: robot.version,
    name: name ?? robot.name,
    origin,
    tags,
    tasks: [task],
  });
  void dispatch(deps, { runId: run.id, taskIds });
  return run;
}

/** What is not told to the queue now, the sweep tells it. */
async function dispatch(
  { dataSource, producer }: { dataSource: DataSource; producer: JobProducer },
  { runId, taskIds }: { runId: string; taskIds: string[] },
): Promise<void> {
  const isAdded = await producer.add(taskIds.map((taskId) => ({ runId, taskId, attempt: 0 })));
  if (isAdded) await new TaskStore(dataSource.manager).markDispatched(taskIds).catch(() => null);
}

function runnable(robot: RobotWithDefinition, stage: Stage): RobotWithDefinition {
  if (stage === 'draft' || robot.publishedVersion !== null) return robot;
  const message = 'no version of this robot is published; publish one, or start it with "stage": "draft"';
  throw new InvalidInputError('The robot has no published version', [{ path: 'stage', message }]);
}

function inputsFor({ definition }: RobotWithDefinition, command: StartRun) {
  const knowsOrigin = inputsOf(definition).some((input) => input.name === originUrl);
  const origin = command.originUrl === null || !knowsOrigin ? {} : { [originUrl]: command.originUrl };
  const { inputs, faults } = resolveInputs(definition, { ...command.inputs, ...origin });
  if (inputs) return inputs;
  throw new InvalidInputError('The inputs do not fit the robot', faults);
}
