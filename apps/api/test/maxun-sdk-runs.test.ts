import { SdkWorld } from './sdk-world';
import type { Body } from './test-api';

let world: SdkWorld;
beforeAll(async () => {
  world = await SdkWorld.start();
});
afterAll(() => world.api.close());

const missing = '0198a000-0000-7000-8000-000000000000';
const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
const page = {
  url: 'https://shop.test/tea',
  title: 'Tea',
  markdown: '# Tea',
  links: [{ url: 'https://shop.test/1', text: 'one' }],
};
const steps = [
  { type: 'navigate', url: 'http://127.0.0.1:9/{{query}}' },
  { type: 'extract', name: 'Texts', fields: { Title: 'h1' } },
  { type: 'extractList', name: 'List 1', item: 'li', fields: { Name: 'b' } },
  { type: 'extractList', name: 'List 2', item: 'dd', fields: { Name: 'b' } },
];
const inputs = [{ name: 'query', default: 'tea' }];
const lists = {
  Texts: [{ Title: 'Teas' }],
  'List 1': [{ Name: 'Oolong' }, { Name: 'Assam' }],
  'List 2': [{ Name: 'Cup' }],
};

/** A run that was started and not worked on. */
async function waiting(): Promise<{ id: string; runId: string }> {
  const id = await world.api.aRobot({ steps, inputs });
  const { run } = (await world.api.client.post<Body>(`/api/robots/${id}/runs`)).body;
  return { id, runId: run.runId };
}

async function taskOf(runId: string): Promise<string> {
  return (await world.api.beside.query('SELECT id FROM tasks WHERE run_id = $1', [runId]))[0].id;
}

