import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { advised } from './advised';
import { packagesIn } from './installed-packages';
import advisories from './known-advisories.json';
import { versionOrder } from './version-order';

const lockOf = (packages: object): string => JSON.stringify({ packages });

test('packages of versions that the list warns of are told, however deep they are installed', () => {
  const lock = lockOf({
    '': { version: '1.0.0' },
    'node_modules/ws': { version: '8.17.0' },
    'node_modules/a/node_modules/ws': { version: '8.17.1' },
    'node_modules/a/node_modules/braces': { version: '3.0.2', dev: true },
    'node_modules/multer': { version: '3.0.0-alpha.1' },
    'node_modules/express': { link: true },
  });
  expect(
    advised(packagesIn(lock)).map(({ name, version, id, mendedIn }) => [name, version, id, mendedIn]),
  ).toEqual([
    ['ws', '8.17.0', 'GHSA-3h5v-q93c-6h6q', '8.17.1'],
    ['braces', '3.0.2', 'GHSA-grv7-fg5c-xmjg', '3.0.3'],
    ['multer', '3.0.0-alpha.1', 'GHSA-72gw-mp4g-v24j', '3.0.0-alpha.2'],
  ]);
});

test('the list names each warning once, with ranges that are ranges', () => {
  const names = advisories.map((each) => `${each.package} ${each.id}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { id, url, vulnerable } of advisories) {
    expect([id, url]).toEqual([
      expect.stringMatching(/^GHSA(-[2-9a-z]{4}){3}$/),
      `https://github.com/advisories/${id}`,
    ]);
    expect(vulnerable.filter(({ from, below }) => versionOrder(from, below) >= 0)).toEqual([]);
  }
});

test('nothing that we use is of a version that the list warns of', () => {
  const lock = readFileSync(join(__dirname, '../../../../package-lock.json'), 'utf8');
  const packages = packagesIn(lock);
  expect(packages.length).toBeGreaterThan(500);
  expect(advised(packages)).toEqual([]);
});
