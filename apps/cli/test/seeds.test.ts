import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { openDataSource } from '@runnel/store';
import { cloneDatabase, page, startApp, type AppProcess, type TestDatabase } from '@runnel/testing';
import axios from 'axios';
import { z } from 'zod';
import { DialectWorld, type KnownRobot } from './dialects/dialect-world';
import { base36, lettered, prefixed, uuidIn } from './dialects/id-words';
import * as seed from './dialects/seed-examples';
import { unlike } from './dialects/unlike';
import { key, type Body } from './test-fleet';

/** Every request that the four documents show, sent as it is written there, with ids and keys replaced. */
let world: DialectWorld;
let robot: KnownRobot;
let runId: string;

const nobody = '01890000-0000-7000-8000-000000000000';

beforeAll(async () => {
  world = await DialectWorld.start();
  const more = [{ 'Label 1': 'The eleventh', 'Label 2': 'never read' }];
  const items = [...seed.posts, ...more].map(
    (post) => `<article><h3>${post['Label 1']}</h3><time>${post['Label 2']}</time></article>`,
  );
  world.site.replace('/blog', page(items.join('')));
  robot = await world.aRobot('10 post link tree', [
    { type: 'navigate', url: `${world.site.url}/blog` },
    {
      ...{ type: 'extractList', name: 'List 1', item: 'article', limit: 10 },
      fields: { 'Label 1': 'h3', 'Label 2': 'time' },
    },
  ]);
  await world.fleet.startWorker();
  for (let n = 0; n < 2; n += 1) {
    runId = await world.fleet.run(robot.id);
    await world.ended(robot.id, runId);
  }
});

afterAll(async () => {
  await world.close();
});

interface Sent {
  status: number;
  body: Body;
}

test('what is not like an example is told', () => {
  const example = {
    id: 'R40fe5eface1511f082ac156368e7acc4',
    at: '2026-02-07T05:57:45',
    list: [{ no: null }],
  };
  const { id, at, list } = example;
  expect(unlike({ id, at, list, more: 1 }, example)).toEqual([]);
  expect(unlike({ id, at, list: [{ no: 'x' }] }, example, { no: ['string'] })).toEqual([]);
  expect(unlike({ id: `${id}0`, at: `${at}Z`, list: [{ no: null }, {}, { no: 1 }] }, example)).toEqual([
    `.id is "${id}0", and "${id}" in the example`,
    `.at is "${at}Z", and "${at}" in the example`,
    '.list[1].no is missing',
    '.list[2].no is 1, and null in the example',
  ]);
  expect(unlike({ id: null, at: 1.5, list: [] }, example)).toHaveLength(3);
});

/** One request with these headers and no others. */
async function send(request: string, headers: Record<string, string>, body?: object): Promise<Sent> {
  return sendTo(world.url, { request, headers, ...(body && { body }) });
}

async function sendTo(
  url: string,
  { request, headers, body }: { request: string; headers: Record<string, string>; body?: object },
): Promise<Sent> {
  const [method = '', at = ''] = request.split(' ');
  const more = body && { body: JSON.stringify(body) };
  const response = await fetch(`${url}${at}`, { method, headers, ...more });
  return { status: response.status, body: (await response.json()) as Body };
}

