import { startRun, waitForRun, type RunKey, type Started } from '@runnel/services';
import type { RunView } from '@runnel/store';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../../../deps';
import { HttpProblem } from '../../../http-problem';
import { idempotencyKeyOf, tellReplayed } from '../../../idempotency-key';
import { operation, type Operation } from '../../../operation';
import { robotInPath } from '../../../robot-of';
import { requestIdOf } from '../../../request-id';
import { toldAsSent } from '../../../told-as-sent';
import { whileConnected } from '../../../wait-for';
import { readingCheck } from '../start-reading';
import { problemSchema } from './errors';
import { asSentStart, executeBody } from './execute-body';
import { robotIdOf, robotNotFound, runNotFound } from './ids';
import { executedAnswer, presentExecuted } from './present-run';
import { outputOf } from './run-outputs';

const waitMs = 300_000;

const failedAnswer = problemSchema.extend({ runId: z.uuid().optional() });

/** Starts a run, and answers with what it gave. */
export function executeOperations(deps: ApiDeps): Operation[] {
  return [postExecute(deps)];
}

function postExecute(deps: ApiDeps): Operation {
  return operation({
    method: 'post',
    path: '/robots/{id}/execute',
    id: 'sdkExecuteRobot',
    scope: 'runs:write',
    robotOf: robotInPath,
    summary: 'Starts a run and waits for its end, for at most 300 seconds; then it is answered as it stands',
    description: 'A run that failed or was aborted is a 500, with the reason and its `runId`.',
    params: { id: 'The robot, a UUID' },
    body: executeBody,
    headers: {
      'Idempotency-Key':
        'A word of yours for this start: sent again with the same body, it finds the run of the first time',
    },
    answers: { 200: executedAnswer, 500: failedAnswer, 501: problemSchema },
    serve: async ({ spaceId, key, params: { id }, body, links, request, response }) => {
      const robotId = robotIdOf(id);
      refuseWebhook(body);
      const { run: first, isReplayed } = await started(deps, {
        spaceId,
        keyId: key.id,
        robotId,
        body,
        request,
      });
      tellReplayed(response, { isReplayed });
      const run = await ended(deps, { spaceId, robotId, runId: first.id }, response);
      if (isFailed(run))
        return { status: 500, body: { ...failureOf(run), requestId: requestIdOf(response) } };
      const output = await outputOf(deps.dataSource, run);
      return { status: 200, body: presentExecuted(run, links, output) };
    },
  });
}

type Body = z.infer<typeof executeBody>;

async function started(
  deps: ApiDeps,
  asked: { spaceId: string; keyId: string; robotId: string; body: Body; request: Request },
): Promise<Started> {
  const { spaceId, keyId, robotId, body, request } = asked;
  const run = await startRun(deps, {
    spaceId,
    keyId,
    robotId,
    asked: { ...body, robotId },
    inputs: { ...body.params, ...body.inputs },
    unknownInputs: 'refuse',
    originUrl: body.originUrl ?? null,
    check: readingCheck(body),
    idempotencyKey: idempotencyKeyOf(request),
  }).catch(toldAsSent((fault) => asSentStart(fault, body)));
  if (!run) throw robotNotFound();
  return run;
}

async function ended(deps: ApiDeps, key: RunKey, response: Response): Promise<RunView> {
  const signal = whileConnected(response, deps.stopping);
  const run = await waitForRun(deps, { key, rows: 0, waitMs, after: null, signal });
  if (!run) throw runNotFound();
  return run;
}

function isFailed({ status }: RunView): boolean {
  return status === 'failed' || status === 'timed_out' || status === 'aborted';
}

function failureOf({ id, failure }: RunView) {
  const error = 'Failed to execute robot';
  return { error, message: failure?.message ?? 'Run failed', code: failure?.code ?? 'INTERNAL', runId: id };
}

function refuseWebhook({ webhook }: Body): void {
  if ((webhook ?? null) === null) return;
  throw new HttpProblem('NOT_IMPLEMENTED', 'Runs have no webhooks here yet; only null is taken');
}
