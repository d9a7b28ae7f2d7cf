import { isDeeperThan } from './json-depth';

test.each([
  ['[[]]', false],
  ['[[[]]]', true],
  ['{"a":{"b":{}}}', true],
  ['[[],[],[[1]]]', true],
  ['[[],[],{},[1]]', false],
  ['["[[[[", "\\"[[[", "\\\\", []]', false],
  ['["\\\\\\"[[["]', false],
  ['"a" [[[', true],
  ['["[[[', false],
  [']]]][[[', false],
])('%s is deeper than two: %s', (text, expected) => {
  expect(isDeeperThan(2, Buffer.from(text))).toBe(expected);
});

test('what is a mebibyte of brackets is told at once', () => {
  expect(isDeeperThan(32, Buffer.from('['.repeat(1024 * 1024)))).toBe(true);
  expect(isDeeperThan(32, Buffer.from('[],'.repeat(300_000)))).toBe(false);
});