describe('an execution', () => {
  test('waits for the end of the run and gives what it read, the first list flat', async () => {
    const id = await world.api.aRobot({ steps, inputs });
    const { status, body } = await world.executed(
      id,
      { lists, end: 'succeeded' },
      { params: null, webhook: null },
    );
    expect(status).toBe(200);
    expect(body.data).toEqual({
      runId: expect.any(String),
      status: 'success',
      data: {
        textData: { Title: 'Teas' },
        listData: lists['List 1'],
        crawlData: [],
        searchData: {},
        text: '',
        markdown: '',
        html: '',
        links: [],
        summary: null,
        promptResult: null,
        lists,
      },
      screenshots: [],
    });
  });

  test('of a robot that reads a page gives its formats and addresses of its pictures', async () => {
    const id = await world.aScraper('Formats', ['markdown', 'links', 'screenshot-visible']);
    const work = {
      lists: { content: [page] },
      pictures: ['screenshot-visible.png'],
      end: 'succeeded' as const,
    };
    const { body } = await world.executed(id, work, { formats: ['markdown'] });
    expect(body.data.data).toMatchObject({ markdown: '# Tea', html: '', links: ['https://shop.test/1'] });
    const picture = await fetch(body.data.screenshots[0], { headers: { 'x-api-key': 'none' } });
    expect(picture.status).toBe(401);
    const path = new URL(body.data.screenshots[0]).pathname;
    expect(String((await world.api.client.get(path)).body)).toBe('pixels');
  });

  test('takes inputs by either name, and another address to begin with', async () => {
    const id = await world.api.aRobot({ steps, inputs });
    const sent = { inputs: { query: 'green' }, params: { query: 'black' } };
    const { body } = await world.executed(id, { end: 'succeeded' }, sent);
    const asks = 'SELECT inputs FROM tasks WHERE run_id = $1';
    expect((await world.api.beside.query(asks, [body.data.runId]))[0].inputs.query).toBe('green');
    const scraper = await world.aScraper('Elsewhere');
    const elsewhere = { originUrl: 'https://other.test/' };
    const other = (await world.executed(scraper, { end: 'succeeded' }, elsewhere)).body.data;
    expect((await world.api.beside.query(asks, [other.runId]))[0].inputs).toEqual(elsewhere);
  });

  test.each([
    ['failed', 'HTTP_STATUS', 'x answered with HTTP status 404'],
    ['aborted', 'ABORTED', 'The run was aborted'],
  ] as const)('of a run that %s says why', async (end, code, message) => {
    const id = await world.aScraper(`Ends ${end}`);
    const { status, body } = await world.executed(id, { end });
    expect(status).toBe(500);
    expect(body).toEqual({
      error: 'Failed to execute robot',
      message,
      code,
      runId: expect.any(String),
      requestId: expect.any(String),
    });
    const row = (await world.get(`/robots/${id}/runs/${body.runId}`)).body.data;
    expect(row).toMatchObject({ status: end, error: message });
  });

  test('sent again with its key is the same run', async () => {
    const id = await world.aScraper('Same key');
    const headers = { 'idempotency-key': 'once' };
    const { body } = await world.executed(id, { end: 'succeeded' });
    const first = world.post(`/robots/${id}/execute`, {}, headers);
    const started = async () =>
      (await world.get(`/robots/${id}/runs`)).body.data.find((run: Body) => !run.finishedAt);
    let run = await started();
    while (!run) run = await started();
    const again = world.post(`/robots/${id}/execute`, {}, headers);
    await world.work(await taskOf(run.runId), { end: 'succeeded' });
    expect((await first).body.data.runId).toBe(run.runId);
    expect((await again).body.data.runId).toBe(run.runId);
    expect(run.runId).not.toBe(body.data.runId);
    const other = await world.post(`/robots/${id}/execute`, { originUrl: 'https://other.test/' }, headers);
    expect(other.status).toBe(422);
  });

  test.each<[string, Body, { status: number; path: string | null }]>([
    ['an unknown input', { inputs: { quary: 'x' } }, { status: 400, path: 'inputs.quary' }],
    ['a wrong input by its other name', { params: { query: 5 } }, { status: 400, path: 'params.query' }],
    ['an unknown word', { input: {} }, { status: 400, path: 'input' }],
    ['an address that is none', { originUrl: 'shop' }, { status: 400, path: 'originUrl' }],
    ['a format that the robot does not read', { formats: ['html'] }, { status: 400, path: 'formats[0]' }],
    ['a format that is none', { formats: ['pdf'] }, { status: 400, path: 'formats[0]' }],
    ['a question to a language model', { promptInstructions: 'x' }, { status: 501, path: null }],
    ['a webhook', { webhook: { url: 'https://shop.test' } }, { status: 501, path: null }],
  ])('with %s is refused', async (_what, sent, { status, path }) => {
    const id = await world.api.aRobot({ steps, inputs });
    const answer = await world.post(`/robots/${id}/execute`, sent);
    expect(answer.status).toBe(status);
    expect(answer.body.details?.[0].path ?? null).toBe(path);
    expect((await world.get(`/robots/${id}/runs`)).body.totalCount).toBe(0);
  });

  test('of a robot that is only a draft is refused', async () => {
    const definition = { title: 'Draft', steps };
    const sent = { definition: { ...definition, inputs }, stage: 'draft' };
    const { robot } = (await world.api.client.post<Body>('/api/robots', sent)).body;
    const { status, body } = await world.post(`/robots/${robot.id}/execute`);
    expect([status, body.error]).toEqual([400, 'Nothing is published']);
    expect(body.message).toContain('/publish');
  });
});

