import { retryRun, startRun, type GivenRecord, type RunKey, type Started } from '@runnel/services';
import { Router, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import { spaceOf } from '../../authenticate';
import type { ApiDeps } from '../../deps';
import { idempotencyKeyOf } from '../../idempotency-key';
import { read } from '../../read-input';
import { waitSeconds } from '../../wait-for';
import type { Asker } from './base-url';
import { robotIdOf, runKeyOf, runNotFound, versionNotFound, type RunParams } from './ids';
import { answerRun, waitFor } from './run-answer';
import { retryBody, startBody, startQuery } from './start-body';

/** What starts runs. */
export function startRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.post('/robots/:id/runs', postRun(deps));
  router.post('/robots/:id/runs/:runId/retry', postRetry(deps));
  return router;
}

function postRun(deps: ApiDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    read(startQuery, request.query, 'query');
    const seconds = waitSeconds(request, response);
    const idempotencyKey = idempotencyKeyOf(request);
    const body = read(startBody, request.body ?? {}, 'body');
    const { originUrl = null, name = null, maxAttempts = null, stage = 'published', version = stage } = body;
    const { inputs, fileIds = [], tags, priority, delayMs } = body;
    const spaceId = spaceOf(response);
    const robotId = robotIdOf(request.params.id);
    const records = recordsOf(body);
    const given = {
      spaceId,
      robotId,
      version,
      inputs,
      originUrl,
      records,
      fileIds,
      name,
      tags,
      priority,
      delayMs,
    };
    const started = await startRun(deps, {
      ...given,
      maxAttempts,
      idempotencyKey,
      origin: 'api',
      retryOf: null,
    });
    if (!started) throw versionNotFound(request.params.id, version);
    await answerStarted(deps, { request, response, seconds, started });
  };
}

function postRetry(deps: ApiDeps): RequestHandler<RunParams> {
  return async (request, response) => {
    read(startQuery, request.query, 'query');
    const seconds = waitSeconds(request, response);
    const idempotencyKey = idempotencyKeyOf(request);
    const { stage, version = stage ?? null } = read(retryBody, request.body ?? {}, 'body');
    const key = runKeyOf(request.params, response);
    const started = await retryRun(deps, { key, version, idempotencyKey });
    if (!started) throw runNotFound(request.params.id, request.params.runId);
    await answerStarted(deps, { request, response, seconds, started });
  };
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
  asked: { request: Asker; response: Response; seconds: number; started: Started },
): Promise<void> {
  const { request, response, seconds, started } = asked;
  const { run, isReplayed } = started;
  if (isReplayed) response.setHeader('idempotent-replayed', 'true');
  const key: RunKey = { spaceId: run.spaceId, robotId: run.robotId, runId: run.id };
  // A replayed run is answered as it stands.
  const shown =
    seconds > 0 || isReplayed ? await waitFor(deps, { key, response, seconds, after: null }) : run;
  answerRun(deps, { request, response, run: shown ?? run });
}
