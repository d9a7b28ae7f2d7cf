import { gzipSync } from 'node:zlib';
import { TestClient } from '@runnel/testing';
import { key, startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(async () => {
  await api.close();
});

const csv = { 'content-type': 'text/csv' };
const stores = 'id,url\r\n1,http://a/\r\n2,http://b/\r\n';
const unknown = '01890000-0000-7000-8000-000000000000';

/** Sends bytes as curl does. */
async function upload(query: string, body: string | Buffer, headers: Record<string, string> = csv) {
  const sent = { 'x-api-key': key, ...headers };
  const bytes = new Uint8Array(Buffer.from(body));
  const response = await fetch(`${api.url}/api/files${query}`, {
    method: 'POST',
    headers: sent,
    body: bytes,
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}

test('a file is kept, shown, listed newest first and deleted', async () => {
  const made = await upload('?name=stores.csv', stores, {
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect([made.status, Object.keys(made.body)]).toEqual([201, ['statusCode', 'messageCode', 'file']]);
  const { file } = made.body;
  expect(file).toEqual({
    id: expect.any(String),
    name: 'stores.csv',
    contentType: 'text/csv',
    size: stores.length,
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    records: 2,
  });
  const at = `/api/files/${file.id}`;
  expect(made.headers.get('location')).toBe(`${api.url}${at}`);
  expect((await api.client.get<Body>(at)).body.file).toEqual(file);

  const { body: second } = await upload('?name=b.json', gzipSync('[{"a":1}]'), {
    'content-encoding': 'gzip',
  });
  expect(second.file).toMatchObject({ contentType: 'application/json', records: 1, size: 9 });
  const first = (await api.client.get<Body>('/api/files?limit=1')).body.files;
  expect([first.totalCount, first.items[0].id]).toEqual([2, second.file.id]);
  const next = (await api.client.get<Body>(`/api/files?limit=1&cursor=${first.nextCursor}`)).body.files;
  expect(next.items.map(({ id }: Body) => id)).toEqual([file.id]);

  const other = 'rk_the-key-of-another-space';
  await api.dataSource.query(
    `WITH s AS (INSERT INTO spaces (id, name) VALUES (gen_random_uuid(), 'other') RETURNING id)
     INSERT INTO api_keys (scopes, id, space_id, name, prefix, hash)
     SELECT '{admin}', gen_random_uuid(), id, 'k', 'rk_', sha256($1::bytea) FROM s`,
    [other],
  );
  const stranger = new TestClient(api.url, other);
  expect((await stranger.get(at)).status).toBe(404);
  expect((await stranger.send('DELETE', at)).status).toBe(404);
  expect((await stranger.get<Body>('/api/files')).body.files.totalCount).toBe(0);

  expect((await api.client.send('DELETE', at)).status).toBe(200);
  expect((await api.client.get(at)).status).toBe(404);
  expect((await api.client.send('DELETE', at)).status).toBe(404);
});

test('a file of nearly twenty mebibytes is taken; one of more is too large', async () => {
  const row = `${'x'.repeat(2_000)}\n`;
  const { status, body } = await upload('?name=big.csv', `a\n${row.repeat(9_999)}`);
  expect([status, body.file?.records]).toEqual([201, 9_999]);
  const larger = await upload('?name=big.csv', Buffer.alloc(20 * 1024 * 1024 + 1, 'x'));
  expect([larger.status, larger.body.code, larger.body.message]).toEqual([
    413,
    'BODY_TOO_LARGE',
    'The file is larger than 20 MiB; split it into several',
  ]);
  expect(larger.body.requestId).toEqual(expect.any(String));
});

interface Sent {
  what: string;
  query?: string;
  content?: string | Buffer;
  headers?: Record<string, string>;
  says: RegExp;
}
test.each<Sent>([
  { what: 'empty', content: '', says: /cannot be read.*is empty/ },
  { what: 'without a name', query: '', says: /name.*is missing/ },
  { what: 'with an empty name', query: '?name=', says: /"path":"name"/ },
  { what: 'sent with an unknown word', query: '?name=a&nmae=b', says: /"didYouMean":"name"/ },
  { what: 'rubbish', content: Buffer.from([1, 2, 250, 0, 7]), says: /line 1.*is not UTF-8/ },
  {
    what: 'no JSON',
    headers: { 'content-type': 'application/json' },
    says: /JSON \(told by its content type\)/,
  },
  { what: 'a form', headers: { 'content-type': 'multipart/form-data; boundary=x' }, says: /--data-binary/ },
  { what: 'not what its encoding says', headers: { 'content-encoding': 'gzip' }, says: /did not arrive/ },
  { what: 'in an unknown encoding', headers: { 'content-encoding': 'x' }, says: /did not arrive/ },
])('a file that is $what is refused', async ({ query = '?name=a.csv', content = stores, headers, says }) => {
  const { status, body } = await upload(query, content, { ...csv, ...headers });
  expect([status, body.messageCode, body.code]).toEqual([400, 'bad_request', 'INVALID_INPUT']);
  expect(JSON.stringify(body)).toMatch(says);
});

test('a file that is not there, or has no valid id, is not found', async () => {
  for (const id of [unknown, 'x', `${unknown}'--`]) {
    const { status, body } = await api.client.get<Body>(`/api/files/${id}`);
    expect([status, body.message]).toEqual([404, `File with id "${id}" not found.`]);
    expect((await api.client.send('DELETE', `/api/files/${id}`)).status).toBe(404);
  }
});
