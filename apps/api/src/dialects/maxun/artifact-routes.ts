import { ArtifactStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { operation, type Operation } from '../../operation';
import { runKeyOf, taskIdOf } from './ids';
import { artifactQuery } from './query';

/** What the tasks of a run made. */
export function artifactOperations(deps: ApiDeps): Operation[] {
  const store = new ArtifactStore(deps.dataSource.manager);
  const getArtifact = operation({
    method: 'get',
    path: '/robots/{id}/runs/{runId}/artifacts/{name}',
    id: 'getArtifact',
    summary: 'The bytes of a screenshot or another artifact of a run',
    params: { id: 'The robot, a UUID', runId: 'The run, a UUID', name: 'The artifact' },
    query: artifactQuery,
    answers: {},
    streams: ['*/*'],
    serve: async ({ spaceId, params, query, response }) => {
      const { name, runId } = params;
      const taskId = taskIdOf(runId, query.task);
      const artifact = await store.find({ ...runKeyOf({ spaceId, params }), taskId, name });
      const whose = taskId === null ? 'The run' : `Task "${taskId}" of the run`;
      if (!artifact) throw new HttpProblem('NOT_FOUND', `${whose} has no artifact "${name}"`);
      response.attachment(artifact.name).type(artifact.contentType);
      response.setHeader('x-content-type-options', 'nosniff');
      response.send(artifact.bytes);
      return null;
    },
  });
  return [getArtifact];
}
