import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');

test('every test that SECURITY.md names is there', () => {
  const named = [...text.matchAll(/`((?:apps|packages)\/[^`]+)`/g)].map(([, file]) => file!);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('every promise in it is held by a test', () => {
  const [, promises = ''] = /## What we promise[^\n]*\n(.*?)\n## /s.exec(text) ?? [];
  const rows = promises
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
  expect(rows.length).toBeGreaterThan(8);
  expect(rows.filter((row) => !row.includes('.test.ts`'))).toEqual([]);
});
