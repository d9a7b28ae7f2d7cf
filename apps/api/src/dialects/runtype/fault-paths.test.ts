import { inOurWords } from './fault-paths';

const pathOf = (path: string): string => inOurWords({ path, message: 'm' }).path;

test('faults stand where the body of this dialect has what they are of', () => {
  expect(pathOf('records[3].inputs.url')).toBe('recordIds[3].url');
  expect(pathOf('records[3].inputs["a b"]')).toBe('recordIds[3]["a b"]');
  expect(pathOf('records')).toBe('recordIds');
  expect(pathOf('robotId')).toBe('flowId');
  expect(pathOf('maxAttempts')).toBe('options.maxRetries');
});

test('what has the same name in both stays where it is', () => {
  for (const path of ['inputs.url', 'recordIds[2]', 'name', 'limit', '']) expect(pathOf(path)).toBe(path);
});

test('that nothing is published is told of the flow', () => {
  const message = 'publish one, or start it with "stage": "draft"';
  expect(inOurWords({ path: 'stage', message })).toEqual({
    path: 'flowId',
    message: 'no version of this flow is published',
  });
});
