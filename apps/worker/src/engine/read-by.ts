import { filledOptions, ownHeaders, type Engine, type SessionSource } from '@runnel/contracts';
import { mask, runDefinition, type TaskOutput } from '@runnel/interpreter';
import type { ClaimedTask } from '@runnel/store';
import type { Login } from './open-login';

/** One reading of a task's pages. */
export interface Reading {
  task: ClaimedTask;
  output: TaskOutput;
  signal: AbortSignal;
  /** In plain, by their names. */
  secrets: ReadonlyMap<string, string>;
  login: Login;
}

/** Runs the task's robot on a session of its own. What it throws says no secret. */
export async function readBy(
  engine: Engine,
  sessions: Record<Engine, SessionSource>,
  reading: Reading,
): Promise<void> {
  try {
    await readWith(sessions[engine], reading);
  } catch (error) {
    mask(reading.secrets).thrown(error);
    throw error;
  }
}

async function readWith(source: SessionSource, reading: Reading): Promise<void> {
  const { task, output, signal, secrets, login } = reading;
  const { definition, inputs, record, domains } = task;
  const options = filledOptions(definition.options, secrets);
  const extras = { domains, state: login.state, ownHeaders: ownHeaders(definition, secrets) };
  const session = await source.open(options, signal, extras);
  try {
    const thrown = await runDefinition(definition, inputs, { session, output, signal, record, secrets }).then(
      () => null,
      (error: unknown) => error,
    );
    const end = await login.ended(session, thrown);
    if (end !== null) throw end;
  } finally {
    await session.close();
  }
}
