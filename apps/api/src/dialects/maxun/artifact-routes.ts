import { ArtifactStore } from '@runnel/store';
import type { Request } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { HttpProblem } from '../../http-problem';
import { operation, type AskingKey, type Operation } from '../../operation';
import { robotInPath } from '../../robot-of';
import { isOver, isTicketFor, type ArtifactPlace, type Ticket } from '../../run-links';
import { sendFile } from '../../send-file';
import { runKeyOf, taskIdOf } from './ids';
import { artifactQuery } from './query';

/** What the tasks of a run made. */
export function artifactOperations(deps: ApiDeps): Operation[] {
  const store = new ArtifactStore(deps.dataSource.manager);
  const getArtifact = operation({
    method: 'get',
    path: '/robots/{id}/runs/{runId}/artifacts/{name}',
    id: 'getArtifact',
    scope: 'runs:read',
    robotOf: robotInPath,
    signed: signedBy(store),
    summary: 'The bytes of a screenshot or another artifact of a run',
    description: 'The links that runs give carry a signature, and open without a key for one to two hours.',
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
      sendFile(response, artifact);
      return null;
    },
  });
  return [getArtifact];
}

/** A link opens what it names, and nothing else of its space. */
function signedBy(store: ArtifactStore): (request: Request) => Promise<AskingKey> {
  return async (request) => {
    const { place, ticket } = linkOf(request) ?? refuse();
    const signer = await store.signerOf(place.runId);
    if (!signer || !isTicketFor(signer.signingKey, place, ticket)) return refuse();
    if (isOver(ticket)) {
      throw new HttpProblem(
        'FORBIDDEN',
        'The time of this link is over; ask for its run again, or send a key',
      );
    }
    const may = { scopes: ['runs:read' as const], domains: null, dailyTasks: null };
    return { id: '', name: 'signed link', spaceId: signer.spaceId, robotId: place.robotId, ...may };
  };
}

/** What a link says of itself, not believed yet; null when it says too little. */
function linkOf({ params, query }: Request): { place: ArtifactPlace; ticket: Ticket } | null {
  const place = placeSchema.safeParse({ ...params, taskId: query['task'] });
  const ticket = ticketSchema.safeParse(query);
  return place.success && ticket.success ? { place: place.data, ticket: ticket.data } : null;
}

const placeSchema = z
  .object({ id: z.uuid(), runId: z.uuid(), taskId: z.uuid().nullable().default(null), name: z.string() })
  .transform(({ id, ...place }): ArtifactPlace => ({ robotId: id, ...place }));
const ticketSchema = z.object({ expires: z.string(), signature: z.string() });

function refuse(): never {
  throw new HttpProblem('FORBIDDEN', 'This link was not given so; take it from its run, or send a key');
}
