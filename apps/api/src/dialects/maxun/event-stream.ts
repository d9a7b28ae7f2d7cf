import { setTimeout as sleep } from 'node:timers/promises';
import { isRunEnded } from '@runnel/contracts';
import type { RunKey, WantedEvents } from '@runnel/services';
import { isUnavailable, type EventPage, type RunWatch } from '@runnel/store';
import type { Request, Response } from 'express';
import { keyOf } from '../../authenticate';
import { ClientStream } from '../../client-stream';
import type { ApiDeps } from '../../deps';
import { read } from '../../read-input';
import { stillOpens } from '../../still-opens';
import { eventAnswer, presentEvent } from './present-event';
import { eventStreamQuery, lastEventHeader } from './query';

const eventsAtOnce = 500;
/** Clients that lose their stream together do not come back together. */
const [leastRetryMs, mostRetryMs] = [1_000, 3_000];
const tryAgainMs = 1_000;
const sign = Buffer.from(':\n\n');

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // A proxy that gathers answers would hold events back.
  'x-accel-buffering': 'no',
};

/** One who follows a run. */
interface Follower {
  stream: ClientStream;
  watch: RunWatch;
  /** What comes next for it. */
  wanted: WantedEvents;
  /** False: its key opens nothing any more. */
  opens: () => Promise<boolean>;
}

interface FollowedRun {
  key: RunKey;
  /** What is told when there is no such run. */
  missing: () => Error;
}

/** Events as they happen, until the run's last one. Who has that already is told that nothing comes any more: 204. */
export function streamEvents(
  deps: ApiDeps,
): (run: FollowedRun, request: Request, response: Response) => Promise<void> {
  const encode = encoder();
  const opensStill = stillOpens(deps, deps.streamTiming.keepAliveMs);
  return async ({ key, missing }, request, response) => {
    const wanted = { key, after: startOf(request), limit: eventsAtOnce };
    // Watching begins before looking, so that no event falls between.
    const watch = deps.signals.watch(wanted.key.runId);
    try {
      const page = await deps.history.read(wanted);
      if (!page) throw missing();
      if (page.events.length === 0 && isLast(page, wanted.after)) return void response.status(204).end();
      // Before the head goes out: what cannot be told is an error that can.
      encode(page);
      const stream = open(deps, response);
      if (request.method === 'HEAD') return stream.end();
      const asking = keyOf(response);
      const opens = () => opensStill(asking);
      await follow(deps, { stream, watch, wanted, opens }, { page, encode });
    } finally {
      watch.stop();
    }
  };
}

function open({ stopping, streamTiming: { stallMs } }: ApiDeps, response: Response): ClientStream {
  response.writeHead(200, headers);
  const retryMs = Math.round(leastRetryMs + Math.random() * (mostRetryMs - leastRetryMs));
  response.write(`retry: ${retryMs}\n\n`);
  return new ClientStream(response, { stopping, stallMs });
}

async function follow(
  deps: ApiDeps,
  follower: Follower,
  { page: first, encode }: { page: EventPage; encode: (page: EventPage) => Buffer },
): Promise<void> {
  const { stream, wanted, opens } = follower;
  let { after } = wanted;
  for (let page: EventPage | null = first; page;) {
    if (!(await stream.write(encode(page)))) break;
    after = page.events.at(-1)?.seq ?? after;
    if (isLast(page, after)) break;
    const next = { ...follower, wanted: { ...wanted, after } };
    if (after >= page.seq) await news(deps, next);
    if (!(await opens())) break;
    page = await readOn(deps, next);
  }
  stream.end();
}

/** Resolves when there is more to tell, or nobody to tell it to. */
async function news({ streamTiming }: ApiDeps, { stream, watch, wanted, opens }: Follower): Promise<void> {
  while (!(await watch.reaches(wanted.after, streamTiming.keepAliveMs, stream.signal))) {
    if (!(await stream.write(sign)) || !(await opens())) return;
  }
}

/** A stream outlives a database that is away for a while. Null: there is nobody to tell, or the run is gone. */
async function readOn({ history }: ApiDeps, { stream, wanted }: Follower): Promise<EventPage | null> {
  while (!stream.signal.aborted) {
    try {
      return await history.read(wanted);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      await stream.write(sign);
      await sleep(tryAgainMs, undefined, { signal: stream.signal }).catch(() => null);
    }
  }
  return null;
}

/** True when the run has ended and `after` is its last event. */
function isLast({ status, seq }: EventPage, after: number): boolean {
  return isRunEnded(status) && after >= seq;
}

/** The event that a client knows; the header says it when the client lost its stream, and the address is the old one. */
function startOf(request: Request): number {
  const { after = 0 } = read(eventStreamQuery, request.query, 'query');
  const known = request.get('last-event-id') || undefined;
  return read(lastEventHeader, { 'Last-Event-ID': known }, 'header')['Last-Event-ID'] ?? after;
}

/** Pages are shared, and so is what is made of them. */
function encoder(): (page: EventPage) => Buffer {
  const known = new WeakMap<EventPage, Buffer>();
  return (page) => {
    const bytes = known.get(page) ?? Buffer.from(page.events.map(presentEvent).map(asText).join(''));
    known.set(page, bytes);
    return bytes;
  };
}

function asText(event: ReturnType<typeof presentEvent>): string {
  const told = eventAnswer.parse(event);
  return `id: ${told.seq}\nevent: ${told.kind}\ndata: ${JSON.stringify(told)}\n\n`;
}
