import { key, type Body } from './test-api';
import { SdkWorld } from './sdk-world';

let world: SdkWorld;
beforeAll(async () => {
  world = await SdkWorld.start();
});
afterAll(() => world.api.close());

const url = 'https://shop.test/tea';
const entry = {
  where: { url: 'about:blank' },
  what: [
    { action: 'goto', args: [url] },
    { action: 'waitForLoadState', args: ['networkidle'] },
  ],
};
const workflowOf = (...what: Body[]) => [{ where: { url }, what }, entry];
const texts = { action: 'scrapeSchema', args: [{ Title: 'h1' }], name: 'Texts' };
const list = {
  action: 'scrapeList',
  name: 'Teas',
  args: [{ listSelector: 'li', fields: { Name: { selector: 'b', attribute: 'innerText' } }, limit: 10 }],
};
const robotOf = (name: string, ...what: Body[]) => ({
  meta: { id: 'robot_1735689600000_abc', name, robotType: 'extract', type: 'extract' },
  workflow: workflowOf(...(what.length > 0 ? what : [texts])),
});
const missing = '0198a000-0000-7000-8000-000000000000';

describe('a robot of a workflow', () => {
  test('is made and shown as clients read it', async () => {
    const { status, body } = await world.post('/robots', robotOf('Teas', texts, list));
    expect(status).toBe(201);
    const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    const id = body.data.id;
    const meta = { id, name: 'Teas', type: 'extract', robotType: 'extract', url, formats: [], params: [] };
    expect(body).toEqual({
      message: 'Robot created successfully',
      data: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        recording_meta: { ...meta, createdAt: iso, updatedAt: iso },
        recording: { workflow: [], definition: expect.objectContaining({ title: 'Teas' }) },
        schedule: null,
        webhooks: [],
        createdAt: iso,
        updatedAt: iso,
      },
    });
    expect(body.data.recording.definition.steps.map(({ type }: Body) => type)).toEqual(
      expect.arrayContaining(['navigate', 'extract', 'extractList']),
    );
    expect((await world.get(`/robots/${id}`)).body.data).toEqual(body.data);
    expect((await world.get(`/robots/${id.toUpperCase()}/`)).body.data).toEqual(body.data);
  });

  test('that is sent again is the same robot, and another of its name is refused', async () => {
    const first = await world.post('/robots', robotOf('Again'));
    const { status, body } = await world.post('/robots', robotOf('Again'));
    expect(status).toBe(200);
    expect(body).toEqual({ data: first.body.data, message: 'Existing robot returned', existing: true });
    const other = await world.post('/robots', robotOf('Again', list));
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({ error: expect.stringContaining('"Again"'), code: 'CONFLICT' });
  });

  test('that is a draft already is published, and runs', async () => {
    const { robot } = (
      await world.api.client.post<Body>('/api/robots', {
        name: 'Was a draft',
        definition: robotOf('Was a draft'),
        stage: 'draft',
      })
    ).body;
    const { status, body } = await world.post('/robots', robotOf('Was a draft'));
    expect([status, body.existing, body.data.id]).toEqual([200, true, robot.id]);
    expect((await world.executed(robot.id, { end: 'succeeded' })).status).toBe(200);
  });

  test('that is sent many times at once is made once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => world.post('/robots', robotOf('At once'))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
  });

  test("may have a list as Maxun's SDK writes it, and gives the text and the link of each item", async () => {
    const sent = { itemSelector: '.tea', maxItems: 5, pagination: { type: 'clickNext', selector: 'a.next' } };
    const what = { action: 'scrapeList', args: [sent] };
    const { body } = await world.post('/robots', robotOf('As the SDK writes it', what));
    expect(body.data.recording.definition.steps.at(-1)).toMatchObject({
      type: 'extractList',
      name: 'List 1',
      item: '.tea',
      limit: 5,
      fields: { text: { selector: ':scope' }, link: { attribute: 'href' } },
      paginate: { by: 'next', selector: 'a.next' },
    });
  });

  test('is told every fault at its place', async () => {
    const wrong = { action: 'scrapeList', args: [{ itemSelector: '.tea', maxItems: 0 }] };
    const { status, body } = await world.post(
      '/robots',
      robotOf('Faults', wrong, { action: 'script', args: ['1'] }),
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: 'Workflow validation failed', code: 'INVALID_INPUT' });
    expect(body.message).toContain(body.details[0].path);
    expect(body.details.map(({ path }: Body) => path).sort()).toEqual([
      'workflow[0].what[0].args[0].maxItems',
      'workflow[0].what[1].action',
    ]);
  });

  test.each<[string, Body, string]>([
    ['nothing', {}, 'meta'],
    ['no name', { meta: { robotType: 'extract' }, workflow: [] }, 'meta.name'],
    ['no workflow', { meta: { name: 'No workflow' } }, 'workflow'],
    ['an unknown word', { ...robotOf('Unknown'), worflow: [] }, 'worflow'],
    [
      'another format',
      { meta: { name: 'F', robotType: 'scrape', url, formats: ['pdf'] } },
      'meta.formats[0]',
    ],
    ['no address', { meta: { name: 'U', robotType: 'scrape', formats: [] }, workflow: [] }, 'meta.url'],
  ])('is refused with %s', async (_what, sent, path) => {
    const { status, body } = await world.post('/robots', sent);
    expect(status).toBe(400);
    expect(body.details).toContainEqual(expect.objectContaining({ path }));
  });

  test('that asks a language model, or to compare runs, is not made', async () => {
    const metas = [
      { isLLM: true },
      { promptInstructions: 'x' },
      { smartQueries: 'x' },
      { compareRuns: true },
    ];
    for (const meta of [...metas, { formats: ['summary'] }]) {
      const { status, body } = await world.post('/robots', {
        meta: { name: 'Model', ...meta },
        workflow: [],
      });
      expect([status, body.code]).toEqual([501, 'NOT_IMPLEMENTED']);
      expect(body.error).toMatch(/ .* /);
    }
  });
});

