import { FireStore, TaskListStore, type FireView } from '@runnel/store';
import type { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { robotOfRun } from '../../robot-of';
import { readRunId, runKeyOf, runNotFound } from './ids';
import { presentResult, resultsAnswer } from './present-result';
import { resultsQuery } from './query';

/** What became of each record of a run, however it was started. */
export function resultRoutes(deps: ApiDeps): Operation[] {
  const { manager } = deps.dataSource;
  const stores = { tasks: new TaskListStore(manager), fires: new FireStore(manager) };
  const ofScheduledRun = operation({
    method: 'get',
    path: '/schedules/runs/{runId}/results',
    id: 'getRunResults',
    scope: 'runs:read',
    robotOf: robotOfRun(deps, ({ params }: { params: { runId: string } }) => readRunId(params.runId)),
    summary: 'Get results for a scheduled run',
    params: { runId: 'Of any run: its `run_…`, or its `batch_…`' },
    query: resultsQuery,
    answers: { 200: resultsAnswer },
    serve: async ({ spaceId, params: { runId }, query }) => ({
      status: 200,
      body: await resultsOf(stores, { spaceId, id: runId, ...query }),
    }),
  });
  const ofBatch = operation({
    method: 'get',
    path: '/schedules/batch/{batchId}/results',
    id: 'getBatchResults',
    scope: 'runs:read',
    robotOf: robotOfRun(deps, ({ params }: { params: { batchId: string } }) => readRunId(params.batchId)),
    summary: 'Get results for a batch execution',
    params: { batchId: 'Of any run: its `batch_…`, or its `run_…`' },
    query: resultsQuery,
    answers: { 200: resultsAnswer },
    serve: async ({ spaceId, params: { batchId }, query }) => ({
      status: 200,
      body: await resultsOf(stores, { spaceId, id: batchId, ...query }),
    }),
  });
  return [ofScheduledRun, ofBatch];
}

/** @throws HttpProblem when there is no such run */
async function resultsOf(
  { tasks, fires }: { tasks: TaskListStore; fires: FireStore },
  wanted: { spaceId: string; id: string } & z.output<typeof resultsQuery>,
): Promise<z.input<typeof resultsAnswer>> {
  const { spaceId, id, limit, offset, status: statuses = null } = wanted;
  const key = runKeyOf(spaceId, id);
  const found = await tasks.list(key, { statuses, after: null, skip: offset, limit });
  if (!found && !isWithoutRun(await fires.find(spaceId, key.runId))) throw runNotFound(id);
  const data = (found?.items ?? []).map(presentResult);
  const total = found?.totalCount ?? 0;
  return { data, pagination: { hasMore: offset + data.length < total, limit, offset, total } };
}

/** True for a moment of a schedule that started nothing, and so has no results. */
function isWithoutRun(fire: FireView | null): boolean {
  return fire !== null && fire.outcome !== 'started';
}