describe('runs', () => {
  test('are shown with what they gave, sorted as clients read it', async () => {
    const { id, runId } = await waiting();
    const task = await taskOf(runId);
    const queued = (await world.get(`/robots/${id}/runs/${runId}`)).body.data;
    expect(queued).toEqual({
      id: task,
      runId,
      robotMetaId: id,
      name: '10 post link tree',
      status: 'queued',
      startedAt: iso,
      finishedAt: null,
      ...{ runByUserId: null, runByScheduleId: null, runByAPI: true },
      serializableOutput: {},
      binaryOutput: {},
    });
    await world.work(task, { lists, pictures: ['end.png'], end: 'succeeded' });
    const { body } = await world.get(`/robots/${id}/runs/${runId}`);
    expect(body.data).toMatchObject({
      status: 'success',
      finishedAt: iso,
      serializableOutput: {
        scrapeSchema: { Texts: lists.Texts },
        scrapeList: { 'List 1': lists['List 1'], 'List 2': lists['List 2'] },
      },
      binaryOutput: { 'end.png': expect.stringContaining('/artifacts/end.png') },
    });
    expect((await world.get(`/robots/${id}/runs`)).body.data).toEqual([body.data]);
  });

  test('of many rows show the first thousand, and say that there are more', async () => {
    const { id, runId } = await waiting();
    const many = Array.from({ length: 1_001 }, (_, n) => ({ Name: `tea ${n}` }));
    await world.work(await taskOf(runId), { lists: { 'List 1': many }, end: 'succeeded' });
    const { data } = (await world.get(`/robots/${id}/runs/${runId}`)).body;
    expect(data.serializableOutput.scrapeList['List 1']).toHaveLength(1_000);
    expect(data.dataTruncated).toBe(true);
    expect((await world.get(`/robots/${id}/runs`)).body.data).toEqual([data]);
  });

  test('keep what their version of the robot gave when it does something else by now', async () => {
    const { id, runId } = await waiting();
    await world.work(await taskOf(runId), { lists, end: 'succeeded' });
    const before = (await world.get(`/robots/${id}/runs`)).body;
    const what = [
      { action: 'goto', args: ['https://shop.test/'] },
      { action: 'screenshot', args: [{}] },
    ];
    await world.send('PUT', `/robots/${id}`, { body: { workflow: [{ where: {}, what }] } });
    expect((await world.get(`/robots/${id}/runs`)).body).toEqual(before);
  });

  test('are listed newest first, and paged without loss', async () => {
    const id = await world.aScraper('Many runs');
    for (let count = 0; count < 5; count += 1) await world.api.client.post(`/api/robots/${id}/runs`);
    const { body } = await world.get(`/robots/${id}/runs`);
    const all = body.data.map(({ runId }: Body) => runId);
    expect(body.totalCount).toBe(5);
    expect(all).toEqual([...all].sort().reverse());
    const first = (await world.get(`/robots/${id}/runs?limit=3`)).body;
    await world.api.client.post(`/api/robots/${id}/runs`);
    const second = (await world.get(`/robots/${id}/runs?limit=3&cursor=${first.nextCursor}`)).body;
    expect([...first.data, ...second.data].map(({ runId }: Body) => runId)).toEqual(all);
    expect(second.nextCursor).toBeNull();
    expect((await world.get(`/robots/${id}/runs?cursor=x`)).status).toBe(400);
  });

  test('are aborted once', async () => {
    const { id, runId } = await waiting();
    const { status, body } = await world.post(`/robots/${id}/runs/${runId}/abort`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ message: 'Run abortion initiated', data: { runId, status: 'aborted' } });
    const again = await world.post(`/robots/${id}/runs/${runId}/abort`);
    expect(again.status).toBe(400);
    expect(again.body).toEqual({
      error: 'Run is not in a state that can be aborted',
      currentStatus: 'aborted',
      code: 'CONFLICT',
      requestId: expect.any(String),
    });
  });

  test.each([
    ['GET', ''],
    ['POST', '/abort'],
  ])('that are not there, are none or are of others are not found: %s %s', async (method, rest) => {
    const { id, runId } = await waiting();
    const other = await waiting();
    const answers = [
      await world.send(method, `/robots/${id}/runs/${missing}${rest}`),
      await world.send(method, `/robots/${id}/runs/run_17${rest}`),
      await world.send(method, `/robots/robot_17/runs/${runId}${rest}`),
      await world.send(method, `/robots/${id}/runs/${other.runId}${rest}`),
      await world.strange(method, `/robots/${id}/runs/${runId}${rest}`),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(404);
      expect(body).toEqual({ error: 'Run not found', code: 'NOT_FOUND', requestId: expect.any(String) });
    }
  });
});

test('an execution is answered with the run as it stands when the API stops', async () => {
  const own = await SdkWorld.start();
  try {
    const id = await own.aScraper('Long');
    const answer = own.post(`/robots/${id}/execute`);
    while ((await own.get(`/robots/${id}/runs`)).body.totalCount === 0);
    own.api.stop();
    const { status, body } = await answer;
    expect([status, body.data.status]).toEqual([200, 'queued']);
  } finally {
    await own.api.close();
  }
});
