import { inOwnWords, stepsOf } from './own-words';

const uuid = '01890000-0000-7000-8000-000000000000';

test.each([
  ['fileIds', 'file_ids'],
  ['fileIds[1]', 'file_ids[1]'],
  ['fileIds[0].records[2].inputs.url', 'file_ids[0].records[2].inputs.url'],
  ['records', 'file_ids'],
  ['inputs.order_id', 'inputs.order_id'],
  ['inputs.records', 'inputs.records'],
  ['version', 'stage'],
  ['robotId', 'process_id'],
  ['name', 'name'],
])('what is wrong with %s is told of %s', (path, own) => {
  expect(inOwnWords({ path, message: 'is wrong', found: 7 })).toEqual({
    path: own,
    message: 'is wrong',
    found: 7,
  });
});

test('a file that is missing is named as it was sent', () => {
  const found = (path: string) => inOwnWords({ path, message: 'there is no such file', found: uuid }).found;
  expect(found('fileIds[0]')).toBe('039sbubca2936lh65x3yvfuo0');
  expect(found('file_ids[0]')).toBe(uuid);
});

test('a stage of which there is nothing is told in the words of a start', () => {
  const { message } = inOwnWords({ path: 'stage', message: 'publish one' });
  expect(message).toContain('"stage": "Draft"');
  const fault = { path: 'stage', message: '"x" is not allowed', found: 'x', allowed: ['Draft', 'Published'] };
  expect(inOwnWords(fault)).toEqual(fault);
});

test.each([
  ['', []],
  ['inputs.max', ['inputs', 'max']],
  ['file_ids[0].records[12].inputs["a.b \\"c\\""]', ['file_ids', 0, 'records', 12, 'inputs', 'a.b "c"']],
  ['file.line 5, a', ['file', 'line 5, a']],
  ['file[0].a', ['file', 0, 'a']],
])('the path %j has these steps', (path, steps) => {
  expect(stepsOf(path)).toEqual(steps);
});
