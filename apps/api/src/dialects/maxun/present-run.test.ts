import { asSeedPrints } from './present-run';

test.each([
  ['2025-01-08T00:04:24.999Z', '8/1/2025, 12:04:24 am'],
  ['2025-06-01T14:27:06.000Z', '1/6/2025, 2:27:06 pm'],
  ['2025-12-31T12:00:00.000Z', '31/12/2025, 12:00:00 pm'],
])('%s is printed as %s', (moment, expected) => {
  expect(asSeedPrints(new Date(moment))).toBe(expected);
});

test('what is not known yet is null', () => expect(asSeedPrints(null)).toBeNull());
