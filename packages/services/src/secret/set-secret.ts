import { secretName } from '@runnel/contracts';
import { SecretStore, type SecretView } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import { aboutSecret, type SecretDeps } from './reveal-secrets';
import type { Vault } from './vault';

/** Of a space. */
export const mostSecrets = 1_000;
/** Characters of a value: a shorter one could not be told from what pages say. */
export const secretLengths = { least: 4, most: 8_192 };

/**
 * Sets a secret of a space, or another value of it. The value is told to nobody any more.
 * @throws InvalidInputError
 */
export async function setSecret(
  { dataSource, vault }: SecretDeps,
  { spaceId, name, value }: { spaceId: string; name: string; value: string },
): Promise<SecretView & { isNew: boolean }> {
  const faults = [...nameFaults(name), ...valueFaults(value)];
  if (faults.length > 0) throw new InvalidInputError('The secret is not right', faults);
  const sealed = theVault(vault).seal(Buffer.from(value), aboutSecret({ spaceId, name }));
  const set = await dataSource.transaction((manager) =>
    new SecretStore(manager).set({ spaceId, name, ...sealed }, mostSecrets),
  );
  if (set) return set;
  const message = `a space has at most ${mostSecrets} secrets; delete one first`;
  throw new InvalidInputError('There are too many secrets', [{ path: 'name', message }]);
}

/** @throws InvalidInputError that says how to get one */
export function theVault(vault: Vault | null): Vault {
  if (vault) return vault;
  throw new InvalidInputError('Secrets cannot be kept', [{ path: '', message: noVault }]);
}

export const noVault =
  'needs RUNNEL_SECRET_KEYS, which is not set: give every process of this installation the same, like id:base64 of 32 random bytes';

function nameFaults(name: string) {
  if (secretName.test(name)) return [];
  return [{ path: 'name', message: 'must hold 1 to 100 letters, digits, _ or -', found: name.slice(0, 200) }];
}

/** The value itself is not told. */
function valueFaults(value: string) {
  const { least, most } = secretLengths;
  const { length } = value;
  const isLong = length <= most && value.trim().length >= least;
  const message = isLong
    ? 'must be text without U+0000'
    : `must have from ${least} to ${most} characters, white space around it aside`;
  return isLong && value.isWellFormed() && !value.includes('\0') ? [] : [{ path: 'value', message }];
}
