import { EventStore, RunStore } from '@runnel/store';
import { Router, type RequestHandler } from 'express';
import type { ApiDeps } from '../../deps';
import { read } from '../../read-input';
import { runKeyOf, runNotFound, type RunParams } from './ids';
import { eventsAnswer, presentEvent } from './presenter';
import { eventsQuery } from './query';

/** What happened in a run, event by event, in the order of their numbers. */
export function eventRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.get('/robots/:id/runs/:runId/events', getEvents(deps));
  return router;
}

function getEvents({ dataSource }: ApiDeps): RequestHandler<RunParams> {
  const runs = new RunStore(dataSource.manager);
  const events = new EventStore(dataSource.manager);
  return async (request, response) => {
    const { after = 0, limit } = read(eventsQuery, request.query, 'query');
    const run = await runs.find(runKeyOf(request.params, response), 0);
    if (!run) throw runNotFound(request.params.id, request.params.runId);
    const items = (await events.list(run.id, after, limit)).map(presentEvent);
    const body = { statusCode: 200, messageCode: 'success', events: { totalCount: run.seq, items } };
    response.json(eventsAnswer.parse(body));
  };
}
