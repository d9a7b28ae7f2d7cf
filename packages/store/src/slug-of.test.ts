import { slugOf } from './slug-of';

test.each([
  ['Mount Washington Weather', 'mount-washington-weather'],
  ['  Prix des œufs à la crème (2026)! ', 'prix-des-ufs-a-la-creme-2026'],
  ['ＦＵＬＬ ｗｉｄｔｈ ﬁne', 'full-width-fine'],
  ['İstanbul', 'istanbul'],
  ['价格', 'robot'],
  ['---', 'robot'],
  ['', 'robot'],
  [`${'a'.repeat(59)} b`, 'a'.repeat(59)],
  ['x'.repeat(200), 'x'.repeat(60)],
])('the handle of %j is %j', (name, handle) => {
  expect(slugOf(name)).toBe(handle);
});
