import { failure, FailureError, secretNames, type Definition, type SealedSecret } from '@runnel/contracts';
import { SecretStore, type DataSource } from '@runnel/store';
import { CannotOpenError, type Vault } from './vault';

export interface SecretDeps {
  dataSource: DataSource;
  /** Null: nothing is set that secrets could be sealed with. */
  vault: Vault | null;
}

/** What binds a sealed secret to its place. */
export function aboutSecret({ spaceId, name }: Pick<SealedSecret, 'spaceId' | 'name'>): string[] {
  return ['secret', spaceId, name];
}

/**
 * The values of all secrets that a robot uses, by their names.
 * @throws FailureError SECRET_MISSING that names those that are not set or cannot be opened
 */
export async function revealSecrets(
  { dataSource, vault }: SecretDeps,
  { spaceId, definition }: { spaceId: string; definition: Pick<Definition, 'steps' | 'options'> },
): Promise<ReadonlyMap<string, string>> {
  const names = secretNames(definition);
  if (names.length === 0) return new Map();
  if (!vault) throw missing(names, 'cannot be opened: RUNNEL_SECRET_KEYS is not set where the robot runs');
  const found = await new SecretStore(dataSource.manager).find(spaceId, names);
  const unset = names.filter((name) => !found.some((secret) => secret.name === name));
  if (unset.length > 0) throw missing(unset, unset.length === 1 ? 'is not set' : 'are not set');
  return new Map(found.map((secret) => [secret.name, valueOf(vault, secret)]));
}

function valueOf(vault: Vault, secret: SealedSecret): string {
  try {
    return vault.open(secret, aboutSecret(secret)).toString();
  } catch (error) {
    if (!(error instanceof CannotOpenError)) throw error;
    throw missing([secret.name], `cannot be opened: ${error.message}`);
  }
}

function missing(names: string[], what: string): FailureError {
  const named = names.map((name) => JSON.stringify(name)).join(', ');
  const message = `The ${names.length === 1 ? 'secret' : 'secrets'} ${named} ${what}`;
  return new FailureError(failure('SECRET_MISSING', message, { secrets: names }));
}