test('a robot that reads a page is made of its formats', async () => {
  const formats = ['screenshot-fullpage', 'html', 'markdown', 'links'];
  const { body } = await world.get(`/robots/${await world.aScraper('Reader', formats)}`);
  expect(body.data.recording_meta).toMatchObject({
    type: 'scrape',
    url,
    formats: ['markdown', 'html', 'links', 'screenshot-fullpage'],
  });
});

describe('a crawl', () => {
  const crawlConfig = { mode: 'domain', limit: 20, maxDepth: 2, useSitemap: true, respectRobots: true };

  test('is a robot that crawls', async () => {
    const { status, body } = await world.post('/crawl', {
      url,
      name: 'Crawl',
      crawlConfig,
      formats: ['markdown'],
    });
    expect(status).toBe(201);
    expect(body.data.recording_meta).toMatchObject({ name: 'Crawl', type: 'crawl', url });
    expect(body.data.recording.definition.steps.at(-1)).toMatchObject({
      type: 'crawl',
      maxPages: 20,
      maxDepth: 2,
    });
    expect((await world.post('/crawl', { url, name: 'Crawl', crawlConfig })).body.existing).toBe(true);
    expect((await world.post('/crawl', { url, name: 'Crawl', crawlConfig: {} })).status).toBe(409);
    const unnamed = await world.post('/crawl', { url, crawlConfig });
    expect(unnamed.body.data.recording_meta.name).toBe('Crawl of shop.test');
  });

  test.each<[string, Body, { status: number; path: string | null }]>([
    ['a limit that is none', { crawlConfig: { limit: 0 } }, { status: 400, path: 'crawlConfig.limit' }],
    ['a word that is not known', { crawlConfig: { limits: 5 } }, { status: 400, path: 'crawlConfig.limits' }],
    ['no address', { url: 'shop', crawlConfig }, { status: 400, path: 'url' }],
    [
      'a configuration of many levels',
      { crawlConfig: { limit: JSON.parse('['.repeat(30) + ']'.repeat(30)) } },
      { status: 400, path: 'crawlConfig' },
    ],
    ['no configuration', {}, { status: 400, path: 'crawlConfig' }],
    ['pictures', { crawlConfig, formats: ['screenshot-visible'] }, { status: 501, path: null }],
  ])('with %s is refused', async (_what, sent, { status, path }) => {
    const answer = await world.post('/crawl', { url, name: 'Refused', ...sent });
    expect(answer.status).toBe(status);
    if (path !== null) expect(answer.body.details).toContainEqual(expect.objectContaining({ path }));
  });
});

