import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import type { RawRequest } from './raw-request';

const mebibyte = 1024 * 1024;
const nested = (open: string, close: string, levels: number): string =>
  open.repeat(levels) + close.repeat(levels);

/** JSON, and what only looks like it, that a reader may stumble over. */
const hostileJson = [
  ...[nested('[', ']', 30), nested('[', ']', 400), nested('[', ']', 100_000)],
  ...[`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
  ...[`{"name":"${'x'.repeat(mebibyte - 100)}"}`, `{"name":"${'x'.repeat(mebibyte)}"}`],
  ...[
    `[${'0,'.repeat(100_000)}0]`,
    `{"steps":[${'{},'.repeat(100_000)}{}]}`,
    `"${'\\u00e9'.repeat(100_000)}"`,
  ],
  ...[`{${Array.from({ length: 20_000 }, (_, n) => `"k${n}":${n}`).join(',')}}`],
  ...[
    `{"a":1e400}`,
    `{"a":-1e400}`,
    `{"a":${'9'.repeat(100_000)}}`,
    `{"a":0.${'1'.repeat(100_000)}}`,
    `{"a":-0}`,
  ],
  ...['{"__proto__":{"isAdmin":true}}', '{"a":{"__proto__":1}}', '{"constructor":{"prototype":{"a":1}}}'],
  ...['{"\\u005f_proto__":{"a":1}}', '{"toString":1,"valueOf":1,"hasOwnProperty":1}', '{"then":"x"}'],
  ...['{"a":"\\u0000"}', '{"\\u0000":1}', '{"a":"\\ud800"}', '{"a":"\\udc00\\ud800"}', '{"a":"\\uffff"}'],
  ...[
    '{"name":1,"name":"x"}',
    '\ufeff{}',
    '{}{}',
    '{} x',
    '[1,]',
    '{a:1}',
    "{'a':1}",
    'NaN',
    'Infinity',
    '\0',
  ],
  ...['null', 'true', '0', '""', '[]', '[[]]', '[null]', '{"":""}', '', ' ', '{', '"', '// x\n{}'],
];

const rawBodies = [
  ...[
    Buffer.from('{"name":"x"}', 'utf16le'),
    Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
    Buffer.from([0xff, 0xfe]),
  ],
  ...[
    Buffer.from('{"name":"\xff\xfe"}', 'latin1'),
    Buffer.alloc(mebibyte + 1, 'x'),
    Buffer.alloc(300_000, 0),
  ],
];

/** Small over the line, and 40 MiB behind it. */
const zeros = Buffer.alloc(40 * mebibyte, ' ');
const packed: [encoding: string, body: Buffer][] = [
  ['gzip', gzipSync(zeros)],
  ['deflate', deflateSync(zeros)],
  ['br', brotliCompressSync(zeros)],
  ['gzip', gzipSync(gzipSync(zeros))],
  ['gzip', gzipSync('{}').subarray(0, 12)],
  ['gzip', Buffer.from('{}')],
  ['gzip', Buffer.concat([gzipSync('{'), gzipSync('}')])],
  ['gzip, gzip', gzipSync('{}')],
  ['identity', Buffer.from('{}')],
  ['x', Buffer.from('{}')],
];

const lengths = ['-1', '0x2', '2, 3', '1e3', '99999999999999999999', '+2', '', '2\r\ncontent-length: 3'];

const chunked = [
  '2\r\n{}\r\n0\r\n\r\n',
  'zz\r\n{}\r\n0\r\n\r\n',
  '2;a=b\r\n{}\r\n0\r\nx-a: b\r\n\r\n',
  '-2\r\n{}\r\n',
];

const types = [
  ...['', 'x', 'text/plain', 'application/json; charset=utf-7', 'application/json; charset=utf-16le'],
  ...[
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'text/html',
  ],
  ...[
    `multipart/form-data; boundary=${'b'.repeat(200)}`,
    'application/json; charset="',
    `application/${'j'.repeat(4_000)}`,
  ],
];

export function withHeader(request: RawRequest, name: string, value: string): RawRequest {
  const others = request.headers.filter(([each]) => each.toLowerCase() !== name);
  return { ...request, headers: [...others, [name, value]] };
}

/** The request with another body, or with the same in another dress. */
export function hostileBodies(good: RawRequest): Arbitrary<RawRequest> {
  const own = good.body ?? Buffer.from('{}');
  const whole = fc.constantFrom(...hostileJson.map((text) => Buffer.from(text)), ...rawBodies);
  return fc.oneof(
    { weight: 4, arbitrary: whole.map((body) => ({ ...good, body })) },
    { weight: 3, arbitrary: flippedIn(own).map((body) => ({ ...good, body })) },
    fc
      .constantFrom(...packed)
      .map(([encoding, body]) => withHeader({ ...good, body }, 'content-encoding', encoding)),
    fc.constantFrom(...types).map((type) => withHeader({ ...good, body: own }, 'content-type', type)),
    fc
      .constantFrom(...lengths, String(own.length + 1), String(Math.max(own.length - 1, 0)))
      .map((length) => withHeader({ ...good, body: own, endsEarly: true }, 'content-length', length)),
    fc.constantFrom(...chunked).map((text) => ({
      ...withHeader(good, 'transfer-encoding', 'chunked'),
      body: Buffer.from(text),
      endsEarly: true as const,
    })),
  );
}

/** A few bytes of it are others, are there twice or are not there. */
function flippedIn(body: Buffer): Arbitrary<Buffer> {
  const change = fc.tuple(
    fc.nat(Math.max(body.length - 1, 0)),
    fc.nat(255),
    fc.constantFrom('set', 'drop', 'twice'),
  );
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) =>
    changes.reduce((left, [at, byte, how]) => {
      const [before, after] = [left.subarray(0, at), left.subarray(at + 1)];
      if (how === 'drop') return Buffer.concat([before, after]);
      return Buffer.concat([before, how === 'set' ? Buffer.of(byte) : left.subarray(at), after]);
    }, body),
  );
}
