import type { RunSignals } from '@runnel/store';

/** How long one waits for a run, and for which of its events. */
export interface Waiting {
  runId: string;
  /** The event after which something is new; null: only the end of the run is. */
  after: number | null;
  waitMs: number;
  signal: AbortSignal;
}

/**
 * What `look` finds as soon as it is an answer, or the time is over, or the signal ends. It looks at the start, when
 * the run has got as far as is waited for, and at the end: waiting itself costs nothing.
 */
export async function lookUntil<Found>(
  signals: RunSignals,
  { runId, after, waitMs, signal }: Waiting,
  { look, isAnswer }: { look: () => Promise<Found>; isAnswer: (found: Found) => boolean },
): Promise<Found> {
  const until = Date.now() + waitMs;
  // Watching begins before looking, so that no change falls between.
  const watch = signals.watch(runId);
  try {
    for (;;) {
      const found = await look();
      if (isAnswer(found) || signal.aborted || Date.now() >= until) return found;
      await watch.reaches(after, until - Date.now(), signal);
    }
  } finally {
    watch.stop();
  }
}
