import { nameSchema, shownName } from './resource';

test('a name is measured in characters, not in halves of them', () => {
  const longest = '😀'.repeat(100);
  expect(shownName(longest)).toBe(longest);
  expect(shownName(`${longest}😀`)).toBe(`${'😀'.repeat(99)}…`);
  expect(nameSchema.parse(longest)).toBe(longest);
  expect(nameSchema.safeParse(`${longest}x`).success).toBe(false);
});
