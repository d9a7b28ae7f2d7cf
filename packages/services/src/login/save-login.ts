import type { SessionState } from '@runnel/contracts';
import { LoginStore, type LoginKey } from '@runnel/store';
import { aboutLogin, type LoginDeps } from './login-deps';

/** Keeps what a session left behind, sealed. False when the robot is gone, or keeps as many logins as it may. */
export async function saveLogin(
  { dataSource, vault }: LoginDeps,
  { spaceId, robotId, name }: LoginKey,
  state: SessionState,
): Promise<boolean> {
  const key = { spaceId, robotId, name };
  const sealed = vault.seal(Buffer.from(JSON.stringify(state)), aboutLogin(key));
  return new LoginStore(dataSource.manager).save({ ...key, ...sealed });
}
