import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { key, type Body } from './test-api';
import { UnpodWorld } from './unpod-world';

let world: UnpodWorld;
let handle: string;
let runId: string;
let taskIds: string[];

const second = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
const requestId = expect.any(String);

/** A run of four documents: one succeeded, one failed, one runs, one waits. */
beforeAll(async () => {
  world = await UnpodWorld.start();
  handle = await world.anAgent('Store prices', { title: 'Prices', description: 'Reads prices' });
  const { body } = await world.create({
    pilot: handle,
    name: 'Monday',
    context: { season: 'spring' },
    execution_type: 'call',
    documents: [
      { id: 7, name: 'First', city: 'Graz', extra: [1] },
      { document_id: 'b', city: 'Linz', execution_type: 'email' },
      { city: 'Wels', context: 'own' },
      { city: 'Enns' },
    ],
  });
  ({ run_id: runId, task_ids: taskIds } = body.data);
  await world.work(taskIds[0]!, 120, 'succeeded');
  await world.work(taskIds[1]!, 0, 'failed');
  await world.work(taskIds[2]!, 1, null);
});

afterAll(async () => {
  await world.api.close();
});

test('the organization is the installation', async () => {
  const { status, body } = await world.get('/organizations/');
  expect([status, body]).toEqual([
    200,
    {
      count: 1,
      status_code: 200,
      message: 'Organizations Fetched Successfully',
      data: [
        {
          name: 'Runnel',
          token: expect.stringMatching(/^[A-Z0-9]{24}$/),
          domain: 'runnel',
          domain_handle: 'runnel',
          is_private_domain: true,
          role: 'owner',
        },
      ],
    },
  ]);
});

test('the spaces are the one that the key opens, and it tells its agents', async () => {
  const space = {
    id: world.token,
    name: expect.any(String),
    slug: expect.any(String),
    token: world.token,
    description: '',
    logo: null,
    privacy_type: 'private',
    space_type: 'general',
    content_type: 'scrape',
    organization: { name: 'Runnel', domain_handle: 'runnel' },
    agent_handle: handle,
    created_at: second,
    created: second,
    modified: second,
  };
  const list = await world.get('/spaces');
  expect([list.status, list.body.count, list.body.data]).toEqual([200, 1, [space]]);
  expect((await world.get('/spaces/?page=2')).body.data).toEqual([]);
  const { body } = await world.get(`/spaces/${world.token}/`);
  const agents = [{ name: 'Store prices', handle, type: 'scrape' }];
  expect(body).toEqual({
    status_code: 200,
    message: 'Space Fetched Successfully',
    data: { ...space, agents },
  });
});

test('a run tells what the seed tells, and how many tasks it has', async () => {
  const { status, body } = await world.in('/runs/');
  expect([status, body]).toEqual([
    200,
    {
      count: 1,
      status_code: 200,
      message: 'Runs Fetched Successfully',
      data: [
        {
          run_id: runId,
          space_id: world.token,
          collection_ref: `collection_data_${world.token}`,
          run_mode: 'prod',
          status: 'running',
          user: null,
          user_info: { email: '', full_name: 'API' },
          thread_id: runId,
          run_name: 'Monday',
          agent_handle: handle,
          batch_count: 4,
          created: second,
          modified: second,
        },
      ],
    },
  ]);
  expect(runId).toMatch(/^R[0-9a-f]{32}$/);
});

test('runs are filtered by status, in all words for it', async () => {
  const found = async (status: string) => (await world.in(`/runs/?status=${status}`)).body.count;
  for (const word of ['running', 'in_progress', 'processing', 'failed,running'])
    expect(await found(word)).toBe(1);
  for (const word of ['pending', 'scheduled', 'hold', 'completed']) expect(await found(word)).toBe(0);
});

test('the tasks of a run come in the order of the documents', async () => {
  const { status, body } = await world.in(`/runs/${runId}/tasks/`);
  expect([status, body.count, body.message]).toEqual([200, 4, 'Tasks Fetched Successfully']);
  expect(body.data.map(({ task_id }: Body) => task_id)).toEqual(taskIds);
  expect(taskIds[0]).toMatch(/^T[0-9a-f]{32}$/);
  expect(body.data.map(({ status }: Body) => status)).toEqual(['completed', 'failed', 'running', 'pending']);
  expect(body.data.map(({ execution_type }: Body) => execution_type)).toEqual([
    'call',
    'email',
    'call',
    'call',
  ]);
  expect(body.data.map(({ ref_id }: Body) => ref_id)).toEqual(['7', 'b', null, null]);
  expect(body.data.map(({ input }: Body) => input)).toEqual([
    { city: 'Graz', extra: [1], context: { season: 'spring' } },
    { city: 'Linz', context: { season: 'spring' } },
    { city: 'Wels', context: 'own' },
    { city: 'Enns', context: { season: 'spring' } },
  ]);
});

