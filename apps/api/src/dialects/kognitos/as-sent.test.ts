import { asSent } from './as-sent';
import { noSuchFile } from './no-such-file';

const uuid = '01890000-0000-7000-8000-000000000000';
const told = (path: string, names: string[] = []) =>
  asSent({ path, message: 'is wrong', found: uuid }, { names });

test.each([
  ['fileIds', 'file_ids'],
  ['fileIds[0].records[2].inputs.url', 'file_ids[0].records[2].inputs.url'],
  ['records', 'file_ids'],
  ['stage', 'stage'],
  ['inputs', 'inputs'],
  ['inputs.order_id', 'inputs.order_id'],
  ['inputs.fileIds', 'inputs.fileIds'],
  ['inputs.records', 'inputs.records'],
])('what is wrong with %s is told of %s', (path, sent) => {
  expect(told(path)).toEqual({ path: sent, message: 'is wrong', found: uuid });
});

test('an input of a list is told as the value of its item', () => {
  const names = ['a', 'a b', 'url'];
  expect(told('inputs.url', names).path).toBe('inputs[2].value');
  expect(told('inputs["a b"]', names).path).toBe('inputs[1].value');
  expect(told('inputs.missing', names).path).toBe('inputs.missing');
  expect(told('file_ids[0].records[0].inputs.url', names).path).toBe('file_ids[0].records[0].inputs.url');
});

test('a file that is missing is named as it was sent, and how it would be there', () => {
  const found = '039sbubca2936lh65x3yvfuo0';
  expect(told('fileIds[1]')).toEqual({ path: 'file_ids[1]', message: noSuchFile, found });
});
