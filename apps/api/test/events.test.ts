import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventSchema } from '@runnel/contracts';
import { createKey, revokeKey } from '@runnel/services';
import { SpaceStore } from '@runnel/store';
import { TcpRelay, until } from '@runnel/testing';
import { EventReader } from './event-reader';
import { key, startTestApi, type Body, type TestApi } from './test-api';
import { WorkedRun } from './worked-run';

let api: TestApi;
let robotId: string;

beforeAll(async () => {
  api = await startTestApi({ streamTiming: { keepAliveMs: 150, stallMs: 400 } });
  robotId = await api.aRobot();
});

afterAll(() => api.close());

const json = { accept: 'application/json' };
const aRun = () => WorkedRun.start(api, robotId);
const listed = async (run: WorkedRun, query = ''): Promise<Body> =>
  (await api.client.get<Body>(`${run.path}/events${query}`, json)).body.events;
const numbers = (events: Body): number[] => events.items.map(({ seq }: Body) => seq);

describe('every event', () => {
  test('has a schema, and is the same in a list, in answers to who waits, and in a stream', async () => {
    const run = await aRun();
    const stream = await EventReader.open(run.events);
    const polled: Body[] = [];
    const polling = (async () => {
      while (polled.at(-1)?.kind !== 'run.ended') {
        const { items } = await listed(run, `?wait=20&limit=3&after=${polled.length}`);
        polled.push(...items);
      }
    })();
    await run.everything();
    await Promise.all([polling, stream.over]);
    const { items, totalCount } = await listed(run);
    expect(numbers({ items })).toEqual(items.map((_: Body, index: number) => index + 1));
    expect(totalCount).toBe(items.length);
    expect(polled).toEqual(items);
    expect(stream.told.map(({ data }) => data)).toEqual(items);
    expect(stream.told.map(({ id, event }) => [Number(id), event])).toEqual(
      items.map(({ seq, kind }: Body) => [seq, kind]),
    );
    const kinds = eventSchema.options.map((option) => option.shape.kind.value);
    expect([...new Set(items.map(({ kind }: Body) => kind))].sort()).toEqual([...kinds].sort());
    const claimed = items.find(({ kind }: Body) => kind === 'task.started');
    expect(claimed).toEqual({
      seq: 2,
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      taskId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      attempt: 1,
      kind: 'task.started',
      worker: 'the test',
    });
  });

  test('that does not fit its schema is not told', async () => {
    const run = await aRun();
    const change = `UPDATE events SET event = '{"kind":"run.queued","tasks":1,"secret":"x"}' WHERE run_id = $1`;
    await api.beside.query(change, [run.runId]);
    expect((await api.client.get(`${run.path}/events`, json)).status).toBe(500);
    expect((await EventReader.open(run.events)).status).toBe(500);
  });
});

