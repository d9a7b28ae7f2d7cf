import fc, { type Arbitrary } from 'fast-check';
import type { DocumentedOperation } from './documented-operation';
import type { Sent } from './send';

/** A deep value is written by hand: no writer of JSON goes down so far. */
const levels = 10_000;
const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`;
const deepObject = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

/** JSON that stands where something else is expected. */
const wrongValues = [
  ...['null', 'true', '-1', '1e400', '0.5', '9007199254740993', '""', '"x"', '[]', '{}', '[[]]', '[null]'],
  ...[`"${'x'.repeat(100_000)}"`, `[${'0,'.repeat(20_000)}0]`, deep, deepObject],
  ...['{"__proto__":{"a":1}}', '{"constructor":{"prototype":{"a":1}}}', '{"toString":1}', '{"a":1,"a":2}'],
  ...[
    '"\\u0000"',
    '{"\\u0000":1}',
    '"\\ud800"',
    '"\\udc00x"',
    '"\u202e"',
    '"2025-02-30"',
    '"__proto__"',
    'undefined',
  ],
];

const wrongBodies = [
  ...['', ' ', '{', '{"', '[', '"', '{"a":}', 'nothing', '\ufeff{}', '{}{}', 'a=1&b=2', '<xml/>', '\0'],
  ...wrongValues,
];

const wrongWords = [
  ...[
    '',
    ' ',
    'x',
    '-1',
    '0',
    '1.5',
    '1e9',
    '99999999999',
    'null',
    'undefined',
    'NaN',
    '[object Object]',
    '%',
    '_',
    '*',
  ],
  ...["' OR 1=1 --", '"; DROP TABLE runs', '../..', '__proto__', 'constructor', 'toString', '\u202e', '🦀'],
  ...['x'.repeat(5_000), '0'.repeat(5_000), 'z'.repeat(25), 'Z'.repeat(24), `flow_${'z'.repeat(25)}`],
];

/** Words that no encoder would write. */
const rawWords = [
  '%',
  '%zz',
  '%ff',
  '%c0%80',
  '%ed%a0%80',
  '%00',
  'a%00b',
  '%2f',
  '..%2f..',
  '%25',
  '+',
  ';',
  '%0d%0a',
  '.',
  '..',
];

/** Ways to add to a query what nobody asked for. */
const additions = [
  ...[
    'nothing=1',
    '__proto__=1',
    '__proto__[a]=1',
    'constructor[prototype][a]=1',
    '=',
    '&&&',
    '=1',
    'a',
    '%zz=1',
    '%00=1',
  ],
];

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'];

/** Requests that are near to one of the good ones, and wrong. */
export function brokenOf(operation: DocumentedOperation, goods: Sent[]): Arbitrary<Sent> {
  return fc.constantFrom(...goods).chain((good) => brokenFrom(operation, good));
}

function brokenFrom(operation: DocumentedOperation, good: Sent): Arbitrary<Sent> {
  const ways = [
    fc
      .constantFrom(...methods.filter((method) => method !== good.method))
      .map((method) => ({ ...good, method })),
    ...pathWays(operation, good),
    ...queryWays(operation, good),
    ...headerWays(operation, good),
    ...(operation.body ? bodyWays(operation, good) : []),
  ];
  return fc.oneof(...ways);
}

function pathWays({ path }: DocumentedOperation, good: Sent): Arbitrary<Sent>[] {
  const [address = '', query] = good.path.split('?');
  const steps = address.split('/');
  const named = path.split('/').flatMap((step, index) => (step.startsWith('{') ? [index] : []));
  if (named.length === 0) return [];
  const words = fc.oneof(
    fc.constantFrom(...rawWords),
    fc.constantFrom(...wrongWords).map(encodeURIComponent),
  );
  return [
    fc.tuple(fc.constantFrom(...named), words).map(([index, word]) => {
      const broken = steps.with(index, word).join('/');
      return { ...good, path: query === undefined ? broken : `${broken}?${query}` };
    }),
  ];
}

function queryWays({ parameters }: DocumentedOperation, good: Sent): Arbitrary<Sent>[] {
  const [address = '', query = ''] = good.path.split('?');
  const withQuery = (text: string): Sent => ({ ...good, path: `${address}?${text}` });
  const added = fc.constantFrom(...additions).map((text) => withQuery(`${query}&${text}`));
  const names = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  if (names.length === 0) return [added];
  const name = fc.constantFrom(...names);
  const others = (left: string): string[] =>
    query.split('&').filter((part) => part !== '' && !part.startsWith(`${left}=`));
  const words = fc.oneof(
    fc.constantFrom(...rawWords),
    fc.constantFrom(...wrongWords).map(encodeURIComponent),
  );
  return [
    added,
    name.map((left) => withQuery(others(left).join('&'))),
    fc.tuple(name, words).map(([asked, word]) => withQuery([...others(asked), `${asked}=${word}`].join('&'))),
    fc
      .tuple(
        name,
        fc.constantFrom('[a]=1', '[]=1', '[0]=1', '[__proto__]=1', '[a][b]=1', '.a=1', '=1&=2', ''),
      )
      .map(([asked, tail]) => withQuery([...others(asked), `${asked}${tail}`].join('&'))),
    name.map((asked) => withQuery([...others(asked), `${asked}=1`, `${asked}=2`].join('&'))),
  ];
}

function headerWays(operation: DocumentedOperation, good: Sent): Arbitrary<Sent>[] {
  const names = operation.parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
  const own = ['accept', ...names.filter((name) => name !== 'Prefer')];
  const values = fc.constantFrom(
    '',
    'x',
    '-1',
    'é',
    '"',
    'x'.repeat(3_000),
    'text/html',
    'application/json',
    '*/*;q=x',
  );
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/json; charset=utf-7',
    'x',
  ];
  return [
    fc.tuple(fc.constantFrom(...own), values).map(([name, value]) => withHeader(good, name, value)),
    ...(operation.body
      ? [
          fc.constantFrom(...types).map((type) => withHeader(good, 'content-type', type)),
          fc
            .constantFrom('gzip', 'br', 'x')
            .map((encoding) => withHeader(good, 'content-encoding', encoding)),
        ]
      : []),
  ];
}

function withHeader(good: Sent, name: string, value: string): Sent {
  return { ...good, headers: { ...good.headers, [name]: value } };
}

function bodyWays({ body }: DocumentedOperation, good: Sent): Arbitrary<Sent>[] {
  const bytes = fc.constantFrom(
    Buffer.from([0xff, 0xfe, 0x7b]),
    Buffer.from('{"name":"\xff"}', 'latin1'),
    Buffer.alloc(1024 * 1024 + 1, 'x'),
  );
  const whole = fc.oneof({ weight: 4, arbitrary: fc.constantFrom<string | Buffer>(...wrongBodies) }, bytes);
  const ways = [whole.map((text) => ({ ...good, body: text }))];
  if (body?.type !== 'application/json' || typeof good.body !== 'string') return ways;
  const places = placesIn(JSON.parse(good.body));
  const place = fc.constantFrom(...places);
  const text = fc.constantFrom(...wrongValues);
  const changed = (value: unknown): string => JSON.stringify(value);
  const parsed = (): unknown => JSON.parse(String(good.body));
  return [
    ...ways,
    // Another value at some place: twice, as it is the most that a client gets wrong.
    ...[1, 2].map(() =>
      fc.tuple(place, text).map(([steps, value]) => ({
        ...good,
        body: changed(changedAt(parsed(), steps, () => hole)).replace(`"${hole}"`, () => value),
      })),
    ),
    fc
      .constantFrom(...places.filter((steps) => steps.length > 0), ['nothing'])
      .map((steps) => ({ ...good, body: changed(changedAt(parsed(), steps, () => undefined)) })),
    fc
      .tuple(place, fc.constantFrom('nothing', '__proto__', 'constructor', '', 'a\0', 'x'.repeat(300)), text)
      .map(([steps, name, value]) => ({
        ...good,
        body: changed(changedAt(parsed(), steps, (found) => ({ ...asObject(found), [`${hole} name`]: hole })))
          .replace(`"${hole} name"`, () => JSON.stringify(name))
          .replace(`"${hole}"`, () => value),
      })),
  ];
}

const hole = 'here stands something else';

/** Every place in a value, by the steps that lead there. */
function placesIn(value: unknown, steps: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [steps];
  return [steps, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...steps, name]))];
}

function changedAt(value: unknown, steps: string[], change: (found: unknown) => unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return change(value);
  if (Array.isArray(value)) {
    return value.map((inner, index) => (String(index) === step ? changedAt(inner, rest, change) : inner));
  }
  const found = asObject(value);
  return { ...found, [step]: changedAt(found[step], rest, change) };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