describe('Maxun', () => {
  const headers = { 'x-api-key': key };
  /** What is null in an example and has a type elsewhere in the document, or is not known yet. */
  const orElse: Parameters<typeof unlike>[2] = {
    runByUserId: ['null', 'number'],
    runByScheduleId: ['null', 'string'],
    runByAPI: ['null', 'boolean'],
    screenshot: ['null', 'string'],
  };

  test('gets all runs for a robot', async () => {
    const { status, body } = await send(`GET /api/robots/${robot.id}/runs`, headers);
    expect([status, unlike(body, seed.maxunRuns, orElse)]).toEqual([200, []]);
    const { totalCount, items } = body['runs'];
    expect([body['statusCode'], body['messageCode'], totalCount, items.length]).toEqual([
      ...[200, 'success', 2, 2],
    ]);
    expect(items[0]).toMatchObject({ name: '10 post link tree', robotId: robot.id, data: seed.posts });
  });

  test('runs a robot by id', async () => {
    const { status, body } = await send(`POST /api/robots/${robot.id}/runs`, headers);
    const unknownYet = { startedAt: ['null' as const], finishedAt: ['null' as const] };
    const { data, ...rest } = seed.maxunRun.run;
    expect([status, unlike(body, { ...seed.maxunRun, run: rest }, { ...orElse, ...unknownYet })]).toEqual([
      ...[200, []],
    ]);
    // It is answered at once, so there is nothing yet.
    expect([body['run'].status, body['run'].data, data.length]).toEqual(['queued', [], 10]);
    const waited = await send(`POST /api/robots/${robot.id}/runs?wait=30`, headers);
    expect([waited.status, unlike(waited.body, seed.maxunRun, orElse)]).toEqual([200, []]);
    const { status: word, runByAPI, ...run } = waited.body['run'];
    expect([word, runByAPI, run.data]).toEqual(['success', true, seed.posts]);
  });

  test('gets a specific run by id for a robot', async () => {
    const { status, body } = await send(`GET /api/robots/${robot.id}/runs/${runId}`, headers);
    expect([status, unlike(body, seed.maxunRun, orElse)]).toEqual([200, []]);
    expect(body['run']).toMatchObject({ runId, robotId: robot.id, status: 'success', data: seed.posts });
  });

  test('does not know a client without a key', async () => {
    for (const method of ['GET', 'POST']) {
      const { status, body } = await send(`${method} /api/robots/${robot.id}/runs`, {});
      expect([status, body]).toEqual([401, expect.objectContaining(seed.maxunUnauthorized)]);
    }
  });
});

