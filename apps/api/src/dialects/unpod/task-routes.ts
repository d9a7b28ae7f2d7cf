import { ListWalkStore, TaskListStore, type SpaceTaskView } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { robotOfRun } from '../../robot-of';
import { listAnswer, listed } from './envelope';
import { noSuchSpace, refusalSchema, refused } from './errors';
import { isTokenOf, readRunWord, runParam, spaceParam } from './ids';
import { pagesDescription, readPage, type Walker } from './pages';
import { presentTasks } from './present-tasks';
import { taskSchema } from './present-task';
import { runTaskQuery, taskListQuery, type TaskListQuery } from './query';

/** The tasks of a run, and those of a whole space. */
export function taskOperations(deps: ApiDeps): Operation[] {
  return [listRunTasks(deps), listSpaceTasks(deps)];
}

function listRunTasks(deps: ApiDeps): Operation {
  const { dataSource } = deps;
  const tasks = new TaskListStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/spaces/{space_token}/runs/{run_id}/tasks/',
    params: runParam,
    id: 'listRunTasks',
    scope: 'runs:read',
    robotOf: robotOfRun(deps, ({ params }: { params: { run_id: string } }) => readRunWord(params.run_id)),
    summary: 'The tasks of a run, in the order of its documents',
    query: runTaskQuery,
    answers: { 200: listAnswer(taskSchema), 206: refusalSchema },
    serve: async (asked) => {
      const { spaceId, params, query, links } = asked;
      if (!isTokenOf(spaceId, params.space_token)) return noSuchSpace(asked, []);
      const runId = readRunWord(params.run_id);
      const skip = (query.page - 1) * query.page_size;
      const page = { statuses: query.status ?? null, after: null, skip, limit: query.page_size };
      const found = runId === null ? null : await tasks.list({ spaceId, robotId: null, runId }, page);
      if (!found) {
        const told = { message: 'Error retrieving run tasks', errors: `Run "${params.run_id}" not found` };
        return refused(asked, 206, { code: 'NOT_FOUND', ...told, data: [] });
      }
      return listed('Tasks', found.totalCount, await presentTasks(dataSource, found.items ?? [], links));
    },
  });
}

function listSpaceTasks({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'get',
    path: '/spaces/{space_token}/tasks/',
    params: spaceParam,
    id: 'listSpaceTasks',
    scope: 'runs:read',
    summary: 'The tasks of all runs of a space, those of the newest run first',
    description: pagesDescription,
    query: taskListQuery,
    answers: { 200: listAnswer(taskSchema), 206: refusalSchema },
    serve: async (asked) => {
      if (!isTokenOf(asked.spaceId, asked.params.space_token)) return noSuchSpace(asked, []);
      const { count, items } = await tasksOn(dataSource, asked, null);
      return listed('Tasks', count, await presentTasks(dataSource, items, asked.links));
    },
  });
}

/** A page of the tasks of a space, or of one robot, and how many there are in all. */
export async function tasksOn(
  { manager }: ApiDeps['dataSource'],
  asked: Walker & { query: TaskListQuery },
  robotId: string | null,
): Promise<{ count: number; items: SpaceTaskView[] }> {
  const tasks = new TaskListStore(manager);
  const { status: statuses, from_ts: from, to_ts: to, search } = asked.query;
  const filter = { spaceId: asked.spaceId, robotId, statuses, from, to, search };
  const items = await readPage(new ListWalkStore(manager), asked, {
    read: ({ after, ...page }) =>
      tasks.listOf(filter, { ...page, after: after === null ? null : placeIn(after) }),
    placeOf: ({ runId, ordinal }) => `${runId} ${ordinal}`,
  });
  return { count: await tasks.countOf(filter), items };
}

/** Back from what `placeOf` made. */
function placeIn(text: string): { runId: string; ordinal: number } {
  const [runId = '', ordinal] = text.split(' ');
  return { runId, ordinal: Number(ordinal) };
}
