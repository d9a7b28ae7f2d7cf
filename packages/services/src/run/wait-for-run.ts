import { isRunEnded } from '@runnel/contracts';
import type { RunKey, RunSignals, RunView } from '@runnel/store';
import { lookUntil } from './look-until';
import type { RunViews } from './run-views';

/**
 * The run when it has ended, or has an event after number `after`, or the time is over, or `signal` ends.
 * Null when there is no such run.
 */
export async function waitForRun(
  deps: { views: RunViews; signals: RunSignals },
  wanted: { key: RunKey; rows: number; waitMs: number; after: number | null; signal: AbortSignal },
): Promise<RunView | null> {
  const { key, rows, after } = wanted;
  return lookUntil(
    deps.signals,
    { ...wanted, runId: key.runId },
    {
      look: () => deps.views.find(key, rows),
      isAnswer: (run) => !run || isRunEnded(run.status) || (after !== null && run.seq > after),
    },
  );
}