describe('Kognitos', () => {
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const id = z
    .string()
    .min(1)
    .max(26)
    .regex(/^[a-zA-Z0-9-_]+$/);
  const naive = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  /** The table of the fields of a run; the words of `status` are those of the vendor's other pages. */
  const documented = z.looseObject({
    agent_id: id,
    created_at: naive,
    file_ids: z.array(z.string()).nullable(),
    id,
    name: z.string().min(1).max(100),
    outputs: z.array(z.looseObject({ name: z.string(), value: z.unknown() })).nullable(),
    process_id: id,
    stage: z.enum(['Draft', 'Published']),
    status: z.enum(['Created', 'Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled', 'TimedOut']),
  });
  const documentedList = z.looseObject({
    items: z.array(documented).nullable(),
    continuation_token: z.string().nullable(),
  });
  const start = (more: Body = {}): Body => ({
    agent_id: world.spaces.own.agentId,
    name: 'Process invoice 42',
    process_id: base36(robot.id),
    stage: 'Draft',
    ...more,
  });
  const post = (body: Body): Promise<Sent> => send('POST /runs', headers, body);
  const list = (more = ''): Promise<Sent> => {
    const query = `process_id=${base36(robot.id)}&agent_id=${world.spaces.own.agentId}`;
    return send(`GET /runs?${query}${more}`, headers);
  };

  async function uploaded(name: string): Promise<string> {
    const { status, body } = await send('POST /files', headers, {
      file_name: name,
      agent_id: world.spaces.own.agentId,
    });
    expect(status).toBe(201);
    const form = new FormData();
    for (const [field, value] of Object.entries<string>(body['upload_fields'])) form.append(field, value);
    form.append('file', new Blob(['an invoice']), name);
    const { upload_url: url, upload_http_method: method, upload_http_headers: more } = body;
    expect((await fetch(url, { method, headers: more, body: form })).status).toBe(204);
    return body['id'];
  }

  test('starts a run as its table of fields says', async () => {
    const fileIds = [await uploaded('invoice.txt'), await uploaded('order.txt')];
    const inputs = [{ name: 'order_id', value: 'b4fznghynbdemslfd5k044fgd' }];
    const { status, body } = await post(start({ inputs, file_ids: fileIds }));
    expect([status, documented.safeParse(body).error?.issues]).toEqual([201, undefined]);
    expect(body).toMatchObject({ ...start(), status: 'Created', file_ids: fileIds, outputs: null });
    expect((await post(start({ inputs: null, file_ids: null }))).status).toBe(201);
    expect((await post(start({ name: 'x'.repeat(100), stage: 'Published' }))).status).toBe(201);
  });

  test.each<[string, Body]>([
    ['name', { name: undefined }],
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(101) }],
    ['agent_id', { agent_id: undefined }],
    ['agent_id', { agent_id: '' }],
    ['agent_id', { agent_id: 'x'.repeat(27) }],
    ['agent_id', { agent_id: 'with a space' }],
    ['process_id', { process_id: undefined }],
    ['process_id', { process_id: 'x'.repeat(27) }],
    ['process_id', { process_id: 'ü' }],
    ['stage', { stage: undefined }],
    ['stage', { stage: 'draft' }],
    ['inputs', { inputs: 'all' }],
    ['file_ids', { file_ids: ['9nvx1hdm9bd74rp585oe81t5i'] }],
  ])('refuses a start whose %s is %j', async (field, more) => {
    const { status, body } = await post(start(more));
    expect([status, body['status_code'], body['details'][0].location.slice(0, 2)]).toEqual([
      ...[400, 400, ['body', field]],
    ]);
  });

  test('gets a run as its table of fields says', async () => {
    const { status, body } = await send(`GET /runs/${base36(runId)}`, { 'x-api-key': key });
    expect([status, documented.safeParse(body).error?.issues]).toEqual([200, undefined]);
    const outputs = [{ name: 'List 1', value: seed.posts }];
    expect(body).toMatchObject({ id: base36(runId), status: 'Succeeded', stage: 'Published', outputs });
    expect(await send(`GET /v2/runs/${base36(runId)}`, { 'x-api-key': key })).toEqual({ status, body });
  });

  test('lists runs, ten unless told otherwise and a hundred at most', async () => {
    for (let n = 0; n < 11; n += 1) await post(start());
    const { status, body } = await list();
    expect([status, documentedList.safeParse(body).error?.issues]).toEqual([200, undefined]);
    expect([body['items'].length, body['continuation_token']]).toEqual([10, expect.any(String)]);
    expect((await list('&limit=')).body['items']).toHaveLength(10);
    const next = await list(`&continuation_token=${body['continuation_token']}`);
    expect(documentedList.safeParse(next.body).error?.issues).toBeUndefined();
    const all = (await list('&limit=100')).body;
    expect(all['continuation_token']).toBeNull();
    const ids = (found: Body): string[] => found['items'].map((run: Body) => run['id']);
    expect([...ids(body), ...ids(next.body)]).toEqual(ids(all).slice(0, 20));
    for (const limit of ['101', '0', '-1', 'ten']) expect((await list(`&limit=${limit}`)).status).toBe(400);
  });

  test('lists the runs of a stage', async () => {
    for (const stage of ['Draft', 'Published']) {
      const { items } = (await list(`&stage=${stage}&limit=100`)).body as { items: Body[] };
      expect(new Set(items.map((run) => run['stage']))).toEqual(new Set([stage]));
    }
    expect((await list('&stage=Publish')).status).toBe(400);
  });

  test('asks for both ids of a list, and for a key', async () => {
    const agent = `agent_id=${world.spaces.own.agentId}`;
    const told = async (query: string): Promise<unknown> => {
      const { status, body } = await send(`GET /runs?${query}`, headers);
      return [status, body['details'][0].location];
    };
    expect(await told(agent)).toEqual([400, ['query', 'process_id']]);
    expect(await told(`process_id=${base36(robot.id)}`)).toEqual([400, ['query', 'agent_id']]);
    expect((await send(`GET /runs/${base36(runId)}`, {})).status).toBe(401);
  });
});

