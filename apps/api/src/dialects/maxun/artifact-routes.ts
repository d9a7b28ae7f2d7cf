import { ArtifactStore } from '@runnel/store';
import { Router, type RequestHandler } from 'express';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { read } from '../../read-input';
import { runKeyOf, taskIdOf, type RunParams } from './ids';
import { artifactQuery } from './query';

/** What the tasks of a run made. */
export function artifactRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.get('/robots/:id/runs/:runId/artifacts/:name', getArtifact(deps));
  return router;
}

function getArtifact(deps: ApiDeps): RequestHandler<RunParams & { name: string }> {
  const store = new ArtifactStore(deps.dataSource.manager);
  return async (request, response) => {
    const { name, runId } = request.params;
    const taskId = taskIdOf(runId, read(artifactQuery, request.query, 'query').task);
    const artifact = await store.find({ ...runKeyOf(request.params, response), taskId, name });
    const whose = taskId === null ? 'The run' : `Task "${taskId}" of the run`;
    if (!artifact) throw new HttpProblem('NOT_FOUND', `${whose} has no artifact "${name}"`);
    response.attachment(artifact.name).type(artifact.contentType);
    response.setHeader('x-content-type-options', 'nosniff');
    response.send(artifact.bytes);
  };
}
