import { FailureError, type Engine, type SessionSource } from '@runnel/contracts';
import { revealSecrets, type Vault } from '@runnel/services';
import { EngineChoiceStore, type ClaimedTask, type DataSource } from '@runnel/store';
import { AttemptStopped } from '../attempt-stopped';
import type { LedgerOutput } from '../ledger-output';
import { chooseEngine, type EnginePlan } from './choose-engine';
import { compareEngines, remembering } from './compare-engines';
import { openLogin } from './open-login';
import { readBy, type Reading } from './read-by';
import { RowDigests } from './row-digests';

export interface EngineDeps {
  dataSource: DataSource;
  sessions: Record<Engine, SessionSource>;
  /** What secrets and logins are sealed with; null: nothing is set. */
  vault: Vault | null;
}

interface Attempt {
  task: ClaimedTask;
  output: LedgerOutput;
  signal: AbortSignal;
}

type LedgerReading = Reading & Attempt;

/** Runs the task's robot by the engine that it names, or that `auto` takes. Rows before a failure are kept. */
export async function runRobot(deps: EngineDeps, given: Attempt): Promise<void> {
  const { task, output } = given;
  const secrets = await revealSecrets(deps, task);
  const attempt = { ...given, secrets, login: await openLogin(deps, given) };
  const plan = await chooseEngine(deps.dataSource, task);
  const { engine, reason } = plan;
  if (plan.isAuto) await output.event({ kind: 'engine.chosen', engine, reason });
  try {
    if (plan.isAuto && engine === 'http') await runProven(deps, attempt, plan);
    else if (plan.comparison === null) await readBy(engine, deps.sessions, attempt);
    else await runAndCompare(deps, attempt, plan.comparison);
  } finally {
    await output.flush();
  }
}

/** By http alone, as `auto` decided. What it cannot do the browser does, in another attempt. */
async function runProven(
  deps: EngineDeps,
  attempt: LedgerReading,
  { rowsOfComparison }: EnginePlan,
): Promise<void> {
  const { task, output, signal } = attempt;
  const key = { robotId: task.robotId, version: task.robotVersion };
  const choices = new EngineChoiceStore(deps.dataSource.manager);
  let reason: string | null = null;
  try {
    await readBy('http', deps.sessions, attempt);
    if (output.rowCount === 0) reason = 'the http engine gave no rows';
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FailureError)) throw error;
    reason = `the http engine failed: ${error.failure.message}`.slice(0, 500).toWellFormed();
  }
  if (reason !== null) {
    if (await choices.drop(key, reason))
      await output.event({ kind: 'engine.decided', engine: 'browser', reason });
    throw new AttemptStopped('engine');
  }
  // Fewer rows may be right; the browser tells.
  if (output.rowCount * 2 >= rowsOfComparison) return;
  await choices.recheck(key);
  throw new AttemptStopped('engine');
}

/** By the browser; then the engines are compared. */
async function runAndCompare(deps: EngineDeps, attempt: LedgerReading, comparison: number): Promise<void> {
  const { task, output } = attempt;
  const digests = new RowDigests();
  const began = performance.now();
  await readBy('browser', deps.sessions, { ...attempt, output: remembering(digests, output) });
  await output.flush();
  const reference = { digests, browserMs: performance.now() - began };
  const decision = await compareEngines(deps.sessions, attempt, reference);
  if (!decision) return;
  const key = { robotId: task.robotId, version: task.robotVersion };
  const choices = new EngineChoiceStore(deps.dataSource.manager);
  const isKept = await choices.compared(key, { task: comparison, ...decision, rows: digests.count });
  if (isKept) await output.event({ kind: 'engine.decided', ...decision });
}