describe('a stream of events', () => {
  test('is what a client has that asks for no other, and says how to come back', async () => {
    const run = await aRun();
    for (const accept of [
      '*/*',
      'text/event-stream',
      'application/json;q=0.5, text/event-stream',
      'text/html',
    ]) {
      const stream = await EventReader.open(run.events, { accept });
      await stream.until(({ told }) => told.length > 0);
      expect(stream.answer.headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        vary: 'Accept',
      });
      expect(stream.retryMs).toBeGreaterThanOrEqual(1000);
      stream.close();
    }
    for (const accept of ['application/json', 'application/json, */*', 'text/event-stream;q=0.2, */*']) {
      const { headers } = await api.client.get(`${run.path}/events`, { accept });
      expect(headers.get('content-type')).toContain('application/json');
    }
  });

  test('goes on after the event that the client knows, without a gap and without one twice, to the last', async () => {
    const run = await aRun();
    await run.claim();
    const read: number[] = [];
    let known = '';
    const reading = (async () => {
      for (;;) {
        const stream = await EventReader.open(
          `${run.events}?after=0`,
          known ? { 'last-event-id': known } : {},
        );
        if (stream.status === 204) return;
        await Promise.race([stream.until(({ told }) => told.length >= 3), stream.over]);
        stream.close();
        read.push(...stream.numbers);
        known = String(read.at(-1) ?? '');
      }
    })();
    for (let count = 0; count < 40; count += 1) await run.warn();
    await run.end();
    await reading;
    expect(read).toEqual(Array.from({ length: 44 }, (_, index) => index + 1));
  });

  test('gives long histories whole, and ends by itself', async () => {
    const run = await aRun();
    await run.claim();
    await api.beside.query(
      `INSERT INTO events (run_id, seq, event)
       SELECT $1, n, '{"kind":"step.warning","step":0,"message":"x"}' FROM generate_series(3, 1702) n`,
      [run.runId],
    );
    await api.beside.query('UPDATE runs SET seq = 1702 WHERE id = $1', [run.runId]);
    await run.end();
    const stream = await EventReader.open(run.events);
    expect(await stream.over).toBe(true);
    expect(stream.numbers).toEqual(Array.from({ length: 1704 }, (_, index) => index + 1));
    // What is there already is not waited for.
    expect(stream.comments).toBe(0);
    expect((await EventReader.open(`${run.events}?after=1704`)).status).toBe(204);
    expect((await EventReader.open(run.events, { 'last-event-id': '1703' })).status).toBe(200);
  });

  test('that is silent says that it lives', async () => {
    const stream = await EventReader.open((await aRun()).events);
    await stream.until(({ comments }) => comments >= 3);
    expect(stream.numbers).toEqual([1]);
    stream.close();
  });

  test('has a head of its own', async () => {
    const run = await aRun();
    const asked = request(run.events, { method: 'HEAD', headers: { 'x-api-key': key } }).end();
    const [answer] = await once(asked, 'response');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    answer.resume();
    await once(answer, 'end');
  });

  test('leaves nothing behind when its client goes away', async () => {
    const run = await aRun();
    await until(() => api.signals.watching === 0);
    const streams = await Promise.all(Array.from({ length: 20 }, () => EventReader.open(run.events)));
    expect(api.signals.watching).toBe(20);
    for (const stream of streams) stream.close();
    await until(() => api.signals.watching === 0);
  });

  test('is cut off when its client takes nothing, holds little until then, and goes on where the client was', async () => {
    const run = await aRun();
    await run.claim();
    await api.beside.query(
      `INSERT INTO events (run_id, seq, event)
       SELECT $1, n, json_build_object('kind', 'step.warning', 'step', 0, 'message', repeat('x', 1000))
       FROM generate_series(3, 40000) n`,
      [run.runId],
    );
    await api.beside.query('UPDATE runs SET seq = 40000 WHERE id = $1', [run.runId]);
    const before = process.memoryUsage().arrayBuffers;
    const stream = await EventReader.open(run.events);
    stream.answer.pause();
    await until(() => api.signals.watching === 0);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000);
    stream.answer.resume();
    expect(await stream.over).toBe(false);
    expect(stream.numbers.length).toBeLessThan(39_000);
    await run.end();
    const rest = await EventReader.open(run.events, { 'last-event-id': String(stream.numbers.at(-1)) });
    expect(await rest.over).toBe(true);
    expect([...stream.numbers, ...rest.numbers]).toEqual(Array.from({ length: 40_002 }, (_, n) => n + 1));
  });
});

describe('a list of events', () => {
  test('for a client that waits is answered with the next, and empty when there is none', async () => {
    const run = await aRun();
    await run.claim();
    const asked = listed(run, '?after=2&wait=20');
    await until(() => api.signals.watching === 1);
    await run.warn();
    expect(numbers(await asked)).toEqual([3]);
    expect(await listed(run, '?after=3&wait=1')).toEqual({ totalCount: 3, items: [] });
    const last = listed(run, '?after=9&wait=20');
    await until(() => api.signals.watching === 1);
    await run.end();
    expect(await last).toEqual({ totalCount: 5, items: [] });
    expect(await listed(run, '?after=5&wait=20')).toEqual({ totalCount: 5, items: [] });
    expect(numbers(await listed(run, '?after=1&limit=2'))).toEqual([2, 3]);
  });

  test.each([
    ['?after=x', json, 'after'],
    ['?after=-1', json, 'after'],
    ['?after=9999999999', json, 'after'],
    ['?after=1&after=2', json, 'after'],
    ['?wait=301', json, 'wait'],
    ['?wait=1.5', json, 'wait'],
    ['?limit=0', json, 'limit'],
    ['?limit=1001', json, 'limit'],
    ['?since=1', json, 'since'],
    ['?after=x', {}, 'after'],
    ['?wait=5', {}, 'wait'],
    ['', { 'last-event-id': 'x' }, 'Last-Event-ID'],
  ])('or a stream asked for with %s %j is refused with where and what', async (query, headers, path) => {
    const run = await aRun();
    const { status, body } = await api.client.get<Body>(`${run.path}/events${query}`, headers);
    expect([status, body.code, body.faults[0].path]).toEqual([400, 'INVALID_INPUT', path]);
  });

  test('of no run is not found', async () => {
    const path = `/api/robots/${robotId}/runs/00000000-0000-4000-8000-000000000000/events`;
    for (const headers of [{}, json]) expect((await api.client.get(path, headers)).status).toBe(404);
  });
});

