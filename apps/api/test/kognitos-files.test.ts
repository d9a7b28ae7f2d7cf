import { createSpace, largestFile } from '@runnel/services';
import { SpaceStore } from '@runnel/store';
import { TestClient } from '@runnel/testing';
import { noSuchFile } from '../src/dialects/kognitos/no-such-file';
import { signedQuery } from '../src/dialects/kognitos/upload-policy';
import { asBase36, readBase36 } from '../src/id-forms';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let process: string;
let spaceId: string;

beforeAll(async () => {
  api = await startTestApi();
  process = asBase36(await api.aRobot({ inputs: [{ name: 'url', type: 'string' }] }));
  [{ id: spaceId }] = await api.beside.query('SELECT id FROM spaces');
});

afterAll(async () => {
  await api.close();
});

async function ask(name: string, mount = ''): Promise<Body> {
  return (await api.client.post<Body>(`${mount}/files`, { file_name: name })).body;
}

interface Sent {
  content: string | Buffer;
  type?: string;
  field?: string;
  fields?: Record<string, string>;
}

/** Sends the file to its address, as a client does that knows nothing but the answer. */
async function send(url: string, { content, type = '', field = 'file', fields = {} }: Sent) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set(field, new Blob([new Uint8Array(Buffer.from(content))], { type }), 'sent.bin');
  const response = await fetch(url, { method: 'POST', body: form });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body };
}

function start(fileIds: string[]) {
  const body = { name: 'x', process_id: process, agent_id: asBase36(spaceId), stage: 'Published' };
  return api.client.post<Body>('/v2/runs', { ...body, file_ids: fileIds });
}

async function tasksOf(run: string): Promise<Body[]> {
  const statement = 'SELECT inputs, record FROM tasks WHERE run_id = $1 ORDER BY ordinal';
  const tasks: Body[] = await api.beside.query(statement, [readBase36(run)]);
  return tasks.map(({ inputs, record }) => ({ inputs: { ...inputs, originUrl: undefined }, record }));
}

test.each(['', '/v2'])('a file is sent in three steps under "%s"', async (mount) => {
  const asked = await api.client.post<Body>(`${mount}/files`, {
    file_name: 'stores.csv',
    agent_id: asBase36(spaceId),
  });
  expect([asked.status, asked.body]).toEqual([
    201,
    {
      id: expect.stringMatching(/^[0-9a-z]{25}$/),
      file_name: 'stores.csv',
      upload_url: expect.any(String),
      upload_http_method: 'POST',
      upload_http_headers: {},
      upload_fields: {},
    },
  ]);
  const { id, upload_url: url } = asked.body;
  expect(url.startsWith(`${api.url}${mount}/files/${id}/upload?`)).toBe(true);
  const early = await start([id]);
  expect([early.status, early.body.details]).toEqual([
    400,
    [{ location: ['body', 'file_ids', 0], message: noSuchFile, type: 'invalid', found: id }],
  ]);
  const sent = await send(url, { content: 'id,url\n1,http://a/\n2,http://b/\n', fields: { policy: 'x' } });
  expect(sent).toEqual({ status: 204, body: null });
  const { status, body: run } = await start([id]);
  expect([status, run.file_ids]).toEqual([201, [id]]);
  expect(await tasksOf(run.id)).toEqual([
    { inputs: { url: 'http://a/' }, record: { id: '1', name: null, type: null } },
    { inputs: { url: 'http://b/' }, record: { id: '2', name: null, type: null } },
  ]);
  expect((await api.client.get<Body>(`/runs/${run.id}`)).body.file_ids).toEqual([id]);
  expect((await send(url, { content: 'url\nhttp://c/\n' })).status).toBe(409);
});

test('JSON and lines of JSON become tasks; a file of another kind is kept with the run', async () => {
  const files = [
    { name: 'a.json', content: '[{"url":"http://a/","more":1}]' },
    { name: 'b.ndjson', content: '{"url":"http://b/"}\n{"url":"http://c/"}\n' },
    { name: 'c.pdf', content: Buffer.from([1, 0, 255]), type: 'application/pdf' },
  ];
  const ids: string[] = [];
  for (const { name, ...sent } of files) {
    const { id, upload_url: url } = await ask(name);
    expect((await send(url, sent)).status).toBe(204);
    ids.push(id);
  }
  const { body: run } = await start(ids);
  expect(run.file_ids).toEqual(ids);
  expect((await tasksOf(run.id)).map(({ inputs }) => inputs)).toEqual([
    { url: 'http://a/', more: 1 },
    { url: 'http://b/' },
    { url: 'http://c/' },
  ]);
  const kept = (await api.client.get<Body>(`/api/files/${readBase36(ids[2]!)}`)).body.file;
  expect(kept).toMatchObject({ name: 'c.pdf', contentType: 'application/pdf', size: 3, records: null });
});

