import { failure, type RowData } from '@runnel/contracts';
import { createSpace } from '@runnel/services';
import { endTasks, RobotStore, TaskStore } from '@runnel/store';
import { TestClient } from '@runnel/testing';
import { asBase36, readBase36 } from '../src/id-forms';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let agent: string;
let stranger: { agent: string; client: TestClient };

beforeAll(async () => {
  api = await startTestApi();
  const [{ id }] = await api.beside.query('SELECT id FROM spaces');
  agent = asBase36(id);
  const other = await createSpace(api.beside, 'other');
  stranger = { agent: asBase36(other.id), client: new TestClient(api.url, other.key) };
});

afterAll(async () => {
  await api.close();
});

const unknown = asBase36('01890000-0000-7000-8000-000000000000');
const runKeys = [
  ...['id', 'name', 'process_id', 'agent_id', 'stage', 'status', 'created_at', 'file_ids', 'outputs'],
];

async function aProcess(parts: Body = {}): Promise<string> {
  return asBase36(await api.aRobot(parts));
}

function start(process: string, more: Body = {}, headers: Record<string, string> = {}) {
  const body = {
    name: 'Process invoice 42',
    process_id: process,
    agent_id: agent,
    stage: 'Published',
    ...more,
  };
  return api.client.post<Body>('/runs', body, headers);
}

const inputsOf = async (run: string): Promise<Body[]> => {
  const rows = await api.beside.query('SELECT inputs FROM tasks WHERE run_id = $1 ORDER BY ordinal', [
    readBase36(run),
  ]);
  return rows.map(({ inputs }: Body) => ({ ...inputs, originUrl: undefined }));
};

type End = Parameters<typeof endTasks>[2];

interface Work {
  rows?: { list: string; data: RowData }[];
  artifacts?: string[];
  end?: End;
}

/** Does the first task of the run that waits, as a worker does. */
async function work(run: string, { rows = [], artifacts = [], end = done }: Work): Promise<void> {
  const tasks = new TaskStore(api.beside.manager);
  const waiting = `SELECT id FROM tasks WHERE run_id = $1 AND status = 'queued' ORDER BY ordinal`;
  const [{ id }] = await api.beside.query(waiting, [readBase36(run)]);
  const { attempt } = (await tasks.claim(id, 'the test', 60_000))!;
  const claim = { taskId: id, attempt };
  const lists: Record<string, number> = {};
  const placed = rows.map(({ list, data }, position) => {
    const ordinal = lists[list] ?? 0;
    lists[list] = ordinal + 1;
    return { list, data, ordinal, position };
  });
  if (rows.length > 0) await tasks.appendRows(claim, { rows: placed, rowCount: rows.length, lists });
  for (const name of artifacts) {
    await tasks.saveArtifact(claim, { name, contentType: 'image/png', bytes: Buffer.from(name) });
  }
  await endTasks(api.beside, claim, end);
}

const done: End = { status: 'succeeded', failure: null };
const readRun = async (run: string): Promise<Body> => (await api.client.get<Body>(`/runs/${run}`)).body;
const outputs = async (run: string): Promise<Body> =>
  Object.fromEntries((await readRun(run)).outputs.map(({ name, value }: Body) => [name, value]));

test.each(['', '/v2'])('a run is started, shown and listed under "%s"', async (mount) => {
  const process = await aProcess();
  const body = { name: 'Process invoice 42', process_id: process, agent_id: agent, stage: 'Published' };
  const started = await api.client.post<Body>(`${mount}/runs`, body);
  const run = started.body;
  expect([started.status, Object.keys(run)]).toEqual([201, runKeys]);
  expect(run).toEqual({
    id: expect.stringMatching(/^[0-9a-z]{25}$/),
    ...body,
    status: 'Created',
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
    file_ids: null,
    outputs: null,
  });
  expect(started.headers.get('location')).toBe(`${api.url}${mount}/runs/${run.id}`);
  expect((await api.client.get(`${mount}/runs/${run.id}/`)).body).toEqual(run);
  const list = await api.client.get<Body>(`${mount}/runs?process_id=${process}&agent_id=${agent}`);
  expect([list.status, list.body]).toEqual([200, { items: [run], continuation_token: null }]);
});

