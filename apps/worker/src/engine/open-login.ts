import { failure, FailureError, type Failure, type Session, type SessionState } from '@runnel/contracts';
import { pageSignals } from '@runnel/extraction';
import type { TaskOutput } from '@runnel/interpreter';
import { dropLogin, loadLogin, saveLogin, type StoredLogin, type Vault } from '@runnel/services';
import { mostLogins, type ClaimedTask, type DataSource, type LoginKey } from '@runnel/store';

const keepMs = 15_000;
const lookMs = 3_000;

/** The login that an attempt's robot keeps between runs. */
export interface Login {
  /** What its session begins with; null: it has to sign in. */
  state: SessionState | null;
  /**
   * Keeps or drops the login when the robot is through with its session. `thrown`: what it ended with, null for
   * nothing; gives what the attempt ends with.
   */
  ended(session: Session, thrown: unknown): Promise<unknown>;
}

interface LoginDeps {
  dataSource: DataSource;
  vault: Vault | null;
}

interface Attempt {
  task: ClaimedTask;
  output: TaskOutput;
  signal: AbortSignal;
}

/** @throws FailureError where the robot is to keep a login, and nothing is set that could seal it */
export async function openLogin({ dataSource, vault }: LoginDeps, attempt: Attempt): Promise<Login> {
  const { spaceId, robotId, definition } = attempt.task;
  if (!definition.options.session) return noLogin;
  const { name } = definition.options.session;
  if (!vault) throw nothingSeals(name);
  const key = { spaceId, robotId, name };
  const stored = await loadLogin({ dataSource, vault }, key);
  if (stored?.state === null) {
    await attempt.output.warning(0, `the session "${name}" cannot be opened any more, and begins anew`);
  }
  const kept = new KeptLogin({ dataSource, vault }, { ...attempt, key, stored });
  return { state: stored?.state ?? null, ended: (session, thrown) => kept.ended(session, thrown) };
}

const noLogin: Login = { state: null, ended: (_session, thrown) => Promise.resolve(thrown) };

/** What becomes of a login at the end of an attempt. */
class KeptLogin {
  constructor(
    private readonly deps: LoginDeps & { vault: Vault },
    private readonly attempt: Attempt & { key: LoginKey; stored: StoredLogin | null },
  ) {}

  async ended(session: Session, thrown: unknown): Promise<unknown> {
    if (thrown === null) return this.#succeeded(session);
    return thrown instanceof FailureError ? this.#failed(session, thrown) : thrown;
  }

  async #succeeded(session: Session): Promise<null> {
    if (await this.#asksForPassword(session)) {
      await this.#drop();
      await this.#warn('is not kept: the last page asks for a password');
      return null;
    }
    const { signal } = this.attempt;
    try {
      await this.#save(await session.state(AbortSignal.any([signal, AbortSignal.timeout(keepMs)])));
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      await this.#warn(`is not kept: ${error.failure.message}`);
    }
    return null;
  }

  async #save(state: SessionState): Promise<void> {
    if (await saveLogin(this.deps, this.attempt.key, state)) return;
    await this.#warn(`is not kept: the robot has ${mostLogins} others`);
  }

  /** A login that did not do is no fault of the robot: without it, it may sign in. */
  async #failed(session: Session, thrown: FailureError): Promise<FailureError> {
    if (!this.attempt.stored) return thrown;
    const isRefused = thrown.failure.code === 'LOGIN_REQUIRED' || (await this.#asksForPassword(session));
    if (!isRefused) return thrown;
    await this.#drop();
    if (this.attempt.stored.state === null) return thrown;
    await this.#warn('is dropped: the site asked to sign in');
    const found: Failure = { ...thrown.failure, retryable: true };
    return new FailureError(found, { cause: thrown });
  }

  /** That which the attempt began with: another run may have signed in since. */
  async #drop(): Promise<void> {
    const { key, stored } = this.attempt;
    if (stored) await dropLogin(this.deps.dataSource, key, stored.savedAt);
  }

  async #asksForPassword(session: Session): Promise<boolean> {
    const signal = AbortSignal.any([this.attempt.signal, AbortSignal.timeout(lookMs)]);
    const signals = await session.ask(pageSignals, null, { signal }).catch(() => null);
    return signals?.hasPasswordField ?? false;
  }

  #warn(what: string): Promise<void> {
    const { key, task, output } = this.attempt;
    return output.warning(task.definition.steps.length - 1, `the session "${key.name}" ${what}`);
  }
}

function nothingSeals(name: string): FailureError {
  const message = `The session "${name}" cannot be kept: RUNNEL_SECRET_KEYS is not set where the robot runs`;
  const help = 'Set RUNNEL_SECRET_KEYS for the API and the workers, or leave options.session out.';
  return new FailureError({ ...failure('SECRET_MISSING', message), help });
}
