import type { SealedLogin, SessionState } from '@runnel/contracts';
import { LoginStore, type LoginKey } from '@runnel/store';
import { CannotOpenError } from '../secret/vault';
import { aboutLogin, type LoginDeps } from './login-deps';

/** A login in plain: who has it keeps it nowhere. */
export interface StoredLogin {
  /** Null: it cannot be opened, and is as good as none. */
  state: SessionState | null;
  savedAt: Date;
}

/** The login that the robot keeps under this name; null when it keeps none. */
export async function loadLogin(deps: LoginDeps, key: LoginKey): Promise<StoredLogin | null> {
  const login = await new LoginStore(deps.dataSource.manager).find(key);
  return login && { state: stateIn(deps, login), savedAt: login.savedAt };
}

function stateIn({ vault }: LoginDeps, login: SealedLogin): SessionState | null {
  try {
    return stateOf(vault.open(login, aboutLogin(login)));
  } catch (error) {
    if (error instanceof CannotOpenError) return null;
    throw error;
  }
}

/** Only what `saveLogin` sealed can be opened: it is a state. */
function stateOf(bytes: Buffer): SessionState {
  return JSON.parse(bytes.toString()) as SessionState;
}
