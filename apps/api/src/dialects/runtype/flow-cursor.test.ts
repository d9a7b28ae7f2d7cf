import { flowCursor, readFlowCursor } from './flow-cursor';

const place = { flowId: '01939f0c-5b2a-7c3d-8e4f-0123456789ab', direction: 'prev', offset: 40 } as const;
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a cursor is read back as the place that it was given for', () => {
  expect(readFlowCursor(flowCursor(place))).toEqual(place);
  expect(JSON.parse(Buffer.from(flowCursor(place), 'base64').toString())).toMatchObject({ offset: 40 });
});

test.each([
  '',
  'x',
  encoded(null),
  encoded({}),
  encoded({ flow: 'flow_x', direction: 'next', offset: 0 }),
  encoded({ flow: `flow_${'0'.repeat(25)}`, direction: 'up', offset: 0 }),
  encoded({ flow: `flow_${'0'.repeat(25)}`, direction: 'next', offset: -1 }),
])('%s is no cursor', (text) => {
  expect(readFlowCursor(text)).toBeNull();
});
