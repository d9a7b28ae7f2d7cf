import { retryRun, startRun, type GivenRecord, type RunKey, type Started } from '@runnel/services';
import type { Response } from 'express';
import type { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { idempotencyKeyOf, tellReplayed } from '../../idempotency-key';
import { operation, type Operation } from '../../operation';
import { robotInPath } from '../../robot-of';
import type { Links } from '../../run-links';
import { waitSeconds } from '../../wait-for';
import { problem } from './errors';
import { robotIdOf, runKeyOf, runNotFound, versionNotFound } from './ids';
import { runAnswer } from './present-run';
import { answerRun, waitFor } from './run-answer';
import { retryBody, startBody, startQuery } from './start-body';
import { readingCheck } from './start-reading';

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
    scope: 'runs:write',
    robotOf: robotInPath,
    summary: 'Starts a run: answered at once, or with `?wait=` when it has ended',
    params: { id: 'The robot, a UUID' },
    query: startQuery,
    body: startBody,
    headers,
    answers: { 200: runAnswer, 501: problem.schema },
    serve: async ({ spaceId, key, params, body, links, request, response }) => {
      const seconds = waitSeconds(request, response);
      const {
        originUrl = null,
        name = null,
        maxAttempts = null,
        stage = 'published',
        version = stage,
      } = body;
      const { inputs, records, fileIds = [], tags, priority, delayMs: delay } = body;
      const robotId = robotIdOf(params.id);
      const started = await startRun(deps, {
        ...{ spaceId, robotId, asked: { ...body, robotId }, version, inputs, originUrl, fileIds, name, tags },
        ...{ keyId: key.id, priority, delay, maxAttempts, idempotencyKey: idempotencyKeyOf(request) },
        records: records ? () => recordsOf(records) : null,
        check: readingCheck(body),
        unknownInputs: 'refuse',
      });
      if (!started) throw versionNotFound(params.id, version);
      return answerStarted(deps, { response, links, seconds, started });
    },
  });
}

function postRetry(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/robots/{id}/runs/{runId}/retry',
    id: 'retryRun',
    scope: 'runs:write',
    robotOf: robotInPath,
    summary: 'Starts a run of the failed tasks of an ended one',
    params: { id: 'The robot, a UUID', runId: 'The ended run, a UUID' },
    query: startQuery,
    body: retryBody,
    headers,
    answers: { 200: runAnswer },
    serve: async ({ spaceId, key: asking, params, body, links, request, response }) => {
      const seconds = waitSeconds(request, response);
      const { stage, version = stage ?? null } = body;
      const key = runKeyOf({ spaceId, params });
      const idempotencyKey = idempotencyKeyOf(request);
      const started = await retryRun(deps, { key, version, idempotencyKey, keyId: asking.id });
      if (!started) throw runNotFound(params.id, params.runId);
      return answerStarted(deps, { response, links, seconds, started });
    },
  });
}

function recordsOf(records: NonNullable<z.infer<typeof startBody>['records']>): GivenRecord[] {
  return records.map(({ id = null, name = null, type = null, inputs }) => ({
    ...{ id, name, type, inputs },
    isText: false,
  }));
}

async function answerStarted(
  deps: ApiDeps,
  asked: { response: Response; links: Links; seconds: number; started: Started },
) {
  const { response, links, seconds, started } = asked;
  const { run, isReplayed } = started;
  tellReplayed(response, started);
  const key: RunKey = { spaceId: run.spaceId, robotId: run.robotId, runId: run.id };
  // A replayed run is answered as it stands.
  const shown =
    seconds > 0 || isReplayed ? await waitFor(deps, { key, response, seconds, after: null }) : run;
  return answerRun({ response, links, run: shown ?? run });
}
