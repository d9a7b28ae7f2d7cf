import { fairShare } from './fair-share';

test.each([
  [[], 1000],
  [[10, 500, 490], 1000],
  [[5, 5, 2000], 990],
  [[2000, 2000], 500],
  [Array<number>(500).fill(7), 2],
])('a thousand are shared by case %#', (needs, expected) => {
  const share = fairShare(needs, 1000);
  expect(share).toBe(expected);
  expect(needs.reduce((sum, need) => sum + Math.min(need, share), 0)).toBeLessThanOrEqual(1000);
});
