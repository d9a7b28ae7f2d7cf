import { abortRun } from '@runnel/services';
import { RobotStore, RunStore, type RunFilter } from '@runnel/store';
import { z } from 'zod';
import type { ApiDeps } from '../../../deps';
import { operation, type Operation } from '../../../operation';
import { robotInPath } from '../../../robot-of';
import { requestIdOf } from '../../../request-id';
import { pageOf, startOf } from '../page-cursor';
import { statusWords, wordFor } from '../status-words';
import { problemSchema } from './errors';
import { robotIdOf, robotNotFound, runKeyOf, runNotFound } from './ids';
import { abortedAnswer, presentRow, runAnswer, runsAnswer } from './present-run';
import { runsQuery } from './query';
import { outputOf, outputsOf } from './run-outputs';

/** Runs as they stand, and what aborts them. */
export function runOperations(deps: ApiDeps): Operation[] {
  return [listRuns(deps), getRun(deps), postAbort(deps)];
}

const params = { id: 'The robot, a UUID', runId: 'The run, a UUID' };

function listRuns({ dataSource }: ApiDeps): Operation {
  const store = new RunStore(dataSource.manager);
  const robots = new RobotStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/robots/{id}/runs',
    id: 'sdkListRuns',
    scope: 'runs:read',
    robotOf: robotInPath,
    summary: 'The runs of a robot, newest first, each with the first rows of its first task',
    params: { id: params.id },
    query: runsQuery,
    answers: { 200: runsAnswer },
    serve: async (asked) => {
      const { spaceId, query, links } = asked;
      const robotId = robotIdOf(asked.params.id);
      if (!(await robots.exists(spaceId, robotId))) throw robotNotFound();
      const filter: RunFilter = { spaceId, robotId };
      const page = { limit: query.limit + 1, before: startOf(asked), skip: 0, rows: 0 };
      const { items: runs, nextCursor } = pageOf(asked, await store.list(filter, page));
      const outputs = await outputsOf(dataSource, runs);
      const data = runs.flatMap((run) => {
        const output = outputs.get(run.id);
        return output ? [presentRow(run, links, output)] : [];
      });
      const totalCount = await store.count(filter);
      return { status: 200, body: { data, totalCount, nextCursor } };
    },
  });
}

function getRun({ dataSource }: ApiDeps): Operation {
  const store = new RunStore(dataSource.manager);
  return operation({
    method: 'get',
    path: '/robots/{id}/runs/{runId}',
    id: 'sdkGetRun',
    scope: 'runs:read',
    robotOf: robotInPath,
    summary: 'A run with its first rows',
    params,
    answers: { 200: runAnswer },
    serve: async ({ spaceId, params: named, links }) => {
      const run = await store.find(runKeyOf({ spaceId, params: named }), 0);
      if (!run) throw runNotFound();
      const data = presentRow(run, links, await outputOf(dataSource, run));
      return { status: 200, body: { data } };
    },
  });
}

const notAborted = problemSchema.extend({ currentStatus: z.enum(statusWords).optional() });

function postAbort({ dataSource }: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/robots/{id}/runs/{runId}/abort',
    id: 'sdkAbortRun',
    scope: 'runs:write',
    robotOf: robotInPath,
    summary: 'Aborts a run, and its browser with it',
    params,
    answers: { 200: abortedAnswer, 400: notAborted },
    serve: async ({ spaceId, params: named, links, response }) => {
      const aborted = await abortRun(dataSource, runKeyOf({ spaceId, params: named }));
      if (!aborted) throw runNotFound();
      const { run, changed } = aborted;
      if (!changed) {
        const error = 'Run is not in a state that can be aborted';
        const currentStatus = wordFor(run.status);
        const requestId = requestIdOf(response);
        return { status: 400, body: { error, currentStatus, code: 'CONFLICT', requestId } };
      }
      const data = presentRow(run, links, await outputOf(dataSource, run));
      return { status: 200, body: { message: 'Run abortion initiated', data } };
    },
  });
}
