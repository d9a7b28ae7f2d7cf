import { InvalidInputError } from '../invalid-input';
import { readFile, recordsInFile } from './records-in-file';

const aFile = (content: string | Buffer, contentType = '', name = 'stores') => ({
  name,
  contentType,
  bytes: Buffer.from(content),
});
const inputsOf = (...file: Parameters<typeof aFile>) =>
  recordsInFile(aFile(...file)).map(({ inputs }) => inputs);

function refusal(...file: Parameters<typeof aFile>): InvalidInputError {
  try {
    readFile(aFile(...file), []);
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw error;
  }
  throw new Error('it was read');
}
const told = (...file: Parameters<typeof aFile>) =>
  refusal(...file).faults.map(({ path, message }) => `${path}: ${message}`);

describe('a CSV file', () => {
  test('names its inputs in the first line; id, name and type name the record', () => {
    expect(
      recordsInFile(aFile('id,url,name,type,n\n7,http://a/,Shop,store,007\n,http://b/,,,\n', 'text/csv')),
    ).toEqual([
      { id: '7', name: 'Shop', type: 'store', inputs: { url: 'http://a/', n: '007' }, isText: true },
      { id: null, name: null, type: null, inputs: { url: 'http://b/', n: '' }, isText: true },
    ]);
  });

  test('gives a column to the robot as well that has an input of this name', () => {
    const [record] = recordsInFile(aFile('id,type\n7,x\n', 'text/csv'), ['id']);
    expect(record).toMatchObject({ id: '7', type: 'x', inputs: { id: '7' } });
    expect(record?.inputs).not.toHaveProperty('type');
  });

  test.each([
    ['a byte order mark and CRLF', '\uFEFFa,b\r\n1,2\r\n', { a: '1', b: '2' }],
    ['old Mac line ends', 'a,b\r1,2\r', { a: '1', b: '2' }],
    ['semicolons', 'a;"b,c"\n1,5;2\n', { a: '1,5', 'b,c': '2' }],
    ['tabs', 'a\tb\n1\t2,3\n', { a: '1', b: '2,3' }],
    ['quotes', 'a,b\n"1 ""x"", y","2\r\n3"\n', { a: '1 "x", y', b: '2\n3' }],
    ['empty rows', '\n\na , b\n\n1,2\n,\n\n', { a: '1', b: '2' }],
    ['one column', 'a\nü 😀\n', { a: 'ü 😀' }],
    ['columns that every object has', 'constructor,toString\n1,2\n', { constructor: '1', toString: '2' }],
  ])('with %s is read', (_what, text, inputs) => {
    expect(inputsOf(text, 'text/csv; charset=utf-8')).toEqual([inputs]);
  });

  test('tells rows that do not fit by the line in which they begin', () => {
    const text = 'a,b\r\n"x\r\ny",2\r\n\r\n1\r\n"x\r\n\r\ny",2,3\r\n1,2\r\n';
    expect(told(text, 'text/csv')).toEqual([
      'line 5: has 1 cell, and the header names 2 columns',
      'line 6: has 3 cells, and the header names 2 columns',
    ]);
  });

  test.each([
    ['a,b\n1,2\n3,"4\n5,6\n', 'line 3: opens a quote, here or below, that is never closed'],
    ['a,b\n1,x"y"\n', 'line 2: has a quote inside a cell; put the cell in quotes and double that one'],
    ['a,b\n1,"x"y\n', 'line 2: goes on behind a closing quote; double a quote that is inside a cell'],
    ['a,,b\n1,2,3\n', 'line 1, column 2: has no name'],
    ['a,b,a\n1,2,3\n', 'line 1, column 3: is the name of another column as well'],
    ['a,__proto__\n1,2\n', 'line 1, column 2: is not allowed as a name'],
    [`a,id\n1,${'x'.repeat(201)}\n`, 'line 2, id: must have at most 200 characters'],
  ])('like %j is refused', (text, fault) => {
    expect(told(text, 'text/csv')).toEqual([fault]);
  });

  test('without a record is refused', () => {
    expect(told('url,name', 'text/csv')[0]).toMatch(/^line 1: is the only line/);
  });

  test('may have ten thousand records, and no more', () => {
    expect(inputsOf(`a\n${'1\n'.repeat(10_000)}`, 'text/csv')).toHaveLength(10_000);
    expect(told(`a\n${'1\n'.repeat(10_001)}`, 'text/csv')).toEqual([
      expect.stringContaining('has more than 10000 records'),
    ]);
  });

  test('may have a million cells, and no more', () => {
    const columns = Array.from({ length: 1_000 }, (_, index) => `c${index}`);
    const row = `${columns.join()}\n`;
    expect(inputsOf(row.repeat(1_001), 'text/csv')).toHaveLength(1_000);
    const fault = 'is where the file passes 1000000 cells; split it into several';
    expect(told(row.repeat(4_000), 'text/csv')).toEqual([`line 1002: ${fault}`]);
    expect(told(`a\n${`${','.repeat(999)}\n`.repeat(20_000)}`, 'text/csv').at(-1)).toBe(
      `line 1002: ${fault}`,
    );
  });

  test('with a fault in each row tells the first fifty', () => {
    const { faults, message } = refusal(`a,b\n${'1\n'.repeat(9_000)}`, 'text/csv');
    expect([faults.length, faults[49]?.path]).toEqual([50, 'line 51']);
    expect(message).toBe(
      'The file cannot be read as CSV (told by its content type); its first 50 faults are told',
    );
  });

  test.each([
    ['a row of a mebibyte and more', `a\n${'x'.repeat(1024 * 1024 + 10)}\n`],
    ['a million columns', `a${','.repeat(1_000_000)}\n1\n`],
    ['a million cells and none of them filled', `${','.repeat(1_000_000)}\n`],
    ['a million cells', `a\n${'1,'.repeat(1_000_000)}\n`],
  ])('with %s is refused', (_what, text) => {
    expect(told(text, 'text/csv')).toHaveLength(1);
  });
});

