import { retryRun, startRun, type GivenRecord, type RunKey, type Started } from '@runnel/services';
import type { Response } from 'express';
import type { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { idempotencyKeyOf } from '../../idempotency-key';
import { operation, type Operation } from '../../operation';
import { waitSeconds } from '../../wait-for';
import { robotIdOf, runKeyOf, runNotFound, versionNotFound } from './ids';
import { runAnswer } from './presenter';
import { answerRun, waitFor } from './run-answer';
import { retryBody, startBody, startQuery } from './start-body';

/** What starts runs. */
export function startOperations(deps: ApiDeps): Operation[] {
  return [postRun(deps), postRetry(deps)];
}

const headers = {
  'Idempotency-Key':
    'A word of yours for this start: sent again with the same body, it finds the run of the first time',
  Prefer: '`wait=SECONDS`, as `?wait=`',
};

function postRun(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/robots/{id}/runs',
    id: 'startRun',
    summary: 'Starts a run: answered at once, or with `?wait=` when it has ended',
    params: { id: 'The robot, a UUID' },
    query: startQuery,
    body: startBody,
    headers,
    answers: { 200: runAnswer },
    serve: async ({ spaceId, params, body, base, request, response }) => {
      const seconds = waitSeconds(request, response);
      const {
        originUrl = null,
        name = null,
        maxAttempts = null,
        stage = 'published',
        version = stage,
      } = body;
      const { inputs, fileIds = [], tags, priority, delayMs } = body;
      const robotId = robotIdOf(params.id);
      const given = { spaceId, robotId, version, inputs, originUrl, fileIds, name, tags, priority, delayMs };
      const started = await startRun(deps, {
        ...given,
        records: recordsOf(body),
        unknownInputs: 'refuse',
        maxAttempts,
        idempotencyKey: idempotencyKeyOf(request),
        origin: 'api',
        retryOf: null,
      });
      if (!started) throw versionNotFound(params.id, version);
      return answerStarted(deps, { response, base, seconds, started });
    },
  });
}

function postRetry(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/robots/{id}/runs/{runId}/retry',
    id: 'retryRun',
    summary: 'Starts a run of the failed tasks of an ended one',
    params: { id: 'The robot, a UUID', runId: 'The ended run, a UUID' },
    query: startQuery,
    body: retryBody,
    headers,
    answers: { 200: runAnswer },
    serve: async ({ spaceId, params, body, base, request, response }) => {
      const seconds = waitSeconds(request, response);
      const { stage, version = stage ?? null } = body;
      const key = runKeyOf({ spaceId, params });
      const started = await retryRun(deps, { key, version, idempotencyKey: idempotencyKeyOf(request) });
      if (!started) throw runNotFound(params.id, params.runId);
      return answerStarted(deps, { response, base, seconds, started });
    },
  });
}

function recordsOf({ records }: z.infer<typeof startBody>): GivenRecord[] | null {
  if (!records) return null;
  return records.map(({ id = null, name = null, type = null, inputs }) => ({
    ...{ id, name, type, inputs },
    isText: false,
  }));
}

async function answerStarted(
  deps: ApiDeps,
  asked: { response: Response; base: string; seconds: number; started: Started },
) {
  const { response, base, seconds, started } = asked;
  const { run, isReplayed } = started;
  if (isReplayed) response.setHeader('idempotent-replayed', 'true');
  const key: RunKey = { spaceId: run.spaceId, robotId: run.robotId, runId: run.id };
  // A replayed run is answered as it stands.
  const shown =
    seconds > 0 || isReplayed ? await waitFor(deps, { key, response, seconds, after: null }) : run;
  return answerRun({ response, base, run: shown ?? run });
}
