import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { aDocument } from '@runnel/testing';
import { key, startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let robotId: string;

beforeAll(async () => {
  api = await startTestApi();
  robotId = await api.aRobot();
});

afterAll(async () => {
  await api.close();
});

const headers = { 'x-api-key': key, 'content-type': 'application/json' };

async function send(path: string, body: string | Buffer, more: Record<string, string> = {}) {
  const began = performance.now();
  const sent = typeof body === 'string' ? body : new Uint8Array(body);
  const response = await fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { ...headers, ...more },
    body: sent,
  });
  const text = await response.text();
  const told: Body = text === '' ? {} : JSON.parse(text);
  return { status: response.status, body: told, size: text.length, ms: performance.now() - began };
}

const nested = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

describe('a body of JSON', () => {
  test('is refused when it is nested deeper than 32 levels, with a fault', async () => {
    for (const body of [nested(33), nested(100_000), '['.repeat(1_000_000)]) {
      const { status, body: told, ms } = await send('/api/robots', body);
      expect([status, told['code']]).toEqual([400, 'INVALID_INPUT']);
      expect(told['faults']).toEqual([{ path: '', message: 'is nested deeper than 32 levels' }]);
      expect(ms).toBeLessThan(1_000);
    }
    expect((await send('/api/robots', nested(32))).body['faults'][0].message).not.toContain('nested');
  });

  test.each(['/v1/schedules', '/runs', '/api/sdk/robots'])('is told so in the words of %s', async (path) => {
    const { status, body } = await send(path, nested(40));
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('nested deeper than 32')]);
  });

  test.each(['utf-16', 'utf-16le', 'utf-32', 'utf-7'])('is UTF-8, and no %s', async (charset) => {
    const bytes = Buffer.from('{"name":"x"}', 'utf16le');
    const more = { 'content-type': `application/json; charset=${charset}` };
    const { status, body } = await send('/api/robots', bytes, more);
    expect([status, body['code']]).toEqual([400, 'BODY_NOT_JSON']);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('that is %s may be a mebibyte when it is unpacked', async (encoding, pack) => {
    const more = { 'content-encoding': encoding };
    const name = 'x'.repeat(100);
    const fits = await send('/api/robots', pack(JSON.stringify({ name, definition: aDocument() })), more);
    expect(fits.status).toBe(201);
    const bomb = pack(Buffer.alloc(64 * 1024 * 1024, ' '));
    const before = process.memoryUsage().rss;
    const { status, body, ms } = await send('/api/robots', bomb, more);
    expect([status, body['code'], ms < 1_000]).toEqual([413, 'BODY_TOO_LARGE', true]);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test('that is packed in a way that it does not say is told to be no JSON', async () => {
    const { status, body } = await send('/api/robots', '{}', { 'content-encoding': 'gzip' });
    expect([status, body['code']]).toEqual([400, 'BODY_NOT_JSON']);
    expect((await send('/api/robots', '{}', { 'content-encoding': 'zip' })).status).toBe(400);
  });

  test('with thousands of faults is answered with the first of them, and soon', async () => {
    const many = Array.from({ length: 40_000 }, (_, n) => [`wrong_key_${n}`, n]);
    const hostile = [
      JSON.stringify(Object.fromEntries(many)),
      JSON.stringify({ records: Array.from({ length: 250_000 }, () => 1) }),
      JSON.stringify({ records: Array.from({ length: 50_000 }, () => ({ inputs: 1 })) }),
      JSON.stringify({ tags: Array.from({ length: 250_000 }, () => 1) }),
      JSON.stringify({ definition: { steps: Array.from({ length: 100_000 }, () => ({ a: 1 })) } }),
      JSON.stringify({ definition: { steps: [{ type: 'extract', fields: Object.fromEntries(many) }] } }),
      JSON.stringify({ ['x'.repeat(900_000)]: 1 }),
    ];
    const paths = ['/api/robots', `/api/robots/${robotId}/runs`, '/v1/schedules', '/runs', '/api/sdk/robots'];
    for (const path of paths) {
      for (const [index, body] of hostile.entries()) {
        const { status, size, ms } = await send(path, body);
        expect([path, index, status]).toEqual([path, index, 400]);
        expect([path, index, size < 2 * 1024 * 1024, ms < 1_500]).toEqual([path, index, true, true]);
      }
    }
  });

  test.each(['{"__proto__":{"isAdmin":true}}', '{"name":"x","inputs":{"__proto__":{"a":1}}}'])(
    'does not name __proto__: %s',
    async (body) => {
      expect((await send('/api/robots', body)).body['message']).toContain('"__proto__" is not allowed');
    },
  );

  test('changes the prototype of nothing by other names', async () => {
    const words = { constructor: { prototype: { polluted: true } }, prototype: { polluted: true } };
    const robot = JSON.stringify({ name: 'x', definition: aDocument(), ...words });
    expect((await send('/api/robots', robot)).status).toBe(400);
    for (const path of [`/api/robots/${robotId}/runs`, '/runs', '/v1/schedules']) {
      await send(path, JSON.stringify({ inputs: words, records: [{ inputs: words }], ...words }));
      await send(`${path}?constructor[prototype][polluted]=1&__proto__[polluted]=1`, '{}');
    }
    expect(({} as Body)['polluted']).toBeUndefined();
    expect((Object as unknown as Body)['polluted']).toBeUndefined();
  });
});

describe('a file of records', () => {
  test('may be nested as deep as it likes, and breaks nothing', async () => {
    for (const [name, text] of [
      ['deep.json', `[${nested(200_000)}]`],
      ['deep.ndjson', `${nested(200_000)}\n`],
      ['list.json', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
      ['proto.json', '[{"__proto__":{"polluted":true}}]'],
    ] as const) {
      const { status, ms } = await send(`/api/files?name=${name}`, text);
      expect([name, status, ms < 2_000]).toEqual([name, 400, true]);
    }
    expect(({} as Body)['polluted']).toBeUndefined();
  });

  test('that is packed is as large as it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 'a'));
    const { status, ms } = await send('/api/files?name=x.csv', bomb, { 'content-encoding': 'gzip' });
    expect([status, ms < 2_000]).toEqual([413, true]);
  });
});

/** What a form is made of, by hand. */
async function upload(parts: string[], boundary = 'b'): Promise<{ status: number; body: Body }> {
  const { body: given } = await send('/files', JSON.stringify({ file_name: 'x.bin' }));
  const body = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('') + `--${boundary}--\r\n`;
  const type = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  const response = await fetch(given['upload_url'], { method: 'POST', headers: type, body });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

const field = (name: string, value = 'x') => `content-disposition: form-data; name="${name}"\r\n\r\n${value}`;
const file = (name = 'file', filename = 'a.bin') =>
  `content-disposition: form-data; name="${name}"; filename="${filename}"\r\ncontent-type: x/y\r\n\r\nbytes`;

describe('a form', () => {
  test.each<[string, string[]]>([
    ['two files', [file(), file('other')]],
    ['a file of another name', [file('other')]],
    ['too many fields', [...Array.from({ length: 30 }, (_, n) => field(`f${n}`)), file()]],
    ['a field that is too long', [field('a', 'x'.repeat(10_000)), file()]],
    ['a name that is too long', [field('a'.repeat(200)), file()]],
    ['a name that is nested', [field(`a${'[b]'.repeat(30)}`), file()]],
    ['a name that is a place in a list', [field('a[4000000000]'), file()]],
    ['headers without end', [`${'x: y\r\n'.repeat(3_000)}${file()}`]],
    ['no file', [field('a')]],
    ['nothing', []],
  ])('of %s is refused', async (_what, parts) => {
    const { status, body } = await upload(parts);
    expect([status, body['status_code']]).toEqual([400, 400]);
  });

  test('changes the prototype of nothing', async () => {
    await upload([field('__proto__[polluted]'), field('constructor[prototype][polluted]'), file()]);
    expect(({} as Body)['polluted']).toBeUndefined();
  });

  test('may call its file as it likes: no path comes of it', async () => {
    expect((await upload([file('file', '../../../etc/passwd')])).status).toBe(204);
  });
});

describe('an address', () => {
  test('of thousands of words is refused', async () => {
    const many = Array.from({ length: 2_000 }, (_, n) => `a${n}=1`).join('&');
    const { status, body } = await api.client.get<Body>(`/api/robots?${many}`);
    expect([status, body['code'], body['faults'].length <= 1_000]).toEqual([400, 'INVALID_INPUT', true]);
  });

  test('and its headers have 16 KiB together', async () => {
    expect((await fetch(`${api.url}/api/robots?a=${'x'.repeat(20_000)}`, { headers })).status).toBe(431);
    expect(
      (await fetch(`${api.url}/api/robots`, { headers: { ...headers, a: 'x'.repeat(20_000) } })).status,
    ).toBe(431);
  });
});

/** Sends bytes as they are, and gives what is answered until the connection is closed. */
async function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  socket.on('error', () => null);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(bytes);
  setTimeout(() => socket.end(), 500).unref();
  await closed;
  return answer;
}

const head = (more: string) =>
  `POST /api/robots HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\ncontent-type: application/json\r\n${more}\r\n\r\n`;

describe('a length that lies', () => {
  test.each([
    ['both ways at once', `${head('content-length: 2\r\ntransfer-encoding: chunked')}0\r\n\r\n`],
    ['twice', `${head('content-length: 2\r\ncontent-length: 3')}{}`],
    ['below nothing', `${head('content-length: -1')}{}`],
    ['no number', `${head('content-length: 0x2')}{}`],
    ['a chunk of no length', `${head('transfer-encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n`],
    ['an encoding that is none', `${head('transfer-encoding: gzip')}{}`],
  ])('%s ends the connection, and nothing is made of it', async (_how, bytes) => {
    const answer = await raw(`${bytes}GET /api/robots HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
  });

  test('what is less than was said is never a body', async () => {
    const before = (await api.client.get<Body>('/api/robots')).body;
    await raw(`${head('content-length: 500')}{"name":"half","definition":{}}`);
    expect((await api.client.get<Body>('/api/robots')).body).toEqual(before);
  });
});

describe('an error', () => {
  const insides =
    /node_modules|\.ts\b|\.js:|at \w+ \(|SELECT|INSERT|relation|column|127\.0\.0\.1|postgres|\/work\//i;

  test('that nobody thought of shows nothing of the inside', async () => {
    await api.beside.query('ALTER TABLE runs RENAME TO gone');
    const paths = [
      `/api/robots/${robotId}/runs`,
      '/v1/schedules',
      `/runs?process_id=x`,
      `/api/sdk/robots/${robotId}/runs`,
    ];
    for (const path of paths) {
      const response = await fetch(`${api.url}${path}`, { headers });
      const text = await response.text();
      expect([path, response.status >= 400, insides.test(text)]).toEqual([path, true, false]);
    }
    const { status, body } = await api.client.get<Body>(`/api/robots/${robotId}/runs`);
    expect([status, body['code'], Object.keys(body).sort()]).toEqual([
      500,
      'INTERNAL',
      ['code', 'message', 'messageCode', 'requestId', 'statusCode'],
    ]);
    await api.beside.query('ALTER TABLE gone RENAME TO runs');
  });

  test.each([
    '/docs/%2e%2e%2fpackage.json',
    '/api/robots/%',
    '/%c0%ae%c0%ae/etc/passwd',
    '/docs/swagger-ui.css/x',
  ])('about %s neither', async (path) => {
    const response = await fetch(`${api.url}${path}`, { headers });
    expect([response.status, insides.test(await response.text())]).toEqual([404, false]);
  });

  test('about a range of a file neither', async () => {
    const response = await fetch(`${api.url}/docs/swagger-ui.css`, { headers: { range: 'bytes=99999999-' } });
    expect([response.status < 500, insides.test(await response.text())]).toEqual([true, false]);
  });
});