describe('a JSON file', () => {
  const record = { id: '7', name: 'Shop', type: null, inputs: { url: 'http://a/', n: 7 }, isText: false };

  test.each([
    ['a list', '[{"id":7,"name":"Shop","inputs":{"url":"http://a/","n":7}}]'],
    ['an object with records', '{"records":[{"id":"7","name":"Shop","url":"http://a/","n":7}]}'],
    ['lines', '{"id":"7","name":"Shop","type":null,"inputs":{"url":"http://a/","n":7}}\n'],
  ])('of %s is read, with no word about its format', (_what, text) => {
    expect(recordsInFile(aFile(text))).toEqual([record]);
  });

  test('tells all that is wrong with its records, each in its place', () => {
    const records = [
      1,
      { url: ['x'], n: { a: 1 } },
      { inputs: [], id: 1 },
      { inputs: {}, id: {}, nmae: 'x', url: 'y' },
      { a: '\ud800', b: 'x\0' },
      { inputs: { a: null, b: true } },
    ];
    const text = JSON.stringify({ records });
    expect(told(text)).toEqual([
      'records[0]: must be an object',
      'records[1].url: must be a text, a number, true, false or null',
      'records[1].n: must be a text, a number, true, false or null',
      'records[2].inputs: must be an object',
      'records[3].nmae: is not known beside `inputs`; move it into them',
      'records[3].url: is not known beside `inputs`; move it into them',
      'records[3].id: must be a text or a number',
      'records[4].a: holds half of a surrogate pair',
      'records[4].b: holds U+0000',
    ]);
    expect(told('[{"__proto__":1},{"inputs":{"a":1e999}}]')).toEqual([
      '[0].__proto__: is not allowed as a name',
      '[1].inputs.a: is too large a number',
    ]);
  });

  test.each([
    ['[]', ': is an empty list'],
    ['{"records":{}}', ': must be a list of records'],
    ['{"records":[{}],"inputs":{}}', ': must be a list of records'],
    ['7', ': must be a list of records'],
    ['null', ': must be a list of records'],
    ['[\n  {"a": 1},\n  {"a": 2,}\n]', 'line 3: is not JSON: '],
    ['[{"a": x}]', ': is not JSON: '],
  ])('like %j is refused', (text, fault) => {
    expect(told(text, 'application/json')).toEqual([expect.stringMatching(`^${fault}`)]);
  });

  test('of lines tells the line', () => {
    expect(told('{"a":1}\n\n{"a":\n{"a":[]}\n7\n', 'application/x-ndjson')).toEqual([
      expect.stringMatching(/^line 3: is not JSON: /),
      'line 4, a: must be a text, a number, true, false or null',
      'line 5: must be an object',
    ]);
  });
});

describe('any file', () => {
  test('is what its content type says, else what its name says, else what it looks like', () => {
    const { format } = readFile(aFile('{"records":[{"a":1}]}', '', 'x.csv.json'), []);
    expect(format).toBe('json');
    expect(readFile(aFile('[{"a":1}]', 'application/x-www-form-urlencoded'), []).format).toBe('json');
    expect(readFile(aFile('a\n1', 'application/octet-stream', 'x.TSV'), []).format).toBe('csv');
    expect(refusal('a,b\n1,2', 'application/json', 'x.csv').message).toContain(
      'JSON (told by its content type)',
    );
    expect(refusal('a,b\n1,2', 'text/plain', 'x.json').message).toContain('JSON (told by its name)');
  });

  test.each([
    ['empty', '', ': is empty'],
    ['white space', ' \r\n\t', ': holds nothing but white space'],
    ['Latin-1', Buffer.from('a\nb\nSch\xfcler', 'latin1'), 'line 3: is not UTF-8; save the file as UTF-8'],
    ['UTF-16', Buffer.from('\ufeffa\tb', 'utf16le'), ': is UTF-16; save the file as UTF-8'],
    [
      'a workbook',
      Buffer.from('PK\x03\x04\x14\0'),
      ': is a workbook or another zip file; save it as CSV, in UTF-8',
    ],
    ['rubbish', Buffer.from('a\n\x01\0\x02'), 'line 2: holds U+0000, which no text has'],
  ])('that is %s is refused', (_what, content, fault) => {
    expect(told(content, 'text/csv')).toEqual([fault]);
  });
});