test('processes are shown and listed, with the stage that they have reached', async () => {
  const { agent: agentId, client } = stranger;
  const [published, draft] = ['published', 'draft'].map((stage) => ({ stage, definition: { steps: [] } }));
  const named = [
    { ...published, name: 'Shop' },
    { ...draft, name: '😀'.repeat(100) },
  ];
  const steps = [{ type: 'navigate', url: 'http://127.0.0.1:9/' }];
  for (const robot of named)
    await client.post('/api/robots', { ...robot, definition: { title: 't', steps } });
  const { status, body } = await client.get<Body>(`/processes?agent_id=${agentId}`);
  expect([status, body]).toEqual([
    200,
    {
      items: [
        { id: expect.any(String), name: '😀'.repeat(100), agent_id: agentId, stage: 'Draft' },
        { id: expect.any(String), name: 'Shop', agent_id: agentId, stage: 'Published' },
      ],
      continuation_token: null,
    },
  ]);
  const [one] = body.items;
  expect((await client.get(`/v2/processes/${one.id}?agent_id=${agentId}`)).body).toEqual(one);
  const first = (await client.get<Body>(`/processes?agent_id=${agentId}&limit=1`)).body;
  const token = first.continuation_token;
  const second = await client.get<Body>(`/processes?agent_id=${agentId}&limit=1&continuation_token=${token}`);
  expect([first.items, second.body]).toEqual([[one], { items: [body.items[1]], continuation_token: null }]);
});

test('a start takes the stage that it names', async () => {
  const steps = [{ type: 'navigate', url: 'http://127.0.0.1:9/' }];
  const draft = { name: 'Shop', definition: { title: 't', steps }, stage: 'draft' };
  const { robot } = (await api.client.post<Body>('/api/robots', draft)).body;
  const process = asBase36(robot.id);
  const refused = await start(process);
  expect([refused.status, refused.body.details]).toEqual([
    400,
    [{ location: ['body', 'stage'], message: expect.stringContaining('is published'), type: 'invalid' }],
  ]);
  const first = (await start(process, { stage: 'Draft' })).body;
  await api.client.post(`/api/robots/${robot.id}/publish`);
  const second = (await start(process)).body;
  expect([first.stage, second.stage]).toEqual(['Draft', 'Published']);
  const path = `/runs?process_id=${process}&agent_id=${agent}`;
  const idsOf = async (query: string) =>
    (await api.client.get<Body>(`${path}${query}`)).body.items.map(({ id }: Body) => id);
  expect(await idsOf('&stage=Draft')).toEqual([first.id]);
  expect(await idsOf('&stage=Published&limit=100')).toEqual([second.id]);
  expect(await idsOf('&stage=&limit=&continuation_token=')).toEqual([second.id, first.id]);
});

test('inputs may be a list, an object or null; what the process does not declare is kept', async () => {
  const process = await aProcess({ inputs: [{ name: 'max', type: 'number', default: 3 }] });
  const list = [
    { name: 'max', value: 5 },
    { name: 'order', value: { id: 'b4', lines: [1, null] } },
  ];
  const given = [list, { max: 5, order: { id: 'b4', lines: [1, null] } }, null];
  for (const inputs of given) {
    const { status, body } = await start(process, { inputs });
    const kept = inputs === null ? { max: 3 } : { max: 5, order: { id: 'b4', lines: [1, null] } };
    expect([status, await inputsOf(body.id)]).toEqual([201, [kept]]);
  }
  const wrong = await start(process, { inputs: [{ name: 'max', value: 'many' }] });
  expect([wrong.status, wrong.body]).toEqual([
    400,
    {
      message: expect.not.stringContaining('robot'),
      status_code: 400,
      details: [
        {
          location: ['body', 'inputs', 0, 'value'],
          message: expect.any(String),
          type: 'invalid',
          found: 'many',
          allowed: ['number'],
        },
      ],
      code: 'INVALID_INPUT',
      requestId: expect.any(String),
    },
  ]);
  const closed = await aProcess({ additionalInputs: false });
  expect((await start(closed, { inputs: { x: 1 } })).status).toBe(400);
});

