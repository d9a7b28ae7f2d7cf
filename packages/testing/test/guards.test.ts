import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guards } from '../src/guards/guards';

const root = join(__dirname, '..', '..', '..');

test.each(guards.map((guard) => [guard.name, guard] as const))('%s can be taken out', (_, guard) => {
  expect(readFileSync(join(root, guard.file), 'utf8').split(guard.find)).toHaveLength(2);
  expect(guard.replace).not.toBe(guard.find);
  expect(existsSync(join(root, guard.suite))).toBe(true);
});