describe('robots', () => {
  test('are listed newest first, without their definitions, page by page where one asks for it', async () => {
    const { body } = await world.get('/robots');
    expect(body.totalCount).toBe(body.data.length);
    expect(body.nextCursor).toBeNull();
    expect(body.data[0].recording).toEqual({ workflow: [] });
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Body = (await world.get(`/robots?limit=2${cursor && `&cursor=${cursor}`}`)).body;
      paged.push(...page['data'].map(({ id }: Body) => id));
      cursor = page['nextCursor'];
    }
    expect(paged).toEqual(body.data.map(({ id }: Body) => id));
    expect((await world.strange('GET', '/robots')).body).toEqual({
      data: [],
      totalCount: 0,
      nextCursor: null,
    });
    for (const query of ['limit=0', 'cursor=x', 'page=2']) {
      expect((await world.get(`/robots?${query}`)).status).toBe(400);
    }
  });

  test('get another name, address, formats, limit and workflow', async () => {
    const id = await world.aScraper('To change');
    const put = async (sent: Body) => (await world.send('PUT', `/robots/${id}`, { body: sent })).body.data;
    expect((await put({ meta: { name: 'Changed' } })).recording_meta.name).toBe('Changed');
    const elsewhere = await put({ meta: { url: 'https://shop.test/coffee' } });
    expect(elsewhere.recording_meta).toMatchObject({ name: 'Changed', url: 'https://shop.test/coffee' });
    const { recording_meta: meta } = await put({ meta: { formats: ['html', 'screenshot-visible'] } });
    expect(meta.formats).toEqual(['html', 'screenshot-visible']);
    const same = await put({ meta, schedule: null, webhooks: null, proxy_url: '' });
    expect(same.recording_meta.formats).toEqual(meta.formats);
    const other = await put({ meta: { robotType: 'extract' }, workflow: workflowOf(list) });
    expect(other.recording_meta).toMatchObject({ name: 'Changed', type: 'extract', formats: [], url });
    const limits = [{ pairIndex: 0, actionIndex: 0, argIndex: 0, limit: 3 }];
    expect((await put({ limits })).recording.definition.steps.at(-1).limit).toBe(3);
    const { robot } = (await world.api.client.get<Body>(`/api/robots/${id}`)).body;
    expect(robot.version).toBe(robot.publishedVersion);
    expect(robot.definition.steps.at(-1).limit).toBe(3);
  });

  test('with a newer draft change in nothing but their name until it is published', async () => {
    const id = await world.aScraper('With a draft');
    const { definition } = (await world.get(`/robots/${id}`)).body.data.recording;
    const draft = { definition: { ...definition, options: { deadlineMs: 5_000 } } };
    await world.api.client.send('PUT', `/api/robots/${id}`, { body: JSON.stringify(draft) });
    const put = (meta: Body) => world.send('PUT', `/robots/${id}`, { body: { meta } });
    const before = (await world.get(`/robots/${id}`)).body;
    const refused = await put({ formats: ['html'] });
    expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
    expect(refused.body.error).toContain('draft');
    expect((await world.get(`/robots/${id}`)).body).toEqual(before);
    expect((await put({ name: 'Renamed', formats: ['markdown'] })).status).toBe(200);
    await world.api.client.post(`/api/robots/${id}/publish`);
    const { recording } = (await put({ formats: ['html'] })).body.data;
    expect(recording.definition.options.deadlineMs).toBe(5_000);
  });

  test('that are changed twice at once lose neither change unheard', async () => {
    const id = await world.aScraper('Twice at once');
    const sent = [{ url: 'https://shop.test/coffee' }, { formats: ['html'] }];
    const answers = await Promise.all(
      sent.map((meta) => world.send('PUT', `/robots/${id}`, { body: { meta } })),
    );
    const { recording_meta: now } = (await world.get(`/robots/${id}`)).body.data;
    for (const [index, { status }] of answers.entries()) {
      expect([200, 409]).toContain(status);
      if (status === 200) expect(now).toMatchObject(sent[index]!);
    }
    expect(answers.some(({ status }) => status === 200)).toBe(true);
  });

  test('that are sent back as they were read stay, and an empty workflow alone is told', async () => {
    const id = await world.aScraper('Echo');
    const { recording_meta: meta, recording } = (await world.get(`/robots/${id}`)).body.data;
    const put = (body: Body) => world.send('PUT', `/robots/${id}`, { body });
    const { status, body } = await put({
      meta: { ...meta, name: 'Echoed' },
      workflow: recording.workflow,
    });
    expect([status, body.data.recording_meta.name]).toEqual([200, 'Echoed']);
    const alone = await put({ workflow: [] });
    expect([alone.status, alone.body.details[0].path]).toEqual([400, 'workflow']);
    expect((await put({ meta: { url: 'file:///a' } })).body.details[0].path).toBe('meta.url');
  });

  test.each<[string, Body, number]>([
    ['a schedule that no pattern says', { schedule: { runEvery: 2, runEveryUnit: 'DAYS' } }, 400],
    ['a webhook', { webhooks: [{ url }] }, 501],
    ['a proxy', { proxy_url: 'http://proxy.test' }, 501],
    ['a sheet', { google_sheet_id: '1' }, 501],
    ['a language model', { meta: { smartQueries: 'x' } }, 501],
    ['a format that is none', { meta: { formats: ['pdf'] } }, 400],
    ['a workflow with a fault', { workflow: workflowOf({ action: 'clack', args: ['a'] }) }, 400],
    ['an unknown word', { name: 'x' }, 400],
    [
      'a limit where there is no list',
      { limits: [{ pairIndex: 0, actionIndex: 0, argIndex: 0, limit: 3 }] },
      400,
    ],
  ])('are not given %s', async (_what, sent, status) => {
    const id = (await world.get('/robots')).body.data.find(
      ({ recording_meta: meta }: Body) => meta.type === 'scrape',
    ).id;
    const before = (await world.get(`/robots/${id}`)).body;
    const answer = await world.send('PUT', `/robots/${id}`, { body: sent });
    expect([answer.status, typeof answer.body.error]).toEqual([status, 'string']);
    expect((await world.get(`/robots/${id}`)).body).toEqual(before);
  });

  test('are made again for another address', async () => {
    const id = await world.aScraper('Original');
    const { status, body } = await world.post(`/robots/${id}/duplicate`, {
      targetUrl: 'https://shop.test/oolong',
    });
    expect(status).toBe(201);
    expect(body.data.recording_meta).toMatchObject({
      name: 'Original (oolong)',
      url: 'https://shop.test/oolong',
      formats: ['markdown'],
    });
    for (const sent of [{}, { targetUrl: 'oolong' }, { targetUrl: 'ftp://shop.test' }]) {
      const refused = await world.post(`/robots/${id}/duplicate`, sent);
      expect([refused.status, refused.body.details[0].path]).toEqual([400, 'targetUrl']);
    }
  });

  test('are deleted', async () => {
    const id = await world.aScraper('To delete');
    const { status, body } = await world.send('DELETE', `/robots/${id}`);
    expect([status, body]).toEqual([200, { message: 'Robot deleted successfully' }]);
    expect((await world.get(`/robots/${id}`)).status).toBe(404);
  });
});

