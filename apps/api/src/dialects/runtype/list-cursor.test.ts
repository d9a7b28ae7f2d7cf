import { listCursor, readListCursor } from './list-cursor';

const place = { id: '01939f0c-5b2a-7c3d-8e4f-0123456789ab', direction: 'prev', offset: 40 } as const;
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a cursor is read back as the place that it was given for', () => {
  const cursor = listCursor('flow', place);
  expect(readListCursor('flow', cursor)).toEqual(place);
  expect(JSON.parse(Buffer.from(cursor, 'base64').toString())).toMatchObject({ offset: 40 });
});

test('a cursor of one list is none of another', () => {
  expect(readListCursor('sch', listCursor('flow', place))).toBeNull();
});

test.each([
  '',
  'x',
  encoded(null),
  encoded({}),
  encoded({ item: 'flow_x', direction: 'next', offset: 0 }),
  encoded({ item: `flow_${'0'.repeat(25)}`, direction: 'up', offset: 0 }),
  encoded({ item: `flow_${'0'.repeat(25)}`, direction: 'next', offset: -1 }),
])('%s is no cursor', (text) => {
  expect(readListCursor('flow', text)).toBeNull();
});