test('a file that cannot be read is refused at its upload, and may be sent again', async () => {
  const { upload_url: url } = await ask('a.json');
  const { status, body } = await send(url, { content: '[{"url":[]},{"url":{}}]' });
  expect([status, body.details.map(({ location }: Body) => location)]).toEqual([
    400,
    [
      ['body', 'file', 0, 'url'],
      ['body', 'file', 1, 'url'],
    ],
  ]);
  expect((await send(url, { content: '[{"url":"http://a/"}]' })).status).toBe(204);
});

test.each<[string, Partial<Sent>, unknown[]]>([
  ['in another field', { field: 'data' }, ['data']],
  ['beside a long text', { fields: { a: 'x'.repeat(9_000) } }, ['a']],
])('a file %s is refused', async (_what, sent, location) => {
  const { upload_url: url } = await ask('a.txt');
  const { status, body } = await send(url, { content: 'x', ...sent });
  expect([status, body.details[0].location]).toEqual([400, ['body', ...location]]);
});

test('what is no form is refused', async () => {
  const { upload_url: url } = await ask('a.txt');
  const multipart = { 'content-type': 'multipart/form-data; boundary=x' };
  for (const sent of [{ body: '{}' }, { body: 'rubbish', headers: multipart }, {}]) {
    const response = await fetch(url, { method: 'POST', ...sent });
    const body = (await response.json()) as Body;
    expect([response.status, body.code]).toEqual([400, 'INVALID_INPUT']);
  }
});

test('a file of as many bytes as are allowed is taken; one of more is too large', async () => {
  const { upload_url: url } = await ask('x'.repeat(256));
  const larger = await send(url, { content: Buffer.alloc(largestFile + 1) });
  expect([larger.status, larger.body.code]).toEqual([413, 'BODY_TOO_LARGE']);
  expect((await send(url, { content: Buffer.alloc(largestFile) })).status).toBe(204);
});

test('an address that was altered, or is over, is forbidden', async () => {
  const { id, upload_url: url } = await ask('a.txt');
  const [path, query] = url.split('?');
  const other = await ask('b.txt');
  const fileId = readBase36(id)!;
  const key = (await new SpaceStore(api.beside.manager).signingKey(spaceId))!;
  const late = signedQuery(key, { spaceId, fileId, name: 'a.txt', until: Date.now() - 1 });
  const stranger = await createSpace(api.beside, 'stranger');
  const theirs = signedQuery(key, {
    spaceId: stranger.id,
    fileId,
    name: 'a.txt',
    until: Date.now() + 60_000,
  });
  const nobody = signedQuery(key, { spaceId: fileId, fileId, name: 'a.txt', until: Date.now() + 60_000 });
  const refused = [
    other.upload_url.replace(other.id, id),
    `${path}?${late}`,
    `${path}?${theirs}`,
    `${path}?${nobody}`,
    url.slice(0, -3),
    `${path}?${query.replace('policy=', 'policy=A')}`,
  ];
  for (const address of refused) {
    const { status, body } = await send(address, { content: 'x' });
    expect([status, body.status_code, body.code]).toEqual([403, 403, 'FORBIDDEN']);
  }
  expect((await send(path, { content: 'x' })).status).toBe(400);
  expect((await send(url, { content: 'x' })).status).toBe(204);
});

test('a file with no name, or for another agent, gets no address', async () => {
  const wrong = await api.client.post<Body>('/files', {});
  expect([wrong.status, wrong.body.details[0].location]).toEqual([400, ['body', 'file_name']]);
  const long = await api.client.post<Body>('/files', { file_name: 'x'.repeat(257) });
  expect(long.status).toBe(400);
  expect((await ask('😀'.repeat(256))).file_name).toBe('😀'.repeat(256));
  const theirs = await api.client.post<Body>('/files', { file_name: 'a', agent_id: process });
  expect(theirs.status).toBe(404);
  const keyless = await new TestClient(api.url, null).post<Body>('/v2/files', { file_name: 'a' });
  expect(keyless.status).toBe(401);
});

test("another space's file cannot be named in a start", async () => {
  const { key } = await createSpace(api.beside, 'third');
  const client = new TestClient(api.url, key);
  const { id, upload_url: url } = (await client.post<Body>('/files', { file_name: 'a.txt' })).body;
  expect((await send(url, { content: 'x' })).status).toBe(204);
  const { status, body } = await start([id]);
  expect([status, body.details[0].message]).toEqual([400, noSuchFile]);
});
