import { momentIn } from './schedule';

test.each([
  ['05:57', '2026-02-07T05:57:00.000Z'],
  ['05:57:45', '2026-02-07T05:57:45.000Z'],
])('%s of a day is a moment in UTC', (calling_time, expected) => {
  const moment = momentIn({ type: 'custom', calling_date: '2026-02-07', calling_time });
  expect(moment?.toISOString()).toBe(expected);
});

test('without a moment the tasks begin now', () => {
  expect([momentIn(null), momentIn({ type: 'now' }), momentIn({ type: 'auto' })]).toEqual([null, null, null]);
});
