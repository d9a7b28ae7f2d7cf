import { asSentStart } from './execute-body';

test.each([
  [{ inputs: { query: 1 } }, 'inputs.query', 'inputs.query'],
  [{ params: { query: 1 } }, 'inputs.query', 'params.query'],
  [{ params: { other: 1 } }, 'inputs.query', 'inputs.query'],
])('with %j a fault at %s is told at %s', (body, path, sent) => {
  expect(asSentStart({ path, message: 'is wrong' }, body)).toEqual({ path: sent, message: 'is wrong' });
});

test('a robot without a published version is told in words that can be followed here', () => {
  const fault = asSentStart({ path: 'stage', message: 'start it with "stage": "draft"' }, {});
  expect(fault).toMatchObject({ path: '', message: expect.stringContaining('/publish') });
});
