import { abortRun, startRun, waitForRun, type RunKey } from '@runnel/services';
import { ArtifactStore, RobotStore, RunStore, type RunView } from '@runnel/store';
import { Router, type RequestHandler, type Response } from 'express';
import { spaceOf } from '../../authenticate';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { read } from '../../read-input';
import { waitSeconds, whileConnected } from '../../wait-for';
import { baseOf } from './base-url';
import { nextCursor, robotIdOf, runKeyOf, runNotFound, versionNotFound, type RunParams } from './ids';
import { presentRun, rowsInData, runAnswer, runsAnswer } from './presenter';
import { runListQuery, runQuery, startBody, startQuery } from './query';
import { wordFor } from './status-words';

/** What a client that polls may wait between two looks. */
const retryAfterSeconds = 1;

type OneRobot = RequestHandler<{ id: string }>;
type OneRun = RequestHandler<RunParams>;

export function runRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.post('/robots/:id/runs', postRun(deps));
  router.get('/robots/:id/runs', listRuns(deps));
  router.get('/robots/:id/runs/:runId', getRun(deps));
  router.post('/robots/:id/runs/:runId/abort', postAbort(deps));
  router.get('/robots/:id/runs/:runId/artifacts/:name', getArtifact(deps));
  return router;
}

function postRun(deps: ApiDeps): OneRobot {
  return async (request, response) => {
    read(startQuery, request.query, 'query');
    const seconds = waitSeconds(request, response);
    const {
      originUrl = null,
      name = null,
      maxAttempts = null,
      stage = 'published',
      version = stage,
      ...body
    } = read(startBody, request.body ?? {}, 'body');
    const robotId = robotIdOf(request.params.id);
    const spaceId = spaceOf(response);
    const started = await startRun(deps, {
      ...body,
      version,
      spaceId,
      robotId,
      originUrl,
      name,
      maxAttempts,
      origin: 'api',
    });
    if (!started) throw versionNotFound(request.params.id, version);
    const key = { spaceId, robotId, runId: started.id };
    const run = seconds > 0 ? await wait(deps, { key, response, seconds, after: null }) : started;
    answer(response, run ?? started, baseOf(request, deps));
  };
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
    const run = await wait(deps, { key, response, seconds, after });
    if (!run) throw runNotFound(request.params.id, request.params.runId);
    answer(response, run, baseOf(request, deps));
  };
}

function postAbort(deps: ApiDeps): OneRun {
  return async (request, response) => {
    const aborted = await abortRun(deps.dataSource, runKeyOf(request.params, response));
    if (!aborted) throw runNotFound(request.params.id, request.params.runId);
    const { run, changed } = aborted;
    if (!changed)
      throw new HttpProblem('CONFLICT', `The run cannot be aborted: it is ${wordFor(run.status)}`);
    answer(response, run, baseOf(request, deps));
  };
}

function getArtifact(deps: ApiDeps): RequestHandler<RunParams & { name: string }> {
  const store = new ArtifactStore(deps.dataSource.manager);
  return async (request, response) => {
    const { name } = request.params;
    const artifact = await store.find({ ...runKeyOf(request.params, response), name });
    if (!artifact) throw new HttpProblem('NOT_FOUND', `The run has no artifact "${name}"`);
    response.attachment(artifact.name).type(artifact.contentType);
    response.setHeader('x-content-type-options', 'nosniff');
    response.send(artifact.bytes);
  };
}

async function wait(
  deps: ApiDeps,
  asked: { key: RunKey; response: Response; seconds: number; after: number | null },
): Promise<RunView | null> {
  const { key, response, seconds, after } = asked;
  if (seconds === 0) return new RunStore(deps.dataSource.manager).find(key, rowsInData);
  const signal = whileConnected(response, deps.stopping);
  return waitForRun(deps, { key, rows: rowsInData, waitMs: seconds * 1_000, after, signal });
}

function answer(response: Response, view: RunView, base: string): void {
  const run = presentRun(view, base);
  if (view.finishedAt === null) response.setHeader('retry-after', retryAfterSeconds);
  response.location(`${base}/api/robots/${run.robotId}/runs/${run.runId}`);
  response.json(runAnswer.parse({ statusCode: 200, messageCode: 'success', run }));
}