test('a task tells all that the seed tells, with the first of its rows', async () => {
  const { body } = await world.in(`/runs/${runId}/tasks/?page_size=1`);
  const { output, ...task } = body.data[0];
  expect(task).toEqual({
    _id: taskIds[0],
    thread_id: runId,
    user: null,
    user_info: { email: '', full_name: 'API' },
    run_id: runId,
    space_id: world.token,
    collection_ref: `collection_data_${world.token}`,
    run_mode: 'prod',
    task_id: taskIds[0],
    status: 'completed',
    execution_type: 'call',
    assignee: handle,
    ref_id: '7',
    task: { objective: 'Store prices' },
    input: expect.any(Object),
    attachments: [],
    created: second,
    modified: second,
  });
  const { rows, data_url, artifacts, ...rest } = output;
  expect(rest).toEqual({
    row_count: 120,
    rows_truncated: true,
    lists: { A: { count: 120 } },
    summary: '120 rows in 1 list, after 1 attempt',
    error: null,
  });
  expect(rows).toEqual(Array.from({ length: 100 }, (_, n) => ({ n })));
  const all = await world.api.client.get<Body>(data_url.slice(world.api.url.length));
  expect(all.body.data.totalCount).toBe(120);
  expect(artifacts).toEqual([
    { name: 'last page.png', content_type: 'image/png', size: 6, url: expect.any(String) },
  ]);
  const picture = await world.api.client.get<Buffer>(artifacts[0].url.slice(world.api.url.length));
  expect(String(picture.body)).toBe('pixels');
});

test('a summary says in a sentence what became of a task', async () => {
  const { body } = await world.in(`/runs/${runId}/tasks/`);
  expect(body.data.map(({ output }: Body) => output.summary)).toEqual([
    '120 rows in 1 list, after 1 attempt',
    'Failed after 1 attempt: HTTP_STATUS: x answered with HTTP status 404',
    'Running: 1 row in 1 list so far',
    'Waiting',
  ]);
  expect(body.data[1].output.error).toMatchObject({ code: 'HTTP_STATUS', retryable: false });
  expect(body.data[2].output).not.toHaveProperty('rows_truncated');
});

test('the tasks of a space are filtered by status, by words, and by the time of their runs', async () => {
  const found = async (query: string) => (await world.in(`/tasks/?${query}`)).body;
  expect((await found('')).data.map(({ task_id }: Body) => task_id)).toEqual(taskIds);
  expect((await found('status=failed,pending')).data.map(({ task_id }: Body) => task_id)).toEqual([
    taskIds[1],
    taskIds[3],
  ]);
  expect((await found('search=first')).count).toBe(1);
  expect((await found('search=MONDAY')).count).toBe(4);
  const now = Math.floor(Date.now() / 1_000);
  expect((await found(`from_ts=${now - 600}&to_ts=${now + 600}`)).count).toBe(4);
  expect((await found(`from_ts=${now + 600}`)).count).toBe(0);
});

test('an agent is a published robot, and tells its tasks and executions', async () => {
  const draft = { name: 'A draft', definition: { title: 'x', steps: [{ type: 'close' }] }, stage: 'draft' };
  await world.api.client.post('/api/robots', draft);
  const { body } = await world.get('/agents/');
  const agent = { handle, name: 'Store prices', type: 'scrape', state: 'published' };
  expect([body.count, body.data]).toEqual([
    1,
    [{ ...agent, description: 'Reads prices', purpose: 'Prices' }],
  ]);
  const tasks = await world.get(`/agents/${handle}/tasks/`);
  expect(tasks.body.data.map(({ task_id }: Body) => task_id)).toEqual(taskIds);
  const runs = await world.get(`/agents/${handle}/executions/`);
  expect(runs.body).toEqual({
    count: 1,
    status_code: 200,
    message: 'Executions Fetched Successfully',
    data: [{ run_id: runId, status: 'running', total_tasks: 4, completed_tasks: 1, created: second }],
  });
  expect((await world.get('/agents/a-draft/tasks/')).status).toBe(404);
});

