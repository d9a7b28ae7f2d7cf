import { link, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVault } from '../src';

/** As a file system answers that has none. */
jest.mock<object>('node:fs/promises', () => ({
  ...jest.requireActual<object>('node:fs/promises'),
  link: jest.fn(() => Promise.reject(Object.assign(new Error('operation not permitted'), { code: 'EPERM' }))),
}));

test('a vault is made where files have no hard links, and found again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'runnel-vault-'));
  const settings = { RUNNEL_SECRET_KEYS: null, DATABASE_URL: null, RUNNEL_DATA_DIR: folder };
  const made = await openVault(settings);
  const sealed = made?.seal(Buffer.from('x'), ['a']);
  const found = await openVault(settings);
  expect(sealed && found?.open(sealed, ['a']).toString()).toBe('x');
  expect(link).toHaveBeenCalledTimes(1);
  expect(await readdir(folder)).toEqual(['secret.key']);
  expect((await stat(join(folder, 'secret.key'))).mode & 0o777).toBe(0o600);
  await rm(folder, { recursive: true });
});
