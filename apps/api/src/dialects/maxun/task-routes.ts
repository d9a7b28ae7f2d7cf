import { TaskListStore, type SpaceTaskView } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { operation, type Operation } from '../../operation';
import { nextCursor, runKeyOf, runNotFound } from './ids';
import { presentTask, tasksAnswer, type WholeTask } from './present-task';
import { taskListQuery } from './query';

/** The tasks of a run, in order: what became of each record. */
export function taskOperations(deps: ApiDeps): Operation[] {
  const store = new TaskListStore(deps.dataSource.manager);
  const listTasks = operation({
    method: 'get',
    path: '/robots/{id}/runs/{runId}/tasks',
    id: 'listTasks',
    summary: 'The tasks of a run, in order: what became of each record',
    params: { id: 'The robot, a UUID', runId: 'The run, a UUID' },
    query: taskListQuery,
    answers: { 200: tasksAnswer },
    serve: async ({ spaceId, params, query, base }) => {
      const { limit, cursor = null, status = null } = query;
      const key = runKeyOf({ spaceId, params });
      const found = await store.list(key, { statuses: status, after: cursor, skip: 0, limit });
      if (!found) throw runNotFound(params.id, params.runId);
      const { totalCount, items } = found;
      if (!items) throw cursorOfOtherRun();
      const whole = wholeTasks(items);
      const shown = whole.map((task) => presentTask(task, base));
      // A page that ends early, for its inputs are large, is not the last one.
      const full = whole.length < items.length ? whole.length : limit;
      const tasks = { totalCount, items: shown, nextCursor: nextCursor(whole, full) };
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

function cursorOfOtherRun(): HttpProblem {
  const faults = [{ path: 'cursor', message: 'was not given for the tasks of this run' }];
  return new HttpProblem('INVALID_INPUT', 'The query is not right', faults);
}
