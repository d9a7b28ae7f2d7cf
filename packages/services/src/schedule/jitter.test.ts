import { newId } from '@runnel/store';
import { jitterOf } from './jitter';

test('a schedule has one offset, and no jitter is none', () => {
  const id = newId();
  expect(jitterOf(id, 300)).toBe(jitterOf(id, 300));
  expect(jitterOf(id, 0)).toBe(0);
  expect(jitterOf('0197a1c8-5f00-7000-8000-000000000001', 3_600)).toBe(3061618);
});

test('offsets are spread evenly, in whole milliseconds', () => {
  const offsets = Array.from({ length: 10_000 }, () => jitterOf(newId(), 60));
  expect(offsets.every((offset) => Number.isInteger(offset) && offset >= 0 && offset <= 60_000)).toBe(true);
  const perTenth = new Map<number, number>();
  for (const offset of offsets) {
    const tenth = Math.min(9, Math.floor(offset / 6_000));
    perTenth.set(tenth, (perTenth.get(tenth) ?? 0) + 1);
  }
  expect([...perTenth.values()].every((count) => count > 850 && count < 1_150)).toBe(true);
});