test('outputs are the lists, the fields of single rows and the artifacts of a run that has ended', async () => {
  const process = await aProcess();
  const { id } = (await start(process)).body;
  const rows: Work['rows'] = [
    { list: 'posts', data: { title: 'a' } },
    { list: 'page', data: { heading: 'All', posts: 'no list', size: 2 } },
    { list: 'posts', data: { title: 'b' } },
    { list: 'total', data: { heading: 'another', total_items: 42 } },
  ];
  await work(id, { rows, artifacts: ['a b.png'] });
  const run = await readRun(id);
  const [, single, , total] = rows.map(({ data }) => data);
  const url = run.outputs.at(-1).value;
  expect([run.status, run.outputs]).toEqual([
    'Succeeded',
    [
      { name: 'posts', value: [{ title: 'a' }, { title: 'b' }] },
      { name: 'page', value: [single] },
      { name: 'total', value: [total] },
      { name: 'heading', value: 'All' },
      { name: 'size', value: 2 },
      { name: 'total_items', value: 42 },
      { name: 'a b.png', value: url },
    ],
  ]);
  const artifact = await api.client.get<Buffer>(url.slice(api.url.length));
  expect([artifact.status, String(artifact.body)]).toEqual([200, 'a b.png']);
  const list = await api.client.get<Body>(`/runs?process_id=${process}&agent_id=${agent}`);
  expect(list.body.items).toEqual([run]);
});

test('of more than a thousand rows the first are shown, and where all are', async () => {
  const process = await aProcess();
  const ids = [(await start(process)).body.id, (await start(process)).body.id];
  const rows = Array.from({ length: 1_001 }, (_, n) => ({ list: 'posts', data: { n } }));
  for (const id of ids) await work(id, { rows });
  const { posts, data_url: all } = await outputs(ids[0]);
  expect([posts.length, posts[999]]).toEqual([1_000, { n: 999 }]);
  const data = await api.client.get<Body>(`${all.slice(api.url.length)}?limit=10000`);
  expect(data.body.data.totalCount).toBe(1_001);
  const { items } = (await api.client.get<Body>(`/runs?process_id=${process}&agent_id=${agent}`)).body;
  const shown = items.map(({ outputs: [list, link] }: Body) => [list.value.length, link.name]);
  expect(shown).toEqual([
    [500, 'data_url'],
    [500, 'data_url'],
  ]);
});

test.each<[string, string, End]>([
  ['Failed', 'broke', { status: 'failed', failure: failure('INTERNAL', 'broke') }],
  ['TimedOut', 'late', { status: 'timed_out', failure: failure('DEADLINE', 'late') }],
])('a run that ends otherwise is %s, and its outputs tell why', async (word, why, end) => {
  const { id } = (await start(await aProcess())).body;
  await work(id, { end });
  expect(await readRun(id)).toMatchObject({ status: word, outputs: [{ name: 'error', value: why }] });
});

test('a run of many tasks that failed in part has succeeded, and its outputs tell what did not', async () => {
  const robotId = toUuid(await aProcess());
  const { run } = (await api.client.post<Body>(`/api/robots/${robotId}/runs`, { records: manyRecords })).body;
  const id = asBase36(run.runId);
  await work(id, { end: { status: 'failed', failure: failure('INTERNAL', 'broke') } });
  await work(id, {});
  await work(id, {});
  const outputs = [{ name: 'error', value: '1 of 3 tasks did not succeed: broke' }];
  expect(await readRun(id)).toMatchObject({ status: 'Succeeded', outputs });
});

const manyRecords = ['1', '2', '3'].map((id) => ({ id, inputs: {} }));

test('a run that was aborted elsewhere is cancelled', async () => {
  const { id, process_id: process } = (await start(await aProcess())).body;
  await api.client.post(`/api/robots/${toUuid(process)}/runs/${toUuid(id)}/abort`);
  const outputs = [{ name: 'error', value: 'The run was aborted before the task began' }];
  expect(await readRun(id)).toMatchObject({ status: 'Cancelled', outputs });
});

const toUuid = (id: string): string => readBase36(id)!;

test('a list is walked to its end while runs are added: none is missed, none comes twice', async () => {
  const process = await aProcess();
  const ids: string[] = [];
  for (let n = 0; n < 7; n += 1) ids.unshift((await start(process)).body.id);
  const walked: string[] = [];
  let token: string | null = '';
  while (token !== null) {
    const path: string = `/runs?process_id=${process}&agent_id=${agent}&limit=3&continuation_token=${token}`;
    const { items, continuation_token: next } = (await api.client.get<Body>(path)).body;
    walked.push(...items.map(({ id }: Body) => id));
    token = next;
    await start(process);
  }
  expect(walked).toEqual(ids);
});

