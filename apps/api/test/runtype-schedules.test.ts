import { createSpace } from '@runnel/services';
import { newId } from '@runnel/store';
import { TestClient } from '@runnel/testing';
import { asBase36, readBase36 } from '../src/id-forms';
import { key, startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let flowId: string;
let spaceId: string;

const takesInputs = {
  inputs: [
    { name: 'city', type: 'string', required: true },
    { name: 'max', type: 'number' },
  ],
};

beforeAll(async () => {
  api = await startTestApi();
  flowId = `flow_${asBase36(await api.aRobot(takesInputs))}`;
  [{ id: spaceId }] = await api.beside.query('SELECT id FROM spaces');
});

afterAll(async () => {
  await api.close();
});

const ask = (method: string, path: string, body?: Body) =>
  api.client.send<Body>(method, `/v1/schedules${path}`, body && { body: JSON.stringify(body) });
const get = async (path: string) => (await ask('GET', path)).body;

const recurring = { type: 'recurring', cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' };
const inputs = { city: 'Oslo' };

/** Uploads records; gives the word for their file. */
async function aFile(csv: string): Promise<string> {
  const headers = { 'content-type': 'text/csv' };
  const sent = await api.client.send<Body>('POST', '/api/files?name=shops.csv', { body: csv, headers });
  return asBase36(sent.body['file'].id);
}

/** A body with another part in it. */
const bodyWith = (parts: Body = {}): Body => ({ target: { flowId }, trigger: recurring, inputs, ...parts });

async function made(parts: Body = {}): Promise<string> {
  const { status, body } = await ask('POST', '', bodyWith(parts));
  expect([status, body]).toEqual([
    201,
    { id: expect.stringMatching(/^sch_[0-9a-z]{25}$/), status: 'created' },
  ]);
  return body['id'];
}

const second = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

describe('a schedule', () => {
  test('is made as the documentation shows, and shown with all its fields', async () => {
    const executionOptions = {
      chunkSize: 200,
      recordConcurrency: 25,
      progressFlushSize: 25,
      timeoutMs: 900_000,
    };
    const id = await made({ target: { flowId, recordType: 'customer' }, executionOptions });
    expect(await get(`/${id}`)).toEqual({
      id,
      ...{ name: '10 post link tree', flowId, flowName: '10 post link tree', agentId: null },
      ...{ inputs, recordType: 'customer', recordIds: [], records: [], fileIds: [], recordFilter: null },
      ...{ triggerType: 'recurring', cron: '0 9 * * 1-5', runAt: null, timezone: 'Europe/Berlin' },
      ...{ startAt: null, endAt: null, maxFires: null, fired: 0, jitterSeconds: 0 },
      ...{ overlapPolicy: 'skip', misfirePolicy: 'fire_once', misfireWindowSeconds: 3600, catchUpMax: 100 },
      ...{ pauseAfterFailures: null, enabled: true, status: 'active', waiting: 0 },
      ...{ pausedAt: null, pausedBy: null, pauseNote: null, executionOptions },
      ...{ nextRunAt: second, nextScheduledFor: second, lastRunAt: null, lastRunStatus: null },
      ...{ organizationId: `org_${asBase36(spaceId)}`, productSurfaceId: null, userId: null },
      ...{ createdAt: second, updatedAt: second },
    });
  });

  test('is made of a flow by each of its words', async () => {
    for (const target of [{ agentId: flowId }, { type: 'flow', id: flowId }, { type: 'agent', id: flowId }]) {
      expect(await get(`/${await made({ target })}`)).toMatchObject({ flowId, agentId: null });
    }
  });

  test('takes `cron` for the word of its type, and none at all', async () => {
    for (const type of ['cron', undefined]) {
      const trigger = { ...recurring, type };
      expect(await get(`/${await made({ trigger })}`)).toMatchObject({ triggerType: 'recurring' });
    }
    const id = await made({ trigger: { runAt: '2099-06-10T15:22:30.700+02:00' } });
    const moment = '2099-06-10T13:22:30Z';
    const once = { triggerType: 'one_time', runAt: moment, nextRunAt: moment, cron: null, timezone: 'UTC' };
    expect(await get(`/${id}`)).toMatchObject(once);
  });

  test('keeps all that it was told', async () => {
    const csv = 'city,max\nOslo,3\nBergen,4\n';
    const file = await aFile(csv);
    const where = [{ field: 'kind', op: 'eq', value: 'shop' }];
    const target = {
      ...{ recordType: 'shop', recordIds: ['a', `rec_${file}_1`], fileIds: [`file_${file}`] },
      records: [{ id: 'c', name: 'The c', inputs: { max: 7 } }],
      recordFilter: { flowId, list: 'rows', where, inputs: { city: 'town' }, id: 'ref', limit: 50 },
    };
    const policies = {
      ...{ overlapPolicy: 'queue_one', misfirePolicy: 'catch_up', misfireWindowSeconds: 60, catchUpMax: 2 },
      ...{ pauseAfterFailures: 3, name: 'A name', executionOptions: { maxRetries: 2 } },
    };
    const limits = {
      startAt: '2099-01-01T00:00:00Z',
      endAt: '2100-01-01T00:00:00Z',
      maxFires: 9,
      jitterSeconds: 30,
    };
    const trigger = { ...recurring, ...limits };
    const id = await made({ target: { flowId, ...target }, trigger, enabled: false, ...policies });
    const paused = { enabled: false, status: 'paused', pausedAt: second, pausedBy: 'person' };
    const schedule = await get(`/${id}`);
    expect(schedule).toMatchObject({ ...target, ...limits, ...policies, ...paused });
    expect(schedule['nextScheduledFor']).toBe('2099-01-01T08:00:00Z');
    expect(Date.parse(schedule['nextRunAt']) - Date.parse(schedule['nextScheduledFor'])).toBeLessThanOrEqual(
      30_000,
    );
    const [row] = await api.beside.query('SELECT max_attempts AS attempts FROM schedules WHERE id = $1', [
      readBase36(id.slice('sch_'.length)),
    ]);
    expect(row).toEqual({ attempts: 3 });
  });

  test('that is asked for again with its key is the same; with another body it is refused', async () => {
    const headers = { 'idempotency-key': 'make-it-once' };
    const postWith = (headers: Record<string, string>, body: Body) =>
      api.client.post<Body>('/v1/schedules', body, headers);
    const first = await postWith(headers, bodyWith());
    const again = await postWith(headers, bodyWith());
    expect([again.status, again.body, again.headers.get('idempotent-replayed')]).toEqual([
      201,
      first.body,
      'true',
    ]);
    const trigger = { ...recurring, startAt: '2099-01-01T00:00:00Z' };
    const other = await postWith(headers, bodyWith({ trigger }));
    expect([other.status, other.body['details']]).toMatchObject([422, [{ path: 'trigger' }]]);
  });

  test('is deleted once', async () => {
    const id = await made();
    expect((await ask('DELETE', `/${id}`)).body).toEqual({ id, status: 'deleted' });
    expect([(await ask('DELETE', `/${id}`)).status, (await ask('GET', `/${id}`)).status]).toEqual([404, 404]);
  });
});

describe('a change', () => {
  const change = async (id: string, body: Body): Promise<Body> => {
    const answer = await ask('PUT', `/${id}`, body);
    expect([answer.status, answer.body]).toEqual([200, { id, status: 'updated' }]);
    return get(`/${id}`);
  };

  test('leaves what it does not name as it is, in the parts as well', async () => {
    const target = { flowId, recordIds: ['a', 'b'], recordType: 'shop', records: [{ id: 'c', inputs: {} }] };
    const id = await made({ target, executionOptions: { chunkSize: 5 }, name: 'First' });
    const before = await get(`/${id}`);
    expect(await change(id, {})).toEqual({ ...before, updatedAt: second });
    const later = await change(id, {
      target: { recordIds: ['d'] },
      trigger: { timezone: 'Asia/Kolkata' },
      executionOptions: { timeoutMs: 9 },
      name: 'Second',
    });
    expect(later).toMatchObject({
      ...{
        name: 'Second',
        recordIds: ['d'],
        recordType: 'shop',
        records: [{ id: 'c', name: null, inputs: {} }],
      },
      ...{ cron: '0 9 * * 1-5', timezone: 'Asia/Kolkata', executionOptions: { chunkSize: 5, timeoutMs: 9 } },
      ...{ flowId, inputs },
    });
    expect(later['nextRunAt']).toMatch(/T03:30:00Z$/);
    expect(await change(id, { inputs: { city: 'Lund' } })).toMatchObject({
      inputs: { city: 'Lund' },
      recordIds: ['d'],
    });
  });

  test('turns one trigger into the other, and takes away what is null', async () => {
    const id = await made({
      trigger: { ...recurring, endAt: '2099-01-01T00:00:00Z', maxFires: 3, jitterSeconds: 5 },
    });
    const runAt = '2099-06-10T15:22:30Z';
    const once = {
      triggerType: 'one_time',
      cron: null,
      runAt,
      endAt: null,
      maxFires: 3,
      timezone: 'Europe/Berlin',
    };
    expect(await change(id, { trigger: { type: 'one_time', runAt } })).toMatchObject(once);
    const again = {
      triggerType: 'recurring',
      cron: '*/5 * * * *',
      runAt: null,
      maxFires: null,
      jitterSeconds: 5,
    };
    const { status } = await ask('PUT', `/${id}`, { trigger: { cron: '*/5 * * * *' } });
    expect(status).toBe(400);
    const trigger = { type: 'recurring', cron: '*/5 * * * *', maxFires: null };
    expect(await change(id, { trigger })).toMatchObject(again);
  });

  test('takes away each part that it is null for', async () => {
    const target = {
      ...{ flowId, recordType: 'shop', recordIds: ['a'], records: [{ id: 'c', inputs: {} }] },
      recordFilter: { flowId },
      fileIds: [`file_${await aFile('city\nOslo\n')}`],
    };
    const limits = { startAt: '2098-01-01T00:00:00Z', endAt: '2099-01-01T00:00:00Z', maxFires: 3 };
    const id = await made({
      ...{ target, trigger: { ...recurring, ...limits }, executionOptions: { maxRetries: 2 } },
      ...{ pauseAfterFailures: 2, name: 'Mine' },
    });
    const none = { recordType: null, recordIds: null, records: null, fileIds: null, recordFilter: null };
    const body = {
      ...{ target: none, trigger: { startAt: null, endAt: null, maxFires: null } },
      ...{ executionOptions: null, pauseAfterFailures: null, name: null },
    };
    expect(await change(id, body)).toMatchObject({
      ...{ recordType: null, recordIds: [], records: [], fileIds: [], recordFilter: null, inputs },
      ...{ startAt: null, endAt: null, maxFires: null, cron: recurring.cron },
      ...{ executionOptions: {}, pauseAfterFailures: null, name: '10 post link tree' },
    });
    const ofRecord = { inputs: null, target: { records: [{ inputs }] } };
    expect(await change(id, ofRecord)).toMatchObject({ inputs: {}, records: [{ inputs }] });
    const [row] = await api.beside.query('SELECT max_attempts AS attempts FROM schedules WHERE id = $1', [
      readBase36(id.slice('sch_'.length)),
    ]);
    expect(row).toEqual({ attempts: null });
  });

  test('of other parts at the same moment goes in as well', async () => {
    const id = await made({ executionOptions: {} });
    const sizes = { chunkSize: 5, progressFlushSize: 6, recordConcurrency: 7 };
    const edits = Object.entries(sizes).map(([name, size]) => ({ executionOptions: { [name]: size } }));
    const sent = await Promise.all(edits.map((body) => ask('PUT', `/${id}`, body)));
    expect(sent.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await get(`/${id}`)).toMatchObject({ executionOptions: sizes });
  });

  test('of a bound that its trigger cannot have is refused', async () => {
    const id = await made({ trigger: { runAt: '2099-06-10T15:22:30Z' } });
    const { status, body } = await ask('PUT', `/${id}`, { trigger: { startAt: '2098-01-01T00:00:00Z' } });
    expect([status, body['details'][0].path]).toEqual([400, 'trigger.startAt']);
  });

  test('pauses and resumes by `enabled`, and names another flow', async () => {
    const id = await made();
    expect(await change(id, { enabled: false })).toMatchObject({ enabled: false, pausedBy: 'person' });
    expect(await change(id, { enabled: true })).toMatchObject({ enabled: true, pausedBy: null });
    const other = `flow_${asBase36(await api.aRobot())}`;
    expect(await change(id, { target: { flowId: other } })).toMatchObject({ flowId: other });
    const nobody = `flow_${asBase36(newId())}`;
    for (const missing of [nobody, 'x']) {
      const { status, body } = await ask('PUT', `/${id}`, { target: { flowId: missing } });
      expect([status, body['error']]).toEqual([
        404,
        expect.stringContaining(`There is no flow "${missing}"; `),
      ]);
    }
  });

  test('that is wrong changes nothing', async () => {
    const id = await made();
    const before = await get(`/${id}`);
    const { status, body } = await ask('PUT', `/${id}`, { name: 'Other', trigger: { cron: '0 0 30 2 *' } });
    expect([status, body['details'][0].path]).toEqual([400, 'trigger.cron']);
    expect(await get(`/${id}`)).toEqual(before);
  });
});

describe('what is wrong with a schedule', () => {
  const file = `file_${asBase36(newId())}`;
  const target = (parts: Body): Body => ({ target: { flowId, ...parts } });
  const trigger = (parts: Body): Body => ({ trigger: { ...recurring, ...parts } });
  const filter = (parts: Body): Body => target({ recordFilter: { flowId, ...parts } });

  test.each<[string, () => Body]>([
    ['trigger.cron', () => trigger({ cron: '61 * * * *' })],
    ['trigger.cron', () => trigger({ cron: '0 0 30 2 *' })],
    ['trigger.cron', () => ({ trigger: { type: 'recurring' } })],
    [
      'trigger.cron',
      () => ({ trigger: { type: 'one_time', runAt: '2099-01-01T00:00:00Z', cron: '* * * * *' } }),
    ],
    ['trigger.runAt', () => trigger({ runAt: '2099-01-01T00:00:00Z' })],
    ['trigger.runAt', () => ({ trigger: { runAt: '2020-01-01T00:00:00Z' } })],
    ['trigger.runAt', () => ({ trigger: { runAt: 'tomorrow' } })],
    ['trigger.runAt', () => ({ trigger: { runAt: '0000-01-01T00:00:00Z' } })],
    ['trigger.timezone', () => trigger({ timezone: 'Europe/Atlantis' })],
    ['trigger.endAt', () => trigger({ endAt: '2020-01-01T00:00:00Z' })],
    ['trigger.jitterSeconds', () => trigger({ jitterSeconds: 3601 })],
    ['trigger.maxFires', () => trigger({ maxFires: 0 })],
    ['trigger.every', () => trigger({ every: 5 })],
    ['overlapPolicy', () => ({ overlapPolicy: 'queue' })],
    ['catchUpMax', () => ({ catchUpMax: 0 })],
    ['executionOptions.timeoutMs', () => ({ executionOptions: { timeoutMs: 0 } })],
    ['cron', () => ({ cron: '0 9 * * *' })],
    ['inputs.city', () => ({ inputs: {} })],
    ['target.recordIds[1].city', () => ({ inputs: {}, ...target({ recordIds: [inFile(0), 'b'] }) })],
    [
      'target.records[0].inputs.max',
      () => target({ recordIds: ['a'], records: [{ inputs: { max: 'many' } }] }),
    ],
    ['target.recordIds[1]', () => target({ recordIds: ['a', `rec_${asBase36(newId())}_0`] })],
    ['target.fileIds[0]', () => target({ fileIds: [file] })],
    ['target.fileIds[0]', () => target({ fileIds: ['shops.csv'] })],
    ['target.flowId', () => ({ target: {} })],
    ['target.flowId', () => target({ agentId: flowId })],
    ['target.recordFilter.flowId', () => filter({ flowId: `flow_${asBase36(newId())}` })],
    ['target.recordFilter.flowId', () => filter({ flowId: 'x' })],
    ['target.recordFilter.where[0].op', () => filter({ where: [{ field: 'a', op: 'is', value: 1 }] })],
    ['target.recordFilter.where[0].value', () => filter({ where: [{ field: 'a', op: 'gt', value: 'x' }] })],
    ['target.recordFilter.where[0].value', () => filter({ where: [{ field: 'a', op: 'exists', value: 1 }] })],
    ['target.recordFilter.limit', () => filter({ limit: 10_001 })],
  ])('is told at %s', async (path, parts) => {
    const { status, body } = await ask('POST', '', bodyWith(parts()));
    expect([status, body['code'], body['details']?.[0].path]).toEqual([400, 'INVALID_INPUT', path]);
    expect(JSON.stringify(body)).not.toMatch(/robot/i);
  });

  let shops: string;
  const inFile = (n: number): string => `rec_${shops}_${n}`;

  beforeAll(async () => {
    shops = await aFile('city\nOslo\n');
  });

  test('a flow that is not there, or of which nothing is published, has none', async () => {
    for (const missing of [`flow_${asBase36(newId())}`, 'x', `run_${flowId.slice('flow_'.length)}`]) {
      const { status, body } = await ask('POST', '', bodyWith({ target: { flowId: missing } }));
      expect([status, body['error']]).toEqual([
        404,
        expect.stringContaining(`There is no flow "${missing}"; `),
      ]);
    }
    const definition = { title: 'A draft', steps: [{ type: 'navigate', url: 'http://127.0.0.1:9/' }] };
    const { body } = await api.client.post<Body>('/api/robots', { definition, stage: 'draft' });
    const draft = { target: { flowId: `flow_${asBase36(body['robot'].id)}` } };
    const message = 'no version of this flow is published';
    expect((await ask('POST', '', bodyWith(draft))).body['details']).toEqual([
      { path: 'target.flowId', message },
    ]);
  });
});

describe('schedules', () => {
  test('are listed newest first, searched, counted and walked both ways', async () => {
    const space = await createSpace(api.beside, 'that lists');
    const client = new TestClient(api.url, space.key);
    const definition = { title: 'Lists', steps: [{ type: 'navigate', url: 'http://127.0.0.1:9/' }] };
    const { robot } = (await client.post<Body>('/api/robots', { definition })).body as { robot: Body };
    const target = { flowId: `flow_${asBase36(robot['id'])}` };
    for (const name of ['a', 'b', 'c', 'd', 'Every E']) {
      await client.post('/v1/schedules', { target, trigger: recurring, name });
    }
    const list = async (query: Record<string, string>): Promise<Body> =>
      (await client.get<Body>(`/v1/schedules?${new URLSearchParams(query)}`)).body;
    const names = ({ data }: Body): string => data.map(({ name }: Body) => name).join();
    const first = await list({ limit: '2', includeCount: 'true' });
    const counts = { currentPage: 1, totalCount: 5, totalPages: 3, currentOffset: 0, hasPrev: false };
    expect([names(first), first['pagination']]).toMatchObject(['Every E,d', counts]);
    const next = await list({ limit: '2', cursor: first['pagination'].nextCursor });
    expect([names(next), next['pagination']]).toMatchObject(['c,b', { currentOffset: 2, hasMore: true }]);
    const back = await list({ limit: '2', cursor: next['pagination'].prevCursor, direction: 'prev' });
    expect(names(back)).toBe('Every E,d');
    expect(names(await list({ search: 'every' }))).toBe('Every E');
    const flows = (await client.get<Body>('/v1/flows?limit=1')).body['pagination'];
    expect(flows.nextCursor).toBeNull();
    const wrong: Record<string, string>[] = [{ cursor: 'x' }, { limit: '101' }, { offset: '2' }];
    for (const query of wrong) {
      expect((await list(query))['details'][0].path).toBe(Object.keys(query)[0]);
    }
  });

  test('are opened by any of the three headers, and by nothing else', async () => {
    const id = await made();
    const at = (headers: Record<string, string>) => fetch(`${api.url}/v1/schedules/${id}`, { headers });
    const keyed: Record<string, string>[] = [
      { authorization: `Bearer ${key}` },
      { authorization: key },
      { 'x-api-key': key },
    ];
    for (const headers of keyed) {
      expect((await at(headers)).status).toBe(200);
    }
    expect([(await at({})).status, (await at({ authorization: 'Bearer x' })).status]).toEqual([401, 401]);
  });

  test('have ids of their own: no word of a path is one', async () => {
    for (const word of ['runs', 'sparklines', 'preview', 'batch', 'pause-all', 'resume-all']) {
      const asks: [string, string, Body?][] = [
        ...[['PUT', `/${word}`, {}] as [string, string, Body], ['DELETE', `/${word}`] as [string, string]],
        ...['pause', 'resume', 'run-now', 'skip-next'].map((verb): [string, string, Body] => [
          'POST',
          `/${word}/${verb}`,
          {},
        ]),
        ...['runs', 'stats'].map((noun): [string, string] => ['GET', `/${word}/${noun}`]),
      ];
      for (const [method, path, body] of asks) {
        const answer = await ask(method, path, body);
        expect([method, path, answer.status, answer.body['error']]).toEqual([
          ...[method, path, 404],
          `There is no schedule "${word}"`,
        ]);
      }
    }
    expect(await get('/runs')).toMatchObject({ data: expect.any(Array), pagination: { offset: 0 } });
    expect(await get('/sparklines')).toEqual({ data: expect.any(Array) });
    expect((await ask('GET', '/runs/run_x/results')).body['error']).toBe('There is no run or batch "run_x"');
    for (const word of ['preview', 'batch']) expect((await ask('GET', `/${word}`)).status).toBe(404);
  });

  test('of another space are answered as what does not exist', async () => {
    const id = await made();
    const space = await createSpace(api.beside, 'a stranger');
    const stranger = new TestClient(api.url, space.key);
    const unknown = `sch_${asBase36(newId())}`;
    const range = { from: '2026-01-01T00:00:00Z', until: '2026-01-01T01:00:00Z' };
    const told = async ([method, path, body]: [string, string, Body?], word: string) => {
      const sent = body ? { body: JSON.stringify(body) } : {};
      const answer = await stranger.send<Body>(method, `/v1/schedules/${path.replace('ID', word)}`, sent);
      return [answer.status, JSON.stringify({ ...answer.body, requestId: '' }).replaceAll(word, 'ID')];
    };
    const asks: [string, string, Body?][] = [
      ...[['GET', 'ID'] as [string, string], ['PUT', 'ID', { name: 'x' }] as [string, string, Body]],
      ...[['DELETE', 'ID'] as [string, string], ['POST', 'ID/pause', {}] as [string, string, Body]],
      ...[['POST', 'ID/resume'] as [string, string], ['POST', 'ID/run-now'] as [string, string]],
      ...[
        ['POST', 'ID/skip-next'] as [string, string],
        ['POST', 'ID/backfill', range] as [string, string, Body],
      ],
      ...[['GET', 'ID/runs'] as [string, string], ['GET', 'ID/stats'] as [string, string]],
    ];
    for (const each of asks) {
      const answer = await told(each, id);
      expect([each, answer]).toEqual([each, await told(each, unknown)]);
      expect(answer[0]).toBe(404);
    }
    for (const path of [`runs?scheduleId=ID`, `sparklines?ids=ID`]) {
      expect(await told(['GET', path], id)).toEqual(await told(['GET', path], unknown));
    }
    expect((await stranger.get<Body>('/v1/schedules')).body['data']).toEqual([]);
    expect((await stranger.post<Body>('/v1/schedules/pause-all')).body).toEqual({
      status: 'paused',
      count: 0,
    });
    expect(await get(`/${id}`)).toMatchObject({ enabled: true });
  });
});
