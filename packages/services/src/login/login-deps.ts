import type { DataSource, LoginKey } from '@runnel/store';
import type { Vault } from '../secret/vault';

/** What stored logins are kept and sealed with. */
export interface LoginDeps {
  dataSource: DataSource;
  vault: Vault;
}

/** What binds a sealed login to its place. */
export function aboutLogin({ spaceId, robotId, name }: LoginKey): string[] {
  return ['login', spaceId, robotId, name];
}
