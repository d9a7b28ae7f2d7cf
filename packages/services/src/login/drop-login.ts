import { LoginStore, type DataSource, type LoginKey } from '@runnel/store';

/**
 * Forgets a login: the robot signs in again. `savedAt`: only the one that was saved then, as another run may have
 * signed in since. False when there is no such login.
 */
export async function dropLogin(
  dataSource: DataSource,
  key: LoginKey,
  savedAt: Date | null = null,
): Promise<boolean> {
  return new LoginStore(dataSource.manager).drop(key, savedAt);
}
