import { newView, type DataSource } from '@runnel/store';
import { inputFiles } from '../file/input-files';
import { commandOf, newRun, type Start, type StartCommand, type StartRun } from './new-run';
import type { RunIntake } from './run-intake';
import type { RunnableRobots } from './runnable-robots';
import { found, replay, type Started } from './replay';
import { startNewest } from './start-newest';
import { refusedError } from './start-refused';

export interface StartDeps {
  dataSource: DataSource;
  intake: RunIntake;
  robots: RunnableRobots;
}

/**
 * Starts a run: committed first, then told to the queue. If the queue does not hear of it, the sweep tells it again.
 * Null when there is no such robot.
 * @throws InvalidInputError when an input is missing, unknown or of another type, or nothing is published.
 * @throws KeyReusedError, RunRemovedError, SpaceFullError, BudgetSpentError
 */
export async function startRun(deps: StartDeps, start: StartRun): Promise<Started | null> {
  const command = commandOf(start);
  return (await replay(deps.dataSource.manager, command)) ?? startNew(deps, command);
}

async function startNew(deps: StartDeps, command: StartCommand): Promise<Started | null> {
  const files = await inputFiles(deps.dataSource, command);
  return startNewest(deps.robots, command, (robot) => takeIn(deps, { robot, command, files }));
}

/** Null when the robot's version is another by now. */
async function takeIn(deps: StartDeps, start: Start): Promise<Started | null> {
  const { robot, command } = start;
  const run = await newRun(start);
  const inserted = await deps.intake.take(run);
  if (inserted.kind === 'started')
    return {
      run: newView(inserted.run, inserted.firstTaskId, { robot, delayMs: run.delayMs }),
      isReplayed: false,
    };
  if (inserted.kind === 'gone') return null;
  if (inserted.kind === 'full' || inserted.kind === 'spent') throw refusedError(inserted, run.tasks.length);
  return found(deps.dataSource.manager, command, inserted);
}
