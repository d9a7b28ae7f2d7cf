import { waitForRun, type RunKey } from '@runnel/services';
import type { RunView } from '@runnel/store';
import type { Response } from 'express';
import type { ApiDeps } from '../../deps';
import type { Links } from '../../run-links';
import { whileConnected } from '../../wait-for';
import { presentRun, rowsInData } from './present-run';

/** What a client that polls may wait between two looks. */
const retryAfterSeconds = 1;

/** The run when the client's patience is over, or earlier when there is what it waits for. Null: there is none. */
export async function waitFor(
  deps: ApiDeps,
  asked: { key: RunKey; response: Response; seconds: number; after: number | null },
): Promise<RunView | null> {
  const { key, response, seconds, after } = asked;
  if (seconds === 0) return deps.views.find(key, rowsInData);
  const signal = whileConnected(response, deps.stopping);
  return waitForRun(deps, { key, rows: rowsInData, waitMs: seconds * 1_000, after, signal });
}

export function answerRun({
  response,
  links,
  run: view,
}: {
  response: Response;
  links: Links;
  run: RunView;
}) {
  const run = presentRun(view, links);
  if (view.finishedAt === null) response.setHeader('retry-after', retryAfterSeconds);
  response.location(`${links.base}/api/robots/${run.robotId}/runs/${run.runId}`);
  return { status: 200, body: { statusCode: 200, messageCode: 'success', run } } as const;
}
