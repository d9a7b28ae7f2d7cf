import { inputsOf, isRunEnded } from '@runnel/contracts';
import { abortRun, recordsNamed, startRun } from '@runnel/services';
import { RunStore, TaskListStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { idempotencyKeyOf, tellReplayed } from '../../idempotency-key';
import { operation, type Operation } from '../../operation';
import { robotOfRun } from '../../robot-of';
import { toldAsSent } from '../../told-as-sent';
import { asSent } from './as-sent';
import { attemptsOf, batchBody } from './batch-body';
import { flowNotFound, readFlowId, readRunId, runKeyOf, runNotFound } from './ids';
import { namedRecord } from './named-record';
import {
  batchAnswer,
  batchStatusAnswer,
  presentBatch,
  presentItem,
  presentStatus,
  summaryAnswer,
} from './present-batch';
import { batchWordFor } from './status-words';

const resultsInStatus = 100;
const activeInSummary = 100;
const recentInSummary = 20;

/** Runs of a flow on many records. */
export function batchRoutes(deps: ApiDeps): Operation[] {
  return [startBatch(deps), getStatus(deps), getSummary(deps), cancelBatch(deps)];
}

const params = { id: 'Of a batch: its `batch_…` or its `run_…`' };

function startBatch(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/batch/flow',
    id: 'startBatch',
    scope: 'runs:write',
    robotOf: ({ body }) => readFlowId(body.flowId),
    summary: 'Run a flow on records',
    headers: { 'Idempotency-Key': 'Sent again with the same body, it finds the batch that it started' },
    body: batchBody,
    answers: { 200: batchAnswer },
    serve: async ({ spaceId, key, body, request, response }) => {
      const { flowId, recordIds, recordType: type = null, options, inputs, name = null } = body;
      const robotId = readFlowId(flowId);
      if (robotId === null) throw flowNotFound(flowId);
      const names = recordIds.map(namedRecord);
      const started = await startRun(deps, {
        ...{ spaceId, robotId, asked: body, inputs, name, maxAttempts: attemptsOf(options) },
        records:
          names.length === 0
            ? null
            : (definition) => {
                const inputNames = inputsOf(definition).map(({ name: input }) => input);
                return recordsNamed(deps.dataSource, { spaceId, names, keyId: key.id, type, inputNames });
              },
        idempotencyKey: idempotencyKeyOf(request),
        keyId: key.id,
      }).catch(toldAsSent(asSent));
      if (!started) throw flowNotFound(flowId);
      tellReplayed(response, started);
      return { status: 200, body: presentBatch(started.run) };
    },
  });
}

function getStatus(deps: ApiDeps): Operation {
  const tasks = new TaskListStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path: '/batch/status/{id}',
    id: 'getBatchStatus',
    scope: 'runs:read',
    robotOf: robotOfRun(deps, batchIn),
    summary: 'Get the progress of a batch',
    description:
      'With the results of its first 100 records; `GET /v1/schedules/batch/{batchId}/results` gives all of them, in pages.',
    params,
    answers: { 200: batchStatusAnswer },
    serve: async ({ spaceId, params: { id } }) => {
      const key = runKeyOf(spaceId, id);
      const run = await deps.views.find(key, 0);
      const first = { statuses: null, after: null, skip: 0, limit: resultsInStatus };
      const listed = run && (await tasks.list(key, first));
      if (!listed) throw runNotFound(id);
      return { status: 200, body: presentStatus(run, listed.items ?? []) };
    },
  });
}

function getSummary(deps: ApiDeps): Operation {
  const store = new RunStore(deps.dataSource.manager);
  return operation({
    method: 'get',
    path: '/batch/summary',
    id: 'getBatchSummary',
    scope: 'runs:read',
    summary: 'Get the batches that are active, and those that ended last',
    answers: { 200: summaryAnswer },
    serve: async ({ spaceId }) => {
      const recent = await store.lastEnded(spaceId, recentInSummary);
      const active = await store.active(spaceId, activeInSummary);
      return {
        status: 200,
        body: {
          activeBatches: await store.countActive(spaceId),
          recentlyCompleted: recent.length,
          batches: active.map(presentItem),
          recent: recent.map(presentItem),
        },
      };
    },
  });
}

function batchIn({ params: { id } }: { params: { id: string } }): string | null {
  return readRunId(id);
}

function cancelBatch(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/batch/{id}/cancel',
    id: 'cancelBatch',
    scope: 'runs:write',
    robotOf: robotOfRun(deps, batchIn),
    summary: 'Cancel a batch: what waits is dropped, what runs is stopped',
    params,
    answers: { 200: batchAnswer },
    serve: async ({ spaceId, params: { id } }) => {
      const aborted = await abortRun(deps.dataSource, runKeyOf(spaceId, id));
      if (!aborted) throw runNotFound(id);
      const { run, changed } = aborted;
      if (changed || !isRunEnded(run.status)) return { status: 200, body: presentBatch(run) };
      throw new HttpProblem('CONFLICT', `The batch cannot be cancelled: it is ${batchWordFor(run.status)}`);
    },
  });
}