test('a continuation token serves what it was given for, and nothing else', async () => {
  const [process, other] = [await aProcess(), await aProcess()];
  for (const id of [process, process, other]) await start(id);
  const path = `/runs?agent_id=${agent}&limit=1`;
  const { body } = await api.client.get<Body>(`${path}&process_id=${process}`);
  const token: string = body.continuation_token;
  const told = async (query: string) => {
    const answer = await api.client.get<Body>(`${path}${query}`);
    return [answer.status, answer.body.details?.[0]?.location];
  };
  const refused = [400, ['query', 'continuation_token']];
  expect(await told(`&process_id=${other}&continuation_token=${token}`)).toEqual(refused);
  expect(await told(`&process_id=${process}&stage=Published&continuation_token=${token}`)).toEqual(refused);
  expect(await told(`&process_id=${process}&continuation_token=${token}A`)).toEqual(refused);
  expect(await told(`&process_id=${process}&continuation_token=A`)).toEqual(refused);
  const processes = `/v2/processes?agent_id=${agent}&continuation_token=${token}`;
  expect((await api.client.get(processes)).status).toBe(400);
  const more = `/v2/runs?agent_id=${agent}&process_id=${process}&limit=100&continuation_token=${token}`;
  expect((await api.client.get<Body>(more)).body.items).toHaveLength(1);
});

test('a start that is sent again finds its run', async () => {
  const process = await aProcess();
  const key = { 'idempotency-key': 'invoice-42' };
  const first = await start(process, {}, key);
  const again = await start(process, {}, key);
  expect([again.status, again.headers.get('idempotent-replayed'), again.body]).toEqual([
    201,
    'true',
    first.body,
  ]);
  const changed = await start(process, { stage: 'Draft', inputs: { a: 1 } }, key);
  const places = changed.body.details.map(({ location }: Body) => location);
  expect([changed.status, places]).toEqual([
    422,
    [
      ['body', 'inputs', 'a'],
      ['body', 'stage'],
    ],
  ]);
  const wrong = await start(process, {}, { 'idempotency-key': 'a b' });
  expect([wrong.status, wrong.body.details[0].location]).toEqual([400, ['header', 'Idempotency-Key']]);
});

interface Wrong {
  what: string;
  body?: Body;
  location: unknown[];
  type?: string;
}
test.each<Wrong>([
  { what: 'no name', body: { name: undefined }, location: ['name'], type: 'missing' },
  { what: 'an empty name', body: { name: '' }, location: ['name'] },
  { what: 'a long name', body: { name: 'x'.repeat(101) }, location: ['name'] },
  { what: 'no stage', body: { stage: undefined }, location: ['stage'], type: 'missing' },
  { what: 'a stage of another case', body: { stage: 'draft' }, location: ['stage'] },
  { what: 'a long process', body: { process_id: 'x'.repeat(27) }, location: ['process_id'] },
  { what: 'an agent with a dot', body: { agent_id: 'a.b' }, location: ['agent_id'] },
  { what: 'inputs that are a text', body: { inputs: 'x' }, location: ['inputs'] },
  {
    what: 'an input that comes twice',
    body: { inputs: [1, 2].map((value) => ({ name: 'a', value })) },
    location: ['inputs', 1, 'name'],
  },
  { what: 'a file that is none', body: { file_ids: ['s3://bucket/a'] }, location: ['file_ids', 0] },
  { what: 'a file that is not there', body: { file_ids: [unknown] }, location: ['file_ids', 0] },
  { what: 'many files', body: { file_ids: Array(21).fill(unknown) }, location: ['file_ids'] },
  {
    what: 'an item without a name',
    body: { inputs: [{ value: 1 }] },
    location: ['inputs', 0, 'name'],
    type: 'missing',
  },
  { what: 'an unknown word', body: { nmae: 1 }, location: ['nmae'] },
  { what: 'a word of another API', body: { fileIds: [] }, location: ['fileIds'] },
])('a start with $what is refused', async ({ body, location, type = 'invalid' }) => {
  const { status, body: told } = await start(await aProcess(), body);
  expect([status, told.status_code, told.code]).toEqual([400, 400, 'INVALID_INPUT']);
  expect(told.details).toEqual([expect.objectContaining({ location: ['body', ...location], type })]);
});

