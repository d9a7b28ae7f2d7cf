import type { SealedLogin, SealedSecret } from '@runnel/contracts';
import { LoginStore, SecretStore, type DataSource } from '@runnel/store';
import { aboutLogin } from '../login/login-deps';
import { aboutSecret } from './reveal-secrets';
import { CannotOpenError, type Sealed, type Vault } from './vault';

const batch = 100;

export interface Resealed {
  secrets: number;
  logins: number;
  /** Those that none of the keys opens, and why. */
  left: string[];
}

/**
 * Seals everything that another key sealed with the current one. What is set or saved meanwhile has it already, and
 * runs read both: it may be broken off, and done again.
 */
export async function resealAll(dataSource: DataSource, vault: Vault): Promise<Resealed> {
  const stores = { secrets: new SecretStore(dataSource.manager), logins: new LoginStore(dataSource.manager) };
  const left: string[] = [];
  const secrets = await resealEach<SealedSecret>(vault, {
    next: (after) => stores.secrets.sealedByOthers(vault.keyId, after, batch),
    about: aboutSecret,
    keep: (was, sealed) => stores.secrets.reseal(was, sealed),
    leave: ({ spaceId, name }, why) => left.push(`the secret "${name}" of space ${spaceId}: ${why}`),
  });
  const logins = await resealEach<SealedLogin>(vault, {
    next: (after) => stores.logins.sealedByOthers(vault.keyId, after, batch),
    about: aboutLogin,
    keep: (was, sealed) => stores.logins.reseal(was, sealed),
    leave: ({ robotId, name }, why) => left.push(`the login "${name}" of robot ${robotId}: ${why}`),
  });
  return { secrets, logins, left };
}

interface Sealing<T extends Sealed> {
  next: (after: T | null) => Promise<T[]>;
  about: (sealed: T) => string[];
  keep: (was: T, sealed: Sealed) => Promise<boolean>;
  leave: (sealed: T, why: string) => void;
}

/** How many were sealed anew. */
async function resealEach<T extends Sealed>(
  vault: Vault,
  { next, about, keep, leave }: Sealing<T>,
): Promise<number> {
  let count = 0;
  for (let after: T | null = null; ;) {
    const some: T[] = await next(after);
    for (const each of some) {
      const opened = openOr(vault, each, about(each));
      if (typeof opened === 'string') leave(each, opened);
      else if (await keep(each, vault.seal(opened, about(each)))) count += 1;
    }
    after = some.at(-1) ?? null;
    if (!after) return count;
  }
}

/** What was sealed, or why it cannot be opened. */
function openOr(vault: Vault, sealed: Sealed, about: string[]): Buffer | string {
  try {
    return vault.open(sealed, about);
  } catch (error) {
    if (error instanceof CannotOpenError) return error.message;
    throw error;
  }
}