describe('Unpod', () => {
  const headers = { Authorization: `Token ${key}`, 'Content-Type': 'application/json' };
  const get = (token: string, rest: string, shown: Record<string, string> = headers): Promise<Sent> =>
    send(`GET /api/v2/platform/spaces/${token}/${rest}`, shown);
  const tasksOf = (id: string): string => `runs/${lettered('R', id)}/tasks/`;

  test('gets all runs in a space', async () => {
    const { own } = world.spaces;
    const { status, body } = await get(own.token, 'runs/');
    expect([status, unlike(body, seed.unpodRuns)]).toEqual([200, []]);
    expect([body['status_code'], body['message']]).toEqual([200, 'Runs Fetched Successfully']);
    const run = body['data'].find((each: Body) => each['run_id'] === lettered('R', runId));
    expect(run).toMatchObject({ status: 'completed', collection_ref: `collection_data_${own.token}` });
  });

  test('gets detailed tasks for a specific run', async () => {
    const { status, body } = await get(world.spaces.own.token, tasksOf(runId));
    // Its example shows runs where it tells of tasks; tasks it is.
    const example = { ...seed.unpodRuns, data: [seed.unpodTask] };
    expect([status, unlike(body, example)]).toEqual([200, []]);
    expect(body).toMatchObject({ count: 1, status_code: 200, data: [{ run_id: lettered('R', runId) }] });
    expect(body['data'][0].output.rows).toEqual(seed.posts);
  });

  test('answers 206 where there is nothing', async () => {
    const runs = await get('space_abc123xyz', 'runs/');
    expect([runs.status, unlike(runs.body, seed.unpodRunsFailed)]).toEqual([206, []]);
    const tasks = await get(world.spaces.own.token, tasksOf(nobody));
    expect([tasks.status, unlike(tasks.body, seed.unpodTasksFailed)]).toEqual([206, []]);
    expect(tasks.body['message']).toBe(seed.unpodTasksFailed.message);
    const others = await get(world.spaces.other.token, tasksOf(runId));
    expect([others.status, unlike(others.body, seed.unpodTasksFailed)]).toEqual([206, []]);
  });

  test('answers with the common error codes', async () => {
    const { token } = world.spaces.own;
    expect((await get(token, 'runs/?page=0')).status).toBe(400);
    const asJson = { 'Content-Type': 'application/json' };
    expect((await get(token, 'runs/', asJson)).status).toBe(401);
    expect((await get(token, 'runs/', { ...asJson, Authorization: 'Token your-api-token' })).status).toBe(
      401,
    );
    expect((await get(token, 'nothing/')).status).toBe(404);
  });
});

describe("Unpod's own sample", () => {
  type Fetching = (...words: string[]) => Promise<Body[]>;

  /** The code with nothing but key and token replaced; its client finds the service where the document's was. */
  async function run(
    token: string,
  ): Promise<{ said: string[]; fetchRuns: Fetching; fetchRunTasks: Fetching }> {
    const text = await readFile(path.join(__dirname, '../../api/test/unpod-sample.txt'), 'utf8');
    const code = text.replace('your-api-token', key).replace('your-space-token', token);
    const client = axios.create({ proxy: false });
    client.interceptors.request.use((request) => {
      request.url = request.url!.replace('https://unpod.dev', world.url);
      return request;
    });
    const said: string[] = [];
    const printer = { log: (line: string) => void said.push(line) };
    const required = (name: string): unknown => (name === 'axios' ? client : null);
    const functions: Record<'fetchRuns' | 'fetchRunTasks', Fetching> = runInNewContext(
      `${code}\n({ fetchRuns, fetchRunTasks })`,
      { require: required, console: printer },
    );
    return { said, ...functions };
  }

  test('prints runs and tasks', async () => {
    const { token } = world.spaces.own;
    const { said, fetchRuns, fetchRunTasks } = await run(token);
    const runs = await fetchRuns(token);
    const word = lettered('R', runId);
    expect(said).toContain(`Total runs: ${runs.length}`);
    expect(said).toContain(`Run ${word}: completed (1 batches)`);
    said.length = 0;
    const [task] = await fetchRunTasks(token, word);
    expect(said.filter((line) => !/^(?:Run|Total runs)/.test(line))).toEqual([
      'Total tasks: 1',
      `Task ${task!['task_id']}: scrape`,
      '  Summary: 10 rows in 1 list, after 1 attempt',
    ]);
  });

  test('does not stumble over a space and a run that are not there', async () => {
    const { said, fetchRuns, fetchRunTasks } = await run('your-space-token');
    expect(await fetchRuns('your-space-token')).toEqual([]);
    expect(await fetchRunTasks('your-space-token', lettered('R', runId))).toEqual([]);
    expect(await fetchRunTasks(world.spaces.own.token, lettered('R', nobody))).toEqual([]);
    expect(said.filter((line) => !line.startsWith('Total'))).toEqual([]);
  });
});

