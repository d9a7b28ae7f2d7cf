import type { RunStatus } from '@runnel/contracts';
import { removeRun } from '@runnel/services';
import { Router, type RequestHandler } from 'express';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { runKeyOf, runNotFound, type RunParams } from './ids';
import { deletedAnswer } from './presenter';
import { wordFor } from './status-words';

/** What removes a run and all that is of it. */
export function removalRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.delete('/robots/:id/runs/:runId', deleteRun(deps));
  return router;
}

function deleteRun({ dataSource }: ApiDeps): RequestHandler<RunParams> {
  return async (request, response) => {
    const removed = await removeRun(dataSource, runKeyOf(request.params, response));
    if (!removed) throw runNotFound(request.params.id, request.params.runId);
    const { run, isRemoved } = removed;
    if (!isRemoved) throw new HttpProblem('CONFLICT', `The run cannot be deleted: ${reasonFor(run.status)}`);
    const message = 'Run deleted successfully';
    response.json(deletedAnswer.parse({ statusCode: 200, messageCode: 'success', message }));
  };
}

function reasonFor(status: RunStatus): string {
  if (status === 'aborting') return 'it is being aborted; delete it when it has ended';
  return `it is ${wordFor(status)}; abort it first`;
}