describe('an API', () => {
  test('does not wait for a client that left before it could', async () => {
    const holder = api.beside.createQueryRunner();
    await holder.startTransaction();
    await holder.query('LOCK TABLE runs IN ACCESS EXCLUSIVE MODE');
    const gone = request(`${api.url}/api/robots/${robotId}/runs?wait=300`, {
      method: 'POST',
      headers: { 'x-api-key': key },
    });
    gone.on('error', () => undefined).end('{}');
    const blocked = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await until(async () => (await api.beside.query(blocked)).length > 0);
    gone.destroy();
    await sleep(50);
    await holder.rollbackTransaction();
    await holder.release();
    await sleep(300);
    expect(api.signals.watching).toBe(0);
  });

  test('that stops ends streams and answers who waits', async () => {
    const own = await startTestApi();
    const run = await WorkedRun.start(own, await own.aRobot());
    const stream = await EventReader.open(run.events);
    await stream.until(({ told }) => told.length > 0);
    const waiting = own.client.get<Body>(`${run.path}?wait=300`);
    const listening = own.client.get<Body>(`${run.path}/events?wait=300&after=1`, json);
    await until(() => own.signals.watching === 3);
    own.stop();
    expect(await stream.over).toBe(true);
    expect((await waiting).body.run.status).toBe('queued');
    expect((await listening).body.events.items).toEqual([]);
    await own.close();
  });

  test('whose database is away for a while goes on with its streams', async () => {
    let relay: TcpRelay | null = null;
    const own = await startTestApi({
      // It is told that there is something to read, and cannot read it.
      reach: async (url) => ({ pool: (relay = await TcpRelay.start(url)).url, signals: url }),
    });
    const run = await WorkedRun.start(own, await own.aRobot());
    await run.claim();
    const stream = await EventReader.open(run.events);
    await stream.until(({ told }) => told.length === 2);
    await relay!.refuse();
    await run.warn();
    await stream.until(({ comments }) => comments > 0);
    await relay!.accept();
    await run.end();
    expect(await stream.over).toBe(true);
    expect(stream.numbers).toEqual([1, 2, 3, 4, 5]);
    await own.close();
    await relay!.close();
  });
});

describe('a stream ends with its key', () => {
  let telling: NodeJS.Timeout | undefined;
  afterEach(() => clearInterval(telling));

  test.each([
    ['while nothing happens', 0],
    ['while events come', 20],
  ])(
    '%s',
    async (_, everyMs) => {
      const run = await aRun();
      await run.claim();
      const spaceId = (await new SpaceStore(api.beside.manager).first())!.id;
      const made = await createKey(api.beside, { spaceId, name: 'a key', scopes: ['runs:read'] });
      const [stream, other] = [
        await EventReader.open(run.events, { 'x-api-key': made.key }),
        await EventReader.open(run.events),
      ];
      if (everyMs > 0) telling = setInterval(() => void run.warn(), everyMs);
      await sleep(400);
      expect(stream.answer.complete).toBe(false);
      await revokeKey(api.beside, { spaceId, id: made.apiKey.id }, { mayBeLast: false });
      expect(await stream.over).toBe(true);
      clearInterval(telling);
      const read = stream.told.length;
      await run.end();
      await other.over;
      expect(other.numbers.at(-1)).toBeGreaterThan(stream.numbers.at(-1)!);
      expect(stream.told).toHaveLength(read);
    },
    10_000,
  );
});
