import fc, { type Arbitrary } from 'fast-check';
import { withHeader } from './hostile-bodies';
import type { RawRequest } from './raw-request';

const values = [
  ...[
    '',
    ' ',
    '\t',
    'x',
    '-1',
    '0',
    '1e9',
    'é',
    '\xff\xfe',
    '"',
    '"x',
    '\\',
    ',',
    ';',
    '=',
    '%00',
    '*',
    'null',
    '{}',
  ],
  ...[
    'x'.repeat(300),
    'x'.repeat(7_000),
    ','.repeat(7_000),
    ' '.repeat(7_000),
    'a=b;'.repeat(1_500),
    '__proto__',
  ],
];

/** What each of these means to somebody on the way. */
const headerNames = [
  ...[
    'idempotency-key',
    'last-event-id',
    'range',
    'if-range',
    'accept',
    'accept-encoding',
    'accept-language',
    'prefer',
  ],
  ...[
    'x-request-id',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'forwarded',
    'origin',
    'referer',
  ],
  ...[
    'if-none-match',
    'if-modified-since',
    'cookie',
    'host',
    'org-handle',
    'x-api-key',
    'authorization',
    'user-agent',
  ],
  ...['x-http-method-override', 'content-type', 'te', 'via', 'access-control-request-method', 'date'],
];

const special: [name: string, value: string][] = [
  ...[0, 1].map((n): [string, string] => ['expect', ['100-continue', 'something'][n] ?? '']),
  ['upgrade', 'websocket'],
  ['upgrade', 'h2c'],
  ['range', 'bytes=0-'],
  ['range', 'bytes=-1'],
  ['range', 'bytes=9-1,0-0,5-99999999999999999999'],
  ['last-event-id', '-1'],
  ['last-event-id', '99999999999999999999'],
  ['last-event-id', '1.5'],
  ['prefer', 'wait=-1'],
  ['prefer', 'wait=x, respond-async'],
  ['prefer', 'wait=1e999'],
  ['accept', 'text/event-stream;q=0'],
  ['accept', '*/*;q=x, , application/json;;'],
  ['authorization', 'Bearer '],
  ['authorization', `Bearer ${'x'.repeat(7_000)}`],
  ['authorization', 'Basic Og=='],
  ['host', 'evil.test:99999'],
  ['host', 'a b'],
  ['host', '[::1'],
  ['x-forwarded-for', "1.2.3.4', '"],
  ['connection', 'close, upgrade, x'],
];

/** More than any reader of headers takes, and some that it does. */
const crowds: [string, string][][] = [
  Array.from({ length: 150 }, (_, n) => [`x-h${n}`, 'v']),
  Array.from({ length: 2_100 }, (_, n) => [`h${n}`, '']),
  Array.from({ length: 50 }, () => ['x-api-key', 'a']),
  Array.from({ length: 20 }, () => ['idempotency-key', 'a']),
  [['x-huge', 'v'.repeat(20_000)]],
  [['__proto__', 'x']],
  [['constructor', 'x']],
  [['a b', 'x']],
  [['x-a', 'b\0c']],
  [['', 'x']],
];

export function hostileHeaders(good: RawRequest): Arbitrary<RawRequest> {
  return fc
    .oneof(
      { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...headerNames), fc.constantFrom(...values)) },
      { weight: 2, arbitrary: fc.constantFrom(...special) },
    )
    .map(([name, value]) => withHeader(good, name, value))
    .chain((one) =>
      fc.oneof(
        { weight: 8, arbitrary: fc.constant(one) },
        fc.constantFrom(...crowds).map((crowd) => ({ ...good, headers: [...good.headers, ...crowd] })),
      ),
    );
}

const words = [
  ...[
    '%00',
    '%',
    '%zz',
    '%c0%80',
    '%ed%a0%80',
    '%ff',
    '%2f',
    '%2F..%2F',
    '%2e%2e',
    '..',
    '.',
    '%5c',
    '\\',
    ';',
    ':',
    '@',
  ],
  ...[
    'x'.repeat(4_000),
    '%41'.repeat(2_000),
    '__proto__',
    'constructor',
    '-1',
    '0',
    '1.5',
    'null',
    '*',
    '+',
    '%20',
    '%0d%0a',
  ],
  ...['%F0%9F%A6%80', '%E2%80%AE', "'", '%22', '[]', '{}', '1'.repeat(400)],
];

const queries = [
  ...[
    'limit=1&limit=2',
    'limit[]=1',
    'limit[a]=1',
    'a[b][c][d][e][f][g][h]=1',
    `a${'[b]'.repeat(1_000)}=1`,
    '%00=1',
  ],
  ...[
    '=',
    '&',
    '&&&',
    '?',
    'a=%',
    'a=%zz',
    'a=%00',
    '__proto__[a]=1',
    'constructor.prototype.a=1',
    'a=1;b=2',
    '+=+',
  ],
  ...[
    `q=${'x'.repeat(8_100)}`,
    'a=1&'.repeat(2_000),
    `cursor=${'A'.repeat(6_000)}`,
    'cursor=%7B%7D',
    'page_size=1e3',
  ],
  ...[
    'limit=999999999999999999999',
    'limit=-1',
    'limit=0x10',
    'from=0000-00-00',
    'status=%00',
    'wait=-1',
    'wait=x',
    'after=-1',
  ],
];

const targets = [
  ...[
    '*',
    '/',
    '//',
    '///api/robots',
    '/api//robots',
    '/api/../api/robots',
    '/api/%2e%2e/robots',
    '/api%2frobots',
    '/./api',
  ],
  ...[
    'http://evil.test/api/robots',
    'evil.test:80',
    '/api/robots/',
    '/API/ROBOTS',
    '/api/robots;a=b',
    '/api/robots%20',
  ],
  ...[
    '/docs/../../package.json',
    '/docs/%2e%2e/%2e%2e/package.json',
    '/docs/..%2f..%2fpackage.json',
    '/openapi/../x.json',
  ],
  ...[
    '/openapi/__proto__.json',
    '/openapi/constructor.json',
    `/${'a'.repeat(12_000)}`,
    `/${'a/'.repeat(4_000)}`,
    '/%',
    '/é',
  ],
  ...[
    '/health/live?x=1',
    '/api/robots?',
    '/api/robots#x',
    '/api\trobots',
    '/v1/schedules/%zz',
    '/api/v2/platform//',
  ],
];

const methods = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'CONNECT',
  'get',
  'X',
  '',
];

export function hostileTargets(good: RawRequest): Arbitrary<RawRequest> {
  const [path = '', query = ''] = good.target.split('?');
  const steps = path.split('/');
  return fc.oneof(
    fc.tuple(fc.nat({ max: steps.length - 1 }), fc.constantFrom(...words)).map(([at, word]) => ({
      ...good,
      target: `/${steps.with(at, word).join('/').replace(/^\/+/, '')}?${query}`,
    })),
    fc
      .constantFrom(...queries)
      .map((text) => ({ ...good, target: `${path}?${query === '' ? '' : `${query}&`}${text}` })),
    fc.constantFrom(...targets).map((target) => ({ ...good, target })),
    fc.constantFrom(...methods).map((method) => ({ ...good, method })),
  );
}
