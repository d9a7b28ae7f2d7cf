import { Router, type RequestHandler } from 'express';
import type { ApiDeps } from '../../deps';
import { read } from '../../read-input';
import { waitSeconds, whileConnected } from '../../wait-for';
import { streamEvents } from './event-stream';
import { runKeyOf, runNotFound, type RunParams } from './ids';
import { eventsAnswer, presentEvent } from './present-event';
import { eventsQuery } from './query';

/** What happened in a run, event by event, in the order of their numbers: as a stream, or as JSON for who asks for it. */
export function eventRoutes(deps: ApiDeps): Router {
  const router = Router();
  const json = getEvents(deps);
  const stream = streamEvents(deps);
  router.get('/robots/:id/runs/:runId/events', (request, response, next) => {
    response.vary('Accept');
    const wanted = request.accepts('text/event-stream', 'application/json');
    return wanted === 'application/json' ? json(request, response, next) : stream(request, response, next);
  });
  return router;
}

function getEvents({ history, stopping }: ApiDeps): RequestHandler<RunParams> {
  return async (request, response) => {
    const { after = 0, limit } = read(eventsQuery, request.query, 'query');
    const seconds = waitSeconds(request, response);
    const wanted = { key: runKeyOf(request.params, response), after, limit };
    const during = () => ({ waitMs: seconds * 1_000, signal: whileConnected(response, stopping) });
    const page = await (seconds === 0 ? history.read(wanted) : history.wait(wanted, during()));
    if (!page) throw runNotFound(request.params.id, request.params.runId);
    const events = { totalCount: page.seq, items: page.events.map(presentEvent) };
    response.json(eventsAnswer.parse({ statusCode: 200, messageCode: 'success', events }));
  };
}
