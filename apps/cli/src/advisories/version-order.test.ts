import { versionOrder } from './version-order';

test.each([
  ['1.2.3', '1.2.4'],
  ['1.9.0', '1.10.0'],
  ['2.0.0-alpha.1', '2.0.0'],
  ['2.0.0-alpha.2', '2.0.0-alpha.10'],
  ['2.0.0-alpha', '2.0.0-alpha.1'],
  ['1.4.4-lts.1', '1.4.5-lts.1'],
  ['9.9.9', '10.0.0'],
  ['2.0.0-9', '2.0.0-1e3'],
  ['2.0.0-beta-2', '2.0.0-rc'],
])('%s is older than %s', (older, newer) => {
  expect(versionOrder(older, newer)).toBeLessThan(0);
  expect(versionOrder(newer, older)).toBeGreaterThan(0);
  expect(versionOrder(older, older)).toBe(0);
});

test('what stands behind a plus is nothing', () => {
  expect(versionOrder('1.2.3+a', '1.2.3+b')).toBe(0);
});
