import { isUrl } from './is-url';

test('letters beyond ASCII stand in addresses, however often it was asked', () => {
  const asked = Array.from({ length: 50_000 }, () => isUrl('http://münchen.test/café'));
  expect(asked.filter((is) => !is)).toEqual([]);
  expect([isUrl('/ü', 'http://a.test/'), isUrl('/ü'), isUrl('http://[')]).toEqual([true, false, false]);
});