describe('Runtype', () => {
  const runtypeAsk = (request: string, body?: object): Promise<Sent> =>
    send(request, { Authorization: key, 'Content-Type': 'application/json' }, body);
  const holding = (item: object) => expect.arrayContaining([expect.objectContaining(item)]);

  test('gets results for a scheduled run', async () => {
    const record = { id: 'rec_98765zyxwv', name: 'John Doe', type: 'user' };
    const { type: recordType, ...given } = record;
    const made = await runtypeAsk('POST /v1/schedules', {
      target: { flowId: prefixed('flow', robot.id), recordType, records: [{ ...given, inputs: {} }] },
      trigger: { type: 'one_time', runAt: '2099-01-01T00:00:00Z' },
    });
    const { batchExecutionId } = (await runtypeAsk(`POST /v1/schedules/${made.body['id']}/run-now`)).body;
    const scheduled = uuidIn(batchExecutionId);
    await world.ended(robot.id, scheduled);
    const at = `/v1/schedules/runs/${prefixed('run', scheduled)}/results`;
    const { status, body } = await runtypeAsk(`GET ${at}`);
    // The same task in two prefixes, where the example has a UUID in one of them.
    const orElse = { agentExecutionId: [/^exec_[0-9a-z]{25}$/], error: ['string' as const] };
    expect([status, unlike(body, seed.runtypeResults, orElse)]).toEqual([200, []]);
    const [result] = seed.runtypeResults.data;
    const { error, failedAt, status: word, recordId } = result!;
    expect(body).toMatchObject({
      data: [{ record, error, failedAt, status: word, recordId, flowName: robot.name }],
      pagination: seed.runtypeResults.pagination,
    });
  });

  test('has the fourteen routes of its sidebar', async () => {
    const made = await runtypeAsk('POST /v1/schedules', {
      target: { flowId: prefixed('flow', robot.id), recordType: 'customer' },
      trigger: { type: 'recurring', cron: '0 9 * * 1', timezone: 'America/New_York' },
      executionOptions: { chunkSize: 200, recordConcurrency: 25, progressFlushSize: 25, timeoutMs: 900_000 },
    });
    const id = expect.stringMatching(/^sch_[0-9a-z]{25}$/);
    expect(made).toEqual({ status: 201, body: { id, status: 'created' } });
    const at = `/v1/schedules/${made.body['id']}`;
    const ran = await runtypeAsk(`POST ${at}/run-now`);
    expect(ran.body).toEqual({ batchExecutionId: expect.any(String), recordCount: 1, status: 'queued' });
    const batch = ran.body['batchExecutionId'];
    const routes: [string, object][] = [
      ['GET /v1/schedules', { data: holding({ id }), pagination: { hasMore: false } }],
      [`GET /v1/schedules/batch/${batch}/results`, { data: [{}], pagination: { total: 1 } }],
      ['GET /v1/schedules/runs', { data: holding({ batchExecutionId: batch }), pagination: { offset: 0 } }],
      [`GET /v1/schedules/runs/${batch.replace('batch', 'run')}/results`, { data: [{}] }],
      ['GET /v1/schedules/sparklines', { data: holding({ scheduleId: id }) }],
      [`GET ${at}`, { id, recordType: 'customer', timezone: 'America/New_York' }],
      [`PUT ${at}`, { id, status: 'updated' }],
      [`POST ${at}/pause`, { id, status: 'paused' }],
      [`POST ${at}/resume`, { id, status: 'resumed' }],
      [`GET ${at}/runs`, { data: [{ batchExecutionId: batch, scheduleId: id, agentId: null }] }],
      [`GET ${at}/stats`, { scheduleId: id, totalRuns: 1 }],
      [`DELETE ${at}`, { id, status: 'deleted' }],
    ];
    for (const [request, body] of routes) {
      expect([request, await send(request, {})]).toMatchObject([request, { status: 401 }]);
      expect([request, await runtypeAsk(request)]).toMatchObject([request, { status: 200, body }]);
    }
  });

  test('is opened by each of the three headers', async () => {
    const keyed: Record<string, string>[] = [
      { Authorization: `Bearer ${key}` },
      { Authorization: key },
      { 'x-api-key': key },
    ];
    for (const headers of keyed) {
      expect((await send('GET /v1/schedules', headers)).status).toBe(200);
    }
  });

  test('answers 401 and 404', async () => {
    const at = (word: string): string => `GET /v1/schedules/runs/${word}/results`;
    expect((await send(at('runId'), {})).status).toBe(401);
    expect((await send(at('runId'), { Authorization: key })).status).toBe(404);
    expect((await send(at(prefixed('run', nobody)), { Authorization: `Bearer ${key}` })).status).toBe(404);
  });
});

