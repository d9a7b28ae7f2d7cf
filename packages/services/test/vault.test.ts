import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVault, Vault, type VaultSettings } from '../src';

const base64 = (word: string): string => Buffer.alloc(32, word).toString('base64');
const about = ['secret', 'space', 'name'];
const vault = Vault.parse(`new:${base64('a')},old:${base64('b')}`);
const sealed = vault.seal(Buffer.from('hunter2'), about);

describe('a vault', () => {
  test('opens what it sealed, and seals the same otherwise each time', () => {
    expect(vault.open(sealed, about).toString()).toBe('hunter2');
    expect(sealed.keyId).toBe('new');
    expect(vault.seal(Buffer.from('hunter2'), about).sealed.equals(sealed.sealed)).toBe(false);
    expect(sealed.sealed.includes('hunter2')).toBe(false);
  });

  test('opens what the old key sealed, and nothing that a key sealed which it does not have', () => {
    const old = Vault.parse(`old:${base64('b')}`);
    expect(vault.open(old.seal(Buffer.from('x'), about), about).toString()).toBe('x');
    expect(() => old.open(sealed, about)).toThrow(/the key "new", which RUNNEL_SECRET_KEYS does not hold/);
  });

  test.each<[string, string[]]>([
    ['another space', ['secret', 'other', 'name']],
    ['another name', ['secret', 'space', 'other']],
    ['another kind', ['login', 'space', 'name']],
    ['parts that are cut otherwise', ['secret', 'spacen', 'ame']],
    ['more parts', [...about, '']],
  ])('does not open it for %s', (_, elsewhere) => {
    expect(() => vault.open(sealed, elsewhere)).toThrow(
      /was changed since it was sealed, or belongs to another/,
    );
  });

  test('does not open it under the id of another key', () => {
    const twins = Vault.parse(`one:${base64('a')},two:${base64('a')}`);
    const moved = { ...twins.seal(Buffer.from('x'), about), keyId: 'two' };
    expect(() => twins.open(moved, about)).toThrow(/was changed/);
  });

  test('does not open it when any byte of it is another, or some are missing', () => {
    for (let index = 0; index < sealed.sealed.length; index += 1) {
      const bytes = Buffer.from(sealed.sealed);
      bytes[index] = (bytes[index] ?? 0) ^ 1;
      expect(() => vault.open({ ...sealed, sealed: bytes }, about)).toThrow(/was changed/);
    }
    for (const length of [0, 1, 28, sealed.sealed.length - 1]) {
      const bytes = sealed.sealed.subarray(0, length);
      expect(() => vault.open({ ...sealed, sealed: bytes }, about)).toThrow(/was changed/);
    }
  });

  test.each<[string, RegExp]>([
    [`a:${base64('a')},b:${Buffer.alloc(31, 'b').toString('base64')}`, /key 2 has 31 bytes and must have 32/],
    [base64('a'), /key 1 is not like id:base64/],
    [`a b:${base64('a')}`, /key 1 is not like/],
    [`a:${base64('a')},`, /key 2 is not like/],
    [`a:${base64('a')},a:${base64('b')}`, /key 2 has the id of one before it/],
  ])('is refused with the place of what is wrong, and no key', (text, message) => {
    const refused = (): Vault => Vault.parse(text);
    expect(refused).toThrow(message);
    expect(refused).not.toThrow(new RegExp(base64('a').slice(0, 8)));
  });
});

describe('the vault of an installation', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'runnel-vault-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const settings = (parts: Partial<VaultSettings> = {}): VaultSettings => ({
    ...{ RUNNEL_SECRET_KEYS: null, DATABASE_URL: null, RUNNEL_DATA_DIR: join(folder, 'data') },
    ...parts,
  });

  test('is made once, of many processes that start together, in a file that only its owner reads', async () => {
    const vaults = await Promise.all(Array.from({ length: 8 }, () => openVault(settings())));
    const [first] = vaults;
    const one = first?.seal(Buffer.from('x'), about);
    for (const each of vaults) expect(one && each?.open(one, about).toString()).toBe('x');
    const file = join(folder, 'data', 'secret.key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'data'))).toEqual(['secret.key']);
    const text = await readFile(file, 'utf8');
    expect((await openVault(settings({ RUNNEL_SECRET_KEYS: text.trim() })))?.keyId).toBe(first?.keyId);
  });

  test('is none where a database of its own is set and no key', async () => {
    expect(await openVault(settings({ DATABASE_URL: 'postgres://db/x' }))).toBeNull();
  });

  test('that is wrong is told by its setting or its file', async () => {
    const wrong = openVault(settings({ RUNNEL_SECRET_KEYS: 'x:c2hvcnQ=' }));
    await expect(wrong).rejects.toThrow(/^RUNNEL_SECRET_KEYS is not right: key 1 has 5 bytes/);
    await openVault(settings());
    await writeFile(join(folder, 'data', 'secret.key'), '');
    await expect(openVault(settings())).rejects.toThrow(
      /secret\.key is not right: key 1 is not like id:base64/,
    );
  });
});
