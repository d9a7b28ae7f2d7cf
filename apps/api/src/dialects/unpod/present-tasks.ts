import { RowStore, type DataSource, type SpaceTaskView } from '@runnel/store';
import type { Links } from '../../run-links';
import { presentTask, rowsInOutput } from './present-task';

/** Tasks with the first rows of each; large ones have fewer in a list than alone. */
export async function presentTasks(
  { manager }: DataSource,
  tasks: SpaceTaskView[],
  links: Links,
): Promise<ReturnType<typeof presentTask>[]> {
  const ids = tasks.map(({ id }) => id);
  const rows = await new RowStore(manager).firstOf(ids, { perTask: rowsInOutput });
  return tasks.map((task) => {
    const own = rows.get(task.id) ?? [];
    return presentTask(task, { rows: own.map(({ data }) => data), links });
  });
}
