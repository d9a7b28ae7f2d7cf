import { isSoon, momentIn } from './schedule';

const now = Date.parse('2026-02-07T05:57:45Z');

test.each([
  ['2026-02-07', '05:58:00', true],
  ['2026-02-08', '05:57', true],
  ['2026-02-07', '05:57:45', false],
  ['2026-02-06', '23:00', false],
  ['2026-02-14', '05:58', false],
])('%s %s is soon: %s', (calling_date, calling_time, expected) => {
  expect(isSoon(momentIn({ type: 'custom', calling_date, calling_time })!, now)).toBe(expected);
});

test('without a moment the tasks begin now', () => {
  expect([momentIn(null), momentIn({ type: 'now' }), momentIn({ type: 'auto' })]).toEqual([null, null, null]);
});