test('wrong words in a query are told with their places', async () => {
  const process = await aProcess();
  const path = `/runs?process_id=${process}&agent_id=${agent}`;
  for (const [query, name] of [
    ['&limit=101', 'limit'],
    ['&limit=0', 'limit'],
    ['&limit=x', 'limit'],
    ['&limit=1&limit=2', 'limit'],
    ['&stage=draft', 'stage'],
    ['&x=1', 'x'],
  ]) {
    const { status, body } = await api.client.get<Body>(`${path}${query}`);
    expect([status, body.details.map(({ location }: Body) => location)]).toEqual([400, [['query', name]]]);
  }
  const { body } = await api.client.get<Body>('/v2/runs');
  expect(body.details.map(({ location, type }: Body) => [...location, type])).toEqual([
    ['query', 'agent_id', 'missing'],
    ['query', 'process_id', 'missing'],
  ]);
});

test('without a key that is known nothing is permitted, and told is only what to send', async () => {
  const missing = { message: 'is missing; send your API key in it', type: 'missing' };
  const wrong = { message: 'is not a key that is known', type: 'invalid' };
  for (const [key, told] of [[null, missing] as const, ['rk_unknown', wrong] as const]) {
    const client = new TestClient(api.url, key);
    for (const path of ['/runs', `/v2/runs/${unknown}`, '/processes', '/v2/files', '/v2/nothing']) {
      const { status, body } = await client.get<Body>(path);
      expect([status, body]).toEqual([
        401,
        {
          message: 'access not permitted',
          status_code: 401,
          details: [{ location: ['header', 'x-api-key'], ...told }],
          code: 'UNAUTHORIZED',
          requestId: expect.any(String),
        },
      ]);
    }
    for (const path of ['/health', '/v2/health']) {
      expect(await client.get(path)).toMatchObject({ status: 200, body: { status: 'OK' } });
    }
  }
});

test("what is another's is answered like what is not there", async () => {
  const process = await aProcess();
  const run = (await start(process)).body.id;
  const { client, agent: own } = stranger;
  const body = { name: 'x', stage: 'Draft' };
  const asked = (ids: { run: string; process: string; agent: string }) => [
    client.get<Body>(`/runs/${ids.run}`),
    client.get<Body>(`/runs?process_id=${ids.process}&agent_id=${own}`),
    client.get<Body>(`/runs?process_id=${ids.process}&agent_id=${ids.agent}`),
    client.get<Body>(`/processes?agent_id=${ids.agent}`),
    client.get<Body>(`/processes/${ids.process}?agent_id=${own}`),
    client.post<Body>('/runs', { ...body, process_id: ids.process, agent_id: own }),
    client.post<Body>('/runs', { ...body, process_id: ids.process, agent_id: ids.agent }),
    client.post<Body>('/files', { file_name: 'a', agent_id: ids.agent }),
  ];
  const told = async (ids: { run: string; process: string; agent: string }) => {
    const answers = await Promise.all(asked(ids));
    const text = JSON.stringify(answers.map(({ status, body }) => [status, { ...body, requestId: 0 }]));
    return Object.entries(ids).reduce((all, [name, id]) => all.replaceAll(id, name), text);
  };
  const theirs = await told({ run, process, agent });
  expect(JSON.parse(theirs).map(([status]: number[]) => status)).toEqual(Array(8).fill(404));
  const [nobodys, noOnes] = ['1', '2'].map((digit) =>
    asBase36(`01890000-0000-7000-8000-00000000000${digit}`),
  );
  expect(await told({ run: unknown, process: nobodys!, agent: noOnes! })).toEqual(theirs);
  const malformed = await told({ run: 'R-1', process: 'P_1', agent: 'A-1' });
  expect(malformed).toEqual(theirs);
});

test('what there is no operation for is not found, in the shape of this API', async () => {
  const { status, body } = await api.client.send<Body>('DELETE', `/v2/runs/${unknown}`);
  expect([status, Object.keys(body)]).toEqual([
    404,
    ['message', 'status_code', 'details', 'code', 'requestId'],
  ]);
  const broken = await api.client.send<Body>('POST', '/runs', { body: '{' });
  expect([broken.status, broken.body.code, broken.body.details]).toEqual([400, 'BODY_NOT_JSON', null]);
});

test('a run that was removed is gone', async () => {
  const { id, process_id: process } = (await start(await aProcess())).body;
  await work(id, {});
  await api.client.send('DELETE', `/api/robots/${toUuid(process)}/runs/${toUuid(id)}`);
  expect((await api.client.get(`/runs/${id}`)).status).toBe(404);
  await new RobotStore(api.beside.manager).delete(toUuid(agent), toUuid(process));
  expect((await api.client.get(`/runs?process_id=${process}&agent_id=${agent}`)).status).toBe(404);
});
