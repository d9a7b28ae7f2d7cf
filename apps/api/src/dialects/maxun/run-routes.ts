import type { RunStatus } from '@runnel/contracts';
import { abortRun, removeRun } from '@runnel/services';
import { RobotStore, RunStore, type RunFilter } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { operation, type Operation } from '../../operation';
import { robotInPath } from '../../robot-of';
import { waitSeconds } from '../../wait-for';
import { robotIdOf, runKeyOf, runNotFound } from './ids';
import { pageOf, startOf } from './page-cursor';
import { deletedAnswer } from './present-robot';
import { fairShare } from './fair-share';
import { presentRun, rowsInData, runAnswer, runsAnswer } from './present-run';
import { runListQuery, runQuery } from './query';
import { answerRun, waitFor } from './run-answer';
import { wordFor } from './status-words';

/** Runs as they stand, and what ends and removes them. */
export function runOperations(deps: ApiDeps): Operation[] {
  return [listRuns(deps), getRun(deps), postAbort(deps), deleteRun(deps)];
}

const params = { id: 'The robot, a UUID', runId: 'The run, a UUID' };

function listRuns(deps: ApiDeps): Operation {
  const store = new RunStore(deps.dataSource.manager);
  const robots = new RobotStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path: '/robots/{id}/runs',
    id: 'listRuns',
    scope: 'runs:read',
    robotOf: robotInPath,
    summary: 'The runs of a robot, newest first',
    params: { id: params.id },
    query: runListQuery,
    answers: { 200: runsAnswer },
    serve: async (asked) => {
      const { spaceId, params: named, query, links } = asked;
      const { limit, include } = query;
      const { status: statuses, tag, from, to } = query;
      const robotId = robotIdOf(named.id);
      if (!(await robots.exists(spaceId, robotId))) throw new HttpProblem('NOT_FOUND', 'Robot not found');
      const filter: RunFilter = { spaceId, robotId, statuses, tag, from, to };
      const page = { limit: limit + 1, before: startOf(asked), skip: 0 };
      // How many rows each has is known only then.
      const bare = await store.list(filter, { ...page, limit, rows: 0 });
      const share = fairShare(
        bare.map(({ rowCount }) => rowCount),
        rowsInData,
      );
      const rows = include === 'data' ? rowsInData : share;
      // Others may have come since: the page is what is read now.
      const { items, nextCursor } = pageOf(asked, await store.list(filter, { ...page, rows }));
      const shown = items.map((run) => presentRun(run, links));
      const totalCount = await store.count(filter);
      const runs = { totalCount, items: shown, nextCursor };
      return { status: 200, body: { statusCode: 200, messageCode: 'success', runs } };
    },
  });
}

function getRun(deps: ApiDeps): Operation {
  return operation({
    method: 'get',
    path: '/robots/{id}/runs/{runId}',
    id: 'getRun',
    scope: 'runs:read',
    robotOf: robotInPath,
    summary: 'A run as it stands; with `?wait=` when it has ended, or has an event behind `after`',
    params,
    query: runQuery,
    answers: { 200: runAnswer },
    serve: async ({ spaceId, params: named, query, links, request, response }) => {
      const { after = null } = query;
      const seconds = waitSeconds(request, response);
      const key = runKeyOf({ spaceId, params: named });
      const run = await waitFor(deps, { key, response, seconds, after });
      if (!run) throw runNotFound(named.id, named.runId);
      return answerRun({ response, links, run });
    },
  });
}

function postAbort({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/robots/{id}/runs/{runId}/abort',
    id: 'abortRun',
    scope: 'runs:write',
    robotOf: robotInPath,
    summary: 'Aborts a run; its browsers stop',
    params,
    answers: { 200: runAnswer },
    serve: async ({ spaceId, params: named, links, response }) => {
      const aborted = await abortRun(dataSource, runKeyOf({ spaceId, params: named }));
      if (!aborted) throw runNotFound(named.id, named.runId);
      const { run, changed } = aborted;
      if (!changed)
        throw new HttpProblem('CONFLICT', `The run cannot be aborted: it is ${wordFor(run.status)}`);
      return answerRun({ response, links, run });
    },
  });
}

function deleteRun({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'delete',
    path: '/robots/{id}/runs/{runId}',
    id: 'deleteRun',
    scope: 'runs:write',
    robotOf: robotInPath,
    summary: 'Removes an ended run and all that is of it',
    params,
    answers: { 200: deletedAnswer },
    serve: async ({ spaceId, params: named }) => {
      const removed = await removeRun(dataSource, runKeyOf({ spaceId, params: named }));
      if (!removed) throw runNotFound(named.id, named.runId);
      const { run, isRemoved } = removed;
      if (!isRemoved)
        throw new HttpProblem('CONFLICT', `The run cannot be deleted: ${reasonFor(run.status)}`);
      const message = 'Run deleted successfully';
      return { status: 200, body: { statusCode: 200, messageCode: 'success', message } };
    },
  });
}

function reasonFor(status: RunStatus): string {
  if (status === 'aborting') return 'it is being aborted; delete it when it has ended';
  return `it is ${wordFor(status)}; abort it first`;
}
