import { abortRun } from '@runnel/services';
import { RobotStore, RunStore } from '@runnel/store';
import { Router, type RequestHandler } from 'express';
import { spaceOf } from '../../authenticate';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { read } from '../../read-input';
import { waitSeconds } from '../../wait-for';
import { baseOf } from './base-url';
import { nextCursor, robotIdOf, runKeyOf, runNotFound, type RunParams } from './ids';
import { presentRun, rowsInData, runsAnswer } from './presenter';
import { runListQuery, runQuery } from './query';
import { answerRun, waitFor } from './run-answer';
import { wordFor } from './status-words';

type OneRobot = RequestHandler<{ id: string }>;
type OneRun = RequestHandler<RunParams>;

export function runRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.get('/robots/:id/runs', listRuns(deps));
  router.get('/robots/:id/runs/:runId', getRun(deps));
  router.post('/robots/:id/runs/:runId/abort', postAbort(deps));
  return router;
}

function listRuns(deps: ApiDeps): OneRobot {
  const store = new RunStore(deps.dataSource.manager);
  const robots = new RobotStore(deps.dataSource.manager);
  return async (request, response) => {
    const { limit, cursor = null, include, ...asked } = read(runListQuery, request.query, 'query');
    const { status: statuses = null, tag = null, from = null, to = null } = asked;
    const robotId = robotIdOf(request.params.id);
    const spaceId = spaceOf(response);
    if (!(await robots.find(spaceId, robotId, 'draft')))
      throw new HttpProblem('NOT_FOUND', 'Robot not found');
    const filter = { spaceId, robotId, statuses, tag, from, to };
    const bare = await store.list(filter, { limit, before: cursor, rows: 0 });
    const isSmall = bare.items.reduce((sum, run) => sum + run.rowCount, 0) <= rowsInData;
    const withData = include === 'data' || isSmall;
    const { totalCount, items } = withData
      ? await store.list(filter, { limit, before: cursor, rows: rowsInData })
      : bare;
    const shown = items.map((run) => presentRun(run, baseOf(request, deps)));
    const runs = { totalCount, items: shown, nextCursor: nextCursor(items, limit) };
    response.json(runsAnswer.parse({ statusCode: 200, messageCode: 'success', runs }));
  };
}

function getRun(deps: ApiDeps): OneRun {
  return async (request, response) => {
    const { after = null } = read(runQuery, request.query, 'query');
    const seconds = waitSeconds(request, response);
    const key = runKeyOf(request.params, response);
    const run = await waitFor(deps, { key, response, seconds, after });
    if (!run) throw runNotFound(request.params.id, request.params.runId);
    answerRun(deps, { request, response, run });
  };
}

function postAbort(deps: ApiDeps): OneRun {
  return async (request, response) => {
    const aborted = await abortRun(deps.dataSource, runKeyOf(request.params, response));
    if (!aborted) throw runNotFound(request.params.id, request.params.runId);
    const { run, changed } = aborted;
    if (!changed)
      throw new HttpProblem('CONFLICT', `The run cannot be aborted: it is ${wordFor(run.status)}`);
    answerRun(deps, { request, response, run });
  };
}
