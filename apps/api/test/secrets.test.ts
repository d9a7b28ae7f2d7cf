import { createSpace } from '@runnel/services';
import { TestClient } from '@runnel/testing';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.close());

const put = (name: string, body: unknown, client = api.client) =>
  client.send<Body>('PUT', `/api/secrets/${name}`, { body: JSON.stringify(body) });
const list = async (client = api.client) => (await client.get<Body>('/api/secrets')).body.secrets;
const signingIn = (url = 'https://shop.test/in') => ({
  inputs: [{ name: 'word', required: false }],
  steps: [
    { type: 'navigate', url },
    { type: 'change', selectors: ['#p'], value: '{{secret.shop}}' },
  ],
});

describe('secrets', () => {
  test('are set and deleted, and no answer tells them', async () => {
    const set = await put('shop', { value: 'hunter2-of-the-shop' });
    expect(set.status).toBe(200);
    expect(set.body.secret).toMatchObject({ name: 'shop', keyId: 'test' });
    const listed = await list();
    expect(listed).toEqual({ totalCount: 1, items: [set.body.secret] });
    const wrong = [
      await put('shop', { value: 'hunter2-of-the-shop', more: 'hunter2' }),
      await put('shop', { valu: 'hunter2-of-the-shop' }),
      await put('shop', { value: ['hunter2-of-the-shop'] }),
      await put('a.b', { value: 'hunter2-of-the-shop' }),
      await put('shop', { value: `hunter2${'x'.repeat(9_000)}` }),
      await api.client.send<Body>('PUT', '/api/secrets/shop', { body: '{"value": hunter2}' }),
    ];
    expect(wrong.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400]);
    expect(JSON.stringify([set, listed, wrong])).not.toContain('hunter2');
    expect((await api.client.send('DELETE', '/api/secrets/shop')).status).toBe(200);
    expect((await api.client.send('DELETE', '/api/secrets/shop')).status).toBe(404);
  });

  test('belong to their space alone', async () => {
    await put('ours', { value: 'hunter2' });
    const { key } = await createSpace(api.beside, 'another');
    const other = new TestClient(api.url, key);
    expect(await list(other)).toEqual({ totalCount: 0, items: [] });
    expect((await other.send('DELETE', '/api/secrets/ours')).status).toBe(404);
    await put('ours', { value: 'hunter3' }, other);
    await other.send('DELETE', '/api/secrets/ours');
    expect((await list()).items).toMatchObject([{ name: 'ours' }]);
  });

  test('are for nobody but those who may do all', async () => {
    const { body } = await api.client.post<Body>('/api/keys', { name: 'k', scopes: ['runs:*', 'robots:*'] });
    const client = new TestClient(api.url, body.key);
    expect((await client.get('/api/secrets')).status).toBe(403);
    expect((await put('x', { value: 'hunter2' }, client)).status).toBe(403);
    expect((await client.send('DELETE', '/api/secrets/ours')).status).toBe(403);
  });
});

test.each(['/api/robots', '/api/sdk/robots', '/v1/schedules', '/runs', '/api/v2/platform/spaces/x/tasks/'])(
  'a body that is not JSON is told by its place, and not quoted, by %s',
  async (path) => {
    const { status, body } = await api.client.send<Body>('POST', path, { body: '{"value": hunter2}' });
    expect([status, JSON.stringify(body)]).toEqual([
      400,
      expect.stringContaining('unexpected token at line 1, column 11'),
    ]);
    expect(JSON.stringify(body)).not.toContain('hunter');
  },
);

describe('a robot that uses a secret', () => {
  test('is saved before the secret is set, and shows its name', async () => {
    const id = await api.aRobot(signingIn());
    const { body } = await api.client.get<Body>(`/api/robots/${id}`);
    expect(JSON.stringify(body.robot)).toContain('{{secret.shop}}');
    expect(JSON.stringify(body.robot.inputParameters)).not.toContain('secret');
  });

  test('starts on the host of its first address only, in every dialect', async () => {
    const id = await api.aRobot(signingIn());
    const start = (body: Body) => api.client.post<Body>(`/api/robots/${id}/runs`, body);
    expect((await start({ originUrl: 'https://shop.test/other' })).status).toBe(200);
    for (const body of [
      { originUrl: 'https://evil.test/' },
      { inputs: { originUrl: 'https://evil.test/' } },
    ]) {
      const refused = await start(body);
      expect(refused.status).toBe(400);
      expect(refused.body.faults).toMatchObject([{ path: 'inputs.originUrl' }]);
    }
    const definition = { ...signingIn('{{originUrl}}'), inputs: [{ name: 'originUrl' }] };
    const unknown = await api.client.post<Body>('/api/robots', { name: 'R', definition });
    expect([unknown.status, unknown.body.faults]).toMatchObject([400, [{ path: 'steps[0].url' }]]);
    const sdk = await api.client.post<Body>(`/api/sdk/robots/${id}/execute`, {
      params: { originUrl: 'https://evil.test/' },
    });
    expect(sdk.status).toBe(400);
  });

  test('gets none by an input, and takes none that is called as one', async () => {
    const id = await api.aRobot(signingIn());
    const start = (inputs: Body) => api.client.post<Body>(`/api/robots/${id}/runs`, { inputs });
    expect((await start({ 'secret.shop': 'mine' })).status).toBe(400);
    const { status, body } = await start({ word: '{{secret.shop}}' });
    expect(status).toBe(200);
    const [task] = await api.beside.query('SELECT inputs FROM tasks WHERE run_id = $1', [body.run.runId]);
    expect(task.inputs.word).toBe('{{secret.shop}}');
  });

  test('or a proxy that does not answer is not saved, and is told where', async () => {
    const proxy = { server: 'http://127.0.0.1:9', username: 'me', password: '{{secret.proxy}}' };
    const create = () =>
      api.client.post<Body>('/api/robots', { name: 'R', definition: { ...signingIn(), options: { proxy } } });
    const unset = await create();
    expect(unset.status).toBe(400);
    expect(unset.body.faults).toEqual([
      { path: 'options.proxy', message: 'The secret "proxy" is not set; set it first' },
    ]);
    await put('proxy', { value: 'hunter2' });
    const silent = await create();
    expect(silent.status).toBe(400);
    expect(silent.body.faults).toMatchObject([{ path: 'options.proxy' }]);
    expect(JSON.stringify(silent.body)).not.toContain('hunter2');
  });

  test('does not send it to a proxy that the key is not for, by any route that saves robots', async () => {
    await put('proxy', { value: 'hunter2' });
    const id = await api.aRobot();
    const key = { name: 'k', scopes: ['robots:*'], domains: ['only.test'] };
    const client = new TestClient(api.url, (await api.client.post<Body>('/api/keys', key)).body.key);
    const proxy = { server: 'http://127.0.0.1:9', username: 'me', password: '{{secret.proxy}}' };
    const definition = { ...signingIn('https://only.test/'), options: { proxy } };
    const body = JSON.stringify({ definition });
    const replaced = await client.send<Body>('PUT', `/api/robots/${id}`, { body });
    const created = await client.post<Body>('/api/robots', { name: 'R', definition });
    for (const { status, body: told } of [replaced, created]) {
      expect([status, told.faults]).toMatchObject([400, [{ path: 'options.proxy.server' }]]);
    }
  });
});
