import fc, { type Arbitrary } from 'fast-check';
import { withHeader } from './hostile-bodies';
import type { RawRequest } from './raw-request';

const names = [
  ...['../../../etc/passwd', '..\\..\\a', '/etc/passwd', 'C:\\a', '.', '..', '', ' ', 'con', '.htaccess'],
  ...[
    'a\0.csv',
    'a%00.csv',
    'x'.repeat(5_000),
    '\u202ecsv.exe',
    'é.csv',
    '<script>.csv',
    '=1+1.csv',
    'a;b"c.csv',
  ],
];

interface Part {
  head: string;
  content: string;
}

const aPart = (name: string, filename: string | null, content = 'word\na\n'): Part => ({
  head:
    `content-disposition: form-data; name="${name}"` +
    (filename === null ? '' : `; filename="${filename}"\r\ncontent-type: text/csv`),
  content,
});

const deepName = `a${'[b]'.repeat(5_000)}`;

const manyParts: Part[][] = [
  [],
  Array.from({ length: 1_000 }, (_, n) => aPart(`f${n}`, null, 'x')),
  Array.from({ length: 1_000 }, (_, n) => aPart(`file`, `${n}.csv`)),
  [aPart(deepName, null), aPart('__proto__[a]', null), aPart('constructor[prototype][a]', null)],
  [aPart('file', 'a.csv'), aPart('file', 'b.csv')],
  [aPart('nothing', 'a.csv')],
  [aPart('file', null)],
  [{ head: 'x-nothing: 1', content: 'a' }],
  [{ head: 'content-disposition: form-data', content: 'a' }],
  [{ head: `content-disposition: form-data; name="file"; ${'a'.repeat(100_000)}`, content: 'a' }],
  [{ head: `content-disposition: form-data; name="file"; filename*=UTF-8''%ff%00`, content: 'a' }],
  [
    {
      head: 'content-disposition: form-data; name="file"; filename="a"\r\ncontent-transfer-encoding: base64',
      content: '!',
    },
  ],
  [aPart('file', 'a.csv', '--inner\r\n\r\nx\r\n--inner--')],
  [aPart('file', 'a.json', '['.repeat(100_000))],
  [aPart('file', 'a.csv', '"'.repeat(100_000))],
  [aPart('file', 'a.csv', `${','.repeat(50_000)}\n`)],
];

const formOf = (parts: Part[], boundary: string, end = `--${boundary}--\r\n`): Buffer =>
  Buffer.from(
    parts.map(({ head, content }) => `--${boundary}\r\n${head}\r\n\r\n${content}\r\n`).join('') + end,
    'latin1',
  );

/** Forms that no page sends. */
export function hostileForms(good: RawRequest): Arbitrary<RawRequest> {
  const typed = (boundary: string, body: Buffer, endsEarly?: true): RawRequest => ({
    ...withHeader({ ...good, body }, 'content-type', `multipart/form-data; boundary=${boundary}`),
    ...(endsEarly && { endsEarly }),
  });
  return fc.oneof(
    fc.constantFrom(...names).map((name) => typed('one', formOf([aPart('file', name)], 'one'))),
    fc.constantFrom(...manyParts).map((parts) => typed('one', formOf(parts, 'one'))),
    // The form never ends, or ends with another word than it began.
    fc
      .constantFrom('', '--one', '--two--\r\n', '--one--x')
      .map((end) => typed('one', formOf([aPart('file', 'a.csv')], 'one', end))),
    fc
      .constantFrom('two', '""', '"one', ' ', 'one; boundary=two', 'é')
      .map((boundary) => typed(boundary, formOf([aPart('file', 'a.csv')], 'one'))),
    fc.nat(80).map((length) => typed('one', formOf([aPart('file', 'a.csv')], 'one').subarray(0, length))),
  );
}
