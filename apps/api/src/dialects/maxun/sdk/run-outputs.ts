import type { Definition } from '@runnel/contracts';
import { RobotStore, RowStore, type DataSource, type RunView } from '@runnel/store';
import { rowsInData } from '../present-run';
import { runNotFound } from './ids';
import type { Output } from './present-run';

/** The first rows of a run. @throws HttpProblem when it is gone meanwhile. */
export async function outputOf({ manager }: DataSource, run: RunView): Promise<Output> {
  const definition = await definitionOf(new RobotStore(manager), run);
  const page = { list: null, taskId: null, after: null, limit: rowsInData };
  const rows = await new RowStore(manager).page(run.id, page);
  if (!definition || !rows) throw runNotFound();
  return { definition, rows };
}

/** The same of many runs of a robot: the rows of the first task of each. One that is gone meanwhile has no output. */
export async function outputsOf({ manager }: DataSource, runs: RunView[]): Promise<Map<string, Output>> {
  const robots = new RobotStore(manager);
  const tasks = runs.map(({ firstTaskId }) => firstTaskId);
  const rows = await new RowStore(manager).firstOf(tasks, { perTask: rowsInData });
  const definitions = new Map<number, Definition | null>();
  for (const run of runs) {
    const { robotVersion } = run;
    if (!definitions.has(robotVersion)) definitions.set(robotVersion, await definitionOf(robots, run));
  }
  const found = runs.flatMap((run): [string, Output][] => {
    const definition = definitions.get(run.robotVersion);
    return definition ? [[run.id, { definition, rows: rows.get(run.firstTaskId) ?? [] }]] : [];
  });
  return new Map(found);
}

async function definitionOf(robots: RobotStore, run: RunView): Promise<Definition | null> {
  return (await robots.find(run.spaceId, run.robotId, run.robotVersion))?.definition ?? null;
}
