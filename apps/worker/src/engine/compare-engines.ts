import { FailureError, type Engine, type RowData, type SessionSource } from '@runnel/contracts';
import type { TaskOutput } from '@runnel/interpreter';
import { AttemptStopped } from '../attempt-stopped';
import type { Login } from './open-login';
import { readBy, type Reading } from './read-by';
import { RowDigests } from './row-digests';

/** What the browser read, and how long that took. */
export interface Reference {
  digests: RowDigests;
  browserMs: number;
}

export interface Decision {
  engine: Engine;
  reason: string;
}

const shortestMs = 10_000;

/**
 * Reads everything once more, by http, and keeps nothing of it but the comparison. Null when there was no time for it:
 * the task has its rows, whatever becomes of this.
 * @throws AttemptStopped when the claim is lost or the run aborted
 */
export async function compareEngines(
  sessions: Record<Engine, SessionSource>,
  reading: Reading,
  { digests, browserMs }: Reference,
): Promise<Decision | null> {
  if (digests.isOverfull) return stay('it gives more rows than are compared');
  if (digests.count === 0) return stay('it gave no rows that could be compared');
  const { signal } = reading;
  const others = new RowDigests();
  // It begins as the browser did, and keeps nothing.
  const login: Login = { ...reading.login, ended: (_session, thrown) => Promise.resolve(thrown) };
  const during = timeFor(signal, Math.max(shortestMs, browserMs));
  try {
    await readBy('http', sessions, { ...reading, login, output: remembering(others), signal: during });
  } catch (error) {
    if (signal.aborted) return stopped(signal.reason);
    if (during.aborted) return stay('the http engine was slower than the browser');
    return stay(
      `the http engine failed: ${error instanceof FailureError ? error.failure.message : String(error)}`,
    );
  }
  const difference = digests.difference(others);
  if (difference !== null) return stay(`the http engine gave other rows than the browser: ${difference}`);
  return { engine: 'http', reason: `the http engine gave the same ${digests.count} rows as the browser` };
}

/** An output that remembers all rows, and gives everything on to the one behind it, if there is one. */
export function remembering(digests: RowDigests, behind: TaskOutput | null = null): TaskOutput {
  return {
    rows: async (list: string, rows: RowData[]) => {
      digests.add(list, rows);
      await behind?.rows(list, rows);
    },
    artifact: async (artifact) => behind?.artifact(artifact),
    warning: async (step, message) => behind?.warning(step, message),
  };
}

function stay(reason: string): Decision {
  return { engine: 'browser', reason: reason.slice(0, 500).toWellFormed() };
}

function stopped(reason: unknown): null {
  const isHarmless = reason instanceof AttemptStopped && ['deadline', 'drain'].includes(reason.reason);
  if (isHarmless) return null;
  throw reason;
}

/** Ends with the attempt, or after its time. */
function timeFor(attempt: AbortSignal, timeMs: number): AbortSignal {
  const time = new AbortController();
  setTimeout(() => time.abort(new Error('the comparison had its time')), timeMs).unref();
  return AbortSignal.any([attempt, time.signal]);
}