describe('what is refused', () => {
  test.each(['/agents/nobody/tasks/', '/agents/NO%20BODY/executions/', '/nothing', '/agents/x/y'])(
    '%s is not found, with a message',
    async (at) => {
      const { status, body } = await world.get(at);
      expect([status, body]).toEqual([
        404,
        { status_code: 404, message: expect.any(String), data: {}, code: 'NOT_FOUND', requestId },
      ]);
    },
  );

  test('without a key the answer says so, as Django does', async () => {
    const response = await fetch(`${world.api.url}/api/v2/platform/spaces/${world.token}/runs/`);
    const message = 'Authentication credentials were not provided.';
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      message,
      status_code: 401,
      code: 'UNAUTHORIZED',
      requestId,
    });
    const headers = { authorization: 'Token wrong' };
    const wrong = await fetch(`${world.api.url}/api/v2/platform/agents/`, { headers });
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { message: 'Invalid token.' }]);
  });

  test.each(['/spaces/', '/agents/', '/spaces/TOKEN/', '/agents/HANDLE/executions/'])(
    '%s asks for the organization',
    async (at) => {
      const place = at.replace('TOKEN', world.token).replace('HANDLE', handle);
      const without = await world.get(place, { 'org-handle': '' });
      expect([without.status, without.body]).toMatchObject([400, { status_code: 400, data: {} }]);
      expect(without.body.message).toMatch(/Org-Handle/);
      const another = await world.get(place, { 'org-handle': 'acme' });
      expect([another.status, another.body.message]).toEqual([404, 'Organization "acme" not found']);
    },
  );

  test.each(['/runs/', '/tasks/', '/runs/RUN/tasks/'])(
    "%s of another's space, of none and of what is no token are answered alike",
    async (at) => {
      for (const token of [world.other.token, 'SA2W8R6NZRK6C9PO3JSL1J85', 'space_abc123xyz', '%27']) {
        const { status, body } = await world.get(`/spaces/${token}${at.replace('RUN', runId)}`);
        const errors = `Space "${decodeURIComponent(token)}" not found`;
        expect([status, body]).toEqual([
          206,
          {
            status_code: 206,
            message: 'Invalid Space Token',
            data: [],
            errors,
            code: 'NOT_FOUND',
            requestId,
          },
        ]);
      }
    },
  );

  test("another's space itself is answered with an object", async () => {
    const { status, body } = await world.get(`/spaces/${world.other.token}/`);
    expect([status, body]).toMatchObject([206, { message: 'Invalid Space Token', data: {} }]);
  });

  test("another's run, one that is not, and what is no id are answered alike", async () => {
    const path = `/api/v2/platform/spaces/${world.other.token}/runs`;
    for (const id of [runId, 'R40fe5eface1511f082ac156368e7acc4', runId.slice(1), 'x']) {
      const { status, body } = await world.other.client.get<Body>(`${path}/${id}/tasks/`);
      const errors = `Run "${id}" not found`;
      const message = 'Error retrieving run tasks';
      expect([status, body]).toEqual([
        206,
        { status_code: 206, message, data: [], errors, code: 'NOT_FOUND', requestId },
      ]);
    }
    expect((await world.other.client.get<Body>(`${path}/`)).body).toMatchObject({ count: 0, data: [] });
  });

  test.each([
    ['page=0', 'page', 'must be a whole number from 1 to 1000000'],
    ['page_size=501', 'page_size', 'must be a whole number from 1 to 500'],
    ['pagesize=5', 'pagesize', expect.stringMatching(/did you mean "page_size"/)],
    ['call_type=inbound', 'call_type', expect.stringMatching(/is not known here/)],
    ['status=done', 'status', expect.stringMatching(/allowed: pending/)],
    ['from_ts=yesterday', 'from_ts', 'must be a moment in whole seconds since 1970'],
  ])('a query with %s tells the field', async (query, field, sentence) => {
    const { status, body } = await world.in(`/tasks/?${query}`);
    expect([status, body]).toEqual([
      400,
      {
        status_code: 400,
        message: 'The query is not right',
        data: {},
        errors: { [field]: [sentence] },
        ...{ code: 'INVALID_INPUT', requestId },
      },
    ]);
  });
});

describe("the seed's own sample", () => {
  type Sample = Record<'fetchRuns' | 'fetchRunTasks', (...ids: string[]) => Promise<Body[]>>;
  const said: string[] = [];
  let sample: Sample;

  beforeAll(async () => {
    const text = await readFile(path.join(__dirname, 'unpod-sample.txt'), 'utf8');
    const code = text.replaceAll('https://unpod.dev', world.api.url).replace('your-api-token', key);
    const console = { log: (line: string) => void said.push(line) };
    const around = { require: createRequire(__filename), console };
    sample = runInNewContext(`${code}\n({ fetchRuns, fetchRunTasks })`, around) as Sample;
  });

  test('prints runs and tasks', async () => {
    said.length = 0;
    await sample.fetchRuns(world.token);
    await sample.fetchRunTasks(world.token, runId);
    // Its last line asks for a space that is not there, and prints no count.
    const told = said.filter((line) => line !== 'Total runs: undefined');
    expect(told.slice(0, 5)).toEqual([
      'Total runs: 1',
      `Run ${runId}: running (4 batches)`,
      'Total tasks: 4',
      `Task ${taskIds[0]}: call`,
      '  Summary: 120 rows in 1 list, after 1 attempt',
    ]);
  });

  test('does not stumble over what is refused', async () => {
    expect(await sample.fetchRuns('your-space-token')).toEqual([]);
    expect(await sample.fetchRunTasks(world.token, 'R1')).toEqual([]);
  });
});
