import { isRunEnded } from '@runnel/contracts';
import { RunStore, type DataSource, type RunSignals, type RunView } from '@runnel/store';
import type { RunKey } from './abort-run';

/** A change that was missed is found this late. */
const lookMs = 5_000;

/**
 * The run when it has ended, or has an event after number `after`, or the time is over, or `signal` ends.
 * Null when there is no such run.
 */
export async function waitForRun(
  deps: { dataSource: DataSource; signals: RunSignals },
  wanted: { key: RunKey; rows: number; waitMs: number; after: number | null; signal: AbortSignal },
): Promise<RunView | null> {
  const { key, rows, waitMs, after, signal } = wanted;
  const store = new RunStore(deps.dataSource.manager);
  const until = Date.now() + waitMs;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  for (;;) {
    // Listening begins before looking, so that no change falls between.
    const change = deps.signals.changed(key.runId, Math.min(lookMs, until - Date.now()), either);
    const run = await store.find(key, rows);
    const isAnswer = !run || isRunEnded(run.status) || (after !== null && run.seq > after);
    if (isAnswer || signal.aborted || Date.now() >= until) {
      stop.abort();
      return run;
    }
    await change;
  }
}