test.each<[string, string, Body | undefined]>([
  ['GET', '/robots/ID', undefined],
  ['PUT', '/robots/ID', { meta: { name: 'x' } }],
  ['DELETE', '/robots/ID', undefined],
  ['POST', '/robots/ID/execute', {}],
  ['POST', '/robots/ID/duplicate', { targetUrl: url }],
  ['GET', '/robots/ID/runs', undefined],
])(
  '%s %s of a robot that is not there, is none or is of another space is not found',
  async (method, path, body) => {
    const own = await world.aScraper(`Foreign ${method} ${path}`);
    const answers = [
      await world.send(method, path.replace('ID', missing), { body }),
      await world.send(method, path.replace('ID', 'robot_17_abc'), { body }),
      await world.strange(method, path.replace('ID', own), body),
    ];
    for (const { status, body: told } of answers) {
      expect(status).toBe(404);
      expect(told).toEqual({ error: 'Robot not found', code: 'NOT_FOUND', requestId: expect.any(String) });
    }
  },
);

test('a key that is known is told so, and another is refused', async () => {
  const { body } = await world.get('/status');
  expect(body).toEqual({ email: 'runnel@localhost', plan: 'OSS', credits: 999999 });
  const strangers: Record<string, string>[] = [{}, { 'x-api-key': `${key}x` }];
  for (const sent of strangers) {
    const response = await fetch(`${world.api.url}/api/sdk/status`, { headers: sent });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      error: 'Unauthorized',
      message: expect.any(String),
      code: 'UNAUTHORIZED',
      requestId: expect.any(String),
    });
  }
});

test.each([
  ['POST', '/search'],
  ['POST', '/extract/llm'],
  ['POST', '/robots/document'],
  ['POST', '/robots/document-parse'],
  ['GET', `/robots/${missing}/runs/${missing}/diff`],
])('%s %s is refused with a sentence', async (method, path) => {
  const body = method === 'POST' ? '%PDF-1.7 not JSON at all' : undefined;
  const headers = { 'x-api-key': key, 'content-type': 'multipart/form-data; boundary=x' };
  const response = await fetch(`${world.api.url}/api/sdk${path}`, { method, headers, ...(body && { body }) });
  expect(response.status).toBe(501);
  expect(await response.json()).toMatchObject({
    error: expect.stringMatching(/ .* /),
    code: 'NOT_IMPLEMENTED',
  });
});

test('a path that is none is told in the same shape', async () => {
  expect((await world.get('/robot')).body).toMatchObject({
    error: expect.stringContaining('There is no GET /api/sdk/robot'),
    code: 'NOT_FOUND',
  });
});