describe('where the ledger is broken', () => {
  let database: TestDatabase;
  let api: AppProcess;
  let robotId: string;
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };

  beforeAll(async () => {
    database = await cloneDatabase();
    api = await startApp('api', { DATABASE_URL: database.url, RUNNEL_API_KEY: key });
    const body = {
      name: 'A robot',
      definition: { steps: [{ type: 'navigate', url: 'http://127.0.0.1:9/' }] },
    };
    robotId = (await broken('POST /api/robots', body)).body['robot'].id;
    const dataSource = await openDataSource({ url: database.url, poolSize: 1, application: 'test' });
    await dataSource.query('ALTER TABLE runs RENAME TO runs_no_more');
    await dataSource.destroy();
  });

  afterAll(async () => {
    await api.kill('SIGTERM');
    await database.drop();
  });

  const broken = (request: string, body?: object): Promise<Sent> =>
    sendTo(`http://127.0.0.1:${api.port}`, { request, headers, ...(body && { body }) });

  test('Maxun says what failed', async () => {
    const listed = await broken(`GET /api/robots/${robotId}/runs`);
    expect(listed).toEqual({ status: 500, body: expect.objectContaining(seed.maxunRunsBroken) });
    const started = await broken(`POST /api/robots/${robotId}/runs`);
    expect(started).toEqual({ status: 500, body: expect.objectContaining(seed.maxunRunBroken) });
  });

  test('the others answer 500 in their own shapes', async () => {
    const { spaces } = (await broken('GET /api/spaces')).body as { spaces: Body };
    const { token, agentId } = spaces['items'][0];
    const told = { code: 'INTERNAL', requestId: expect.any(String) };
    expect(await broken(`GET /api/v2/platform/spaces/${token}/runs/`)).toEqual({
      status: 500,
      body: { status_code: 500, message: expect.any(String), data: {}, ...told },
    });
    expect(await broken(`GET /runs?agent_id=${agentId}&process_id=${base36(robotId)}`)).toEqual({
      status: 500,
      body: { status_code: 500, message: expect.any(String), details: null, ...told },
    });
    expect(await broken(`GET /v1/schedules/runs/${prefixed('run', nobody)}/results`)).toEqual({
      status: 500,
      body: { error: expect.any(String), message: expect.any(String), ...told },
    });
  });
});
