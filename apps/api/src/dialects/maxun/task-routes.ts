import { TaskListStore } from '@runnel/store';
import { Router, type RequestHandler } from 'express';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { read } from '../../read-input';
import { baseOf } from './base-url';
import { nextCursor, runKeyOf, runNotFound, type RunParams } from './ids';
import { presentTask, tasksAnswer } from './present-task';
import { taskListQuery } from './query';

/** The tasks of a run, in order: what became of each record. */
export function taskRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.get('/robots/:id/runs/:runId/tasks', listTasks(deps));
  return router;
}

function listTasks(deps: ApiDeps): RequestHandler<RunParams> {
  const store = new TaskListStore(deps.dataSource.manager);
  return async (request, response) => {
    const { limit, cursor = null, status = null } = read(taskListQuery, request.query, 'query');
    const key = runKeyOf(request.params, response);
    const found = await store.list(key, { statuses: status, after: cursor, limit });
    if (!found) throw runNotFound(request.params.id, request.params.runId);
    const { totalCount, items } = found;
    if (!items) throw cursorOfOtherRun();
    const run = `${baseOf(request, deps)}/api/robots/${key.robotId}/runs/${key.runId}`;
    const shown = items.map((task) => presentTask(task, run));
    const tasks = { totalCount, items: shown, nextCursor: nextCursor(items, limit) };
    response.json(tasksAnswer.parse({ statusCode: 200, messageCode: 'success', tasks }));
  };
}

function cursorOfOtherRun(): HttpProblem {
  const faults = [{ path: 'cursor', message: 'was not given for the tasks of this run' }];
  return new HttpProblem('INVALID_INPUT', 'The query is not right', faults);
}
