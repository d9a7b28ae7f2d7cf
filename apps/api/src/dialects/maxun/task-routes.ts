import { TaskListStore, type SpaceTaskView } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { robotInPath } from '../../robot-of';
import { runKeyOf, runNotFound } from './ids';
import { cursorBehind, startOf } from './page-cursor';
import { presentTask, tasksAnswer, type WholeTask } from './present-task';
import { taskListQuery } from './query';

/** The tasks of a run, in order: what became of each record. */
export function taskOperations(deps: ApiDeps): Operation[] {
  const store = new TaskListStore(deps.dataSource.manager);
  const listTasks = operation({
    method: 'get',
    path: '/robots/{id}/runs/{runId}/tasks',
    id: 'listTasks',
    scope: 'runs:read',
    robotOf: robotInPath,
    summary: 'The tasks of a run, in order: what became of each record',
    params: { id: 'The robot, a UUID', runId: 'The run, a UUID' },
    query: taskListQuery,
    answers: { 200: tasksAnswer },
    serve: async (asked) => {
      const { spaceId, params, query, links } = asked;
      const { limit, status = null } = query;
      const key = runKeyOf({ spaceId, params });
      const found = await store.list(key, {
        statuses: status,
        after: startOf(asked),
        skip: 0,
        limit: limit + 1,
      });
      if (!found?.items) throw runNotFound(params.id, params.runId);
      // A page that ends early, for its inputs are large, is not the last one.
      const items = wholeTasks(found.items).slice(0, limit);
      const last = found.items.length > items.length ? items.at(-1) : undefined;
      const nextCursor = last ? cursorBehind(last.id, asked) : null;
      const shown = items.map((task) => presentTask(task, links));
      const tasks = { totalCount: found.totalCount, items: shown, nextCursor };
      return { status: 200, body: { statusCode: 200, messageCode: 'success', tasks } };
    },
  });
  return [listTasks];
}

/** Those before the first whose inputs were too large to be read. */
function wholeTasks(tasks: SpaceTaskView[]): WholeTask[] {
  const whole: WholeTask[] = [];
  for (const { inputs, ...task } of tasks) {
    if (inputs === null) break;
    whole.push({ ...task, inputs });
  }
  return whole;
}
