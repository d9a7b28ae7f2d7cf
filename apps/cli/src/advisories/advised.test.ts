import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { advised } from './advised';
import { packagesIn, type InstalledPackage } from './installed-packages';
import list from './known-advisories.json';
import { versionOrder } from './version-order';

const lockOf = (packages: object): string => JSON.stringify({ packages });
const packageOf = (name: string, version: string): InstalledPackage => ({
  name,
  version,
  isForBuilding: false,
});
const ourLock = packagesIn(readFileSync(join(__dirname, '../../../../package-lock.json'), 'utf8'));

test('packages of versions that the list warns of are told, however deep they are installed', () => {
  const lock = lockOf({
    '': { version: '1.0.0' },
    'node_modules/netmask': { version: '1.0.6' },
    'node_modules/a/node_modules/json5': { version: '2.2.1', dev: true },
    'node_modules/old-cookie': { name: 'cookie', version: '0.6.0' },
    'node_modules/express': { link: true },
  });
  expect(advised(packagesIn(lock)).map(({ name, id, mendedIn }) => [name, id, mendedIn])).toEqual([
    ['netmask', 'GHSA-4c7m-wxvm-r7gc', '1.1.0'],
    ['netmask', 'GHSA-pch5-whg9-qr2r', '2.0.1'],
    ['json5', 'GHSA-9c47-m6qq-7p4h', '2.2.2'],
    ['cookie', 'GHSA-pxg6-pf52-xh8x', '0.7.0'],
  ]);
});

test.each([
  ['json5', '1.0.1', true],
  ['json5', '1.0.2', false],
  ['json5', '2.0.0', true],
  ['json5', '2.2.2', false],
  ['form-data', '2.5.4', false],
  ['form-data', '4.0.5', true],
  ['proxy-addr', '1.0.10', false],
  ['proxy-addr', '2.0.7', true],
  ['cookie', '0.7.0-beta.1', true],
  ['extract-zip', '2.0.1', true],
  ['extract-zip', '2.0.2', false],
])('%s %s is warned of: %s', (name, version, isWarnedOf) => {
  expect(advised([packageOf(name, version)]).length > 0).toBe(isWarnedOf);
});

test('the list names each warning once, with ranges that are ranges, and keeps only what nobody has mended', () => {
  const names = list.advisories.map((each) => `${each.package} ${each.id}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { id, url, vulnerable, keptBecause } of list.advisories) {
    expect([id, url]).toEqual([
      expect.stringMatching(/^GHSA(-[2-9a-z]{4}){3}$/),
      `https://github.com/advisories/${id}`,
    ]);
    for (const range of vulnerable) {
      expect(versionOrder(range.from, 'below' in range ? range.below : range.through)).toBeLessThan(0);
      expect('below' in range).toBe(keptBecause === undefined);
    }
  }
});

test('nothing that we use is of a version that the list warns of, but for what nobody has mended', () => {
  expect(ourLock.length).toBeGreaterThan(500);
  expect(advised(ourLock).filter(({ keptBecause }) => keptBecause === null)).toEqual([]);
});

test('what the list names is used', () => {
  const used = new Set(ourLock.map(({ name }) => name));
  expect(list.advisories.filter((each) => !used.has(each.package))).toEqual([]);
});
