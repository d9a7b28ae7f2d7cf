import { asSent } from './as-sent';

const pathOf = (path: string): string => asSent({ path, message: 'm' }).path;

test('faults stand where the body of this dialect has what they are of', () => {
  expect(pathOf('records[3].inputs.url')).toBe('recordIds[3].url');
  expect(pathOf('records[3].inputs["a b"]')).toBe('recordIds[3]["a b"]');
  expect(pathOf('records[3]')).toBe('recordIds[3]');
  expect(pathOf('records')).toBe('recordIds');
});

test('what has the same name in both stays where it is', () => {
  for (const path of ['inputs.url', 'inputs.records']) expect(pathOf(path)).toBe(path);
});

test('that nothing is published is told of the flow', () => {
  const message = 'no version is published; publish one, or start the draft';
  expect(asSent({ path: 'stage', message })).toEqual({
    path: 'flowId',
    message: 'no version of this flow is published',
  });
});
