import type { ApiDeps } from '../../deps';
import { operation, type Operation } from '../../operation';
import { robotInPath } from '../../robot-of';
import { waitSeconds, whileConnected } from '../../wait-for';
import { streamEvents } from './event-stream';
import { runKeyOf, runNotFound } from './ids';
import { eventsAnswer, presentEvent } from './present-event';
import { eventsQuery } from './query';

/** What happened in a run, event by event, in the order of their numbers: as a stream, or as JSON for who asks for it. */
export function eventOperations(deps: ApiDeps): Operation[] {
  const stream = streamEvents(deps);
  const { history, stopping } = deps;
  const listEvents = operation({
    method: 'get',
    path: '/robots/{id}/runs/{runId}/events',
    id: 'listEvents',
    scope: 'runs:read',
    robotOf: robotInPath,
    summary:
      'What happened in a run: a stream of server-sent events, or JSON with `Accept: application/json`',
    params: { id: 'The robot, a UUID', runId: 'The run, a UUID' },
    query: eventsQuery,
    headers: { 'Last-Event-ID': 'The number of the last event that a client has which lost its stream' },
    answers: { 200: eventsAnswer },
    streams: ['text/event-stream'],
    serve: async ({ spaceId, params, query, request, response }) => {
      response.vary('Accept');
      const key = runKeyOf({ spaceId, params });
      if (request.accepts('text/event-stream', 'application/json') !== 'application/json') {
        await stream({ key, missing: () => runNotFound(params.id, params.runId) }, request, response);
        return null;
      }
      const { after = 0, limit } = query;
      const seconds = waitSeconds(request, response);
      const wanted = { key, after, limit };
      const during = () => ({ waitMs: seconds * 1_000, signal: whileConnected(response, stopping) });
      const page = await (seconds === 0 ? history.read(wanted) : history.wait(wanted, during()));
      if (!page) throw runNotFound(params.id, params.runId);
      const events = { totalCount: page.seq, items: page.events.map(presentEvent) };
      return { status: 200, body: { statusCode: 200, messageCode: 'success', events } };
    },
  });
  return [listEvents];
}
