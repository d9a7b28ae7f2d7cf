import { setTimeout as sleep } from 'node:timers/promises';
import { PruneStore, type DataSource, type PruneLimits } from '@runnel/store';

/** An idempotency key is known for so long at least. */
const keptHours = 24;

/** And where the pages of a list begin, for so long since somebody read it. */
const walkHours = 1;

/** A robot has so many notes of its runs before they are added up; and of so many batches is that in one round. */
const mostTallies = 100;
const foldBatches = 20;

/** How fast it goes: what one batch may delete, and how long the others have the database for themselves after it. */
export interface PrunePace extends PruneLimits {
  pauseMs: number;
}

const defaults: PrunePace = { items: 2_000, bytes: 32_000_000, graceMs: 60_000, pauseMs: 50 };

/** How much was pruned: runs were marked, and of marked ones parts were deleted. */
export interface Pruned {
  keys: number;
  files: number;
  fires: number;
  runs: number;
  parts: number;
}

/**
 * Deletes what spaces keep no longer, in small batches until there is no more: places in lists, idempotency keys, input
 * files, what became of schedules' moments, and ended runs with all that is of them. And adds up what starts note of
 * robots: a little, for while runs are
 * started there is always more. Any number of processes may do so at once, and stop anywhere. What cannot be done is
 * told to `onError` and does not hold up the rest.
 */
export async function prune(
  deps: { dataSource: DataSource; signal: AbortSignal; onError: (error: unknown) => void },
  pace: PrunePace = defaults,
): Promise<Pruned> {
  const { dataSource, signal, onError } = deps;
  const store = new PruneStore(dataSource);
  const all = async (batch: () => Promise<number>, most = Infinity): Promise<number> => {
    let sum = 0;
    for (let batches = 0; batches < most && !signal.aborted; batches += 1) {
      // What went wrong now may be right at the next round.
      const count = await batch().catch((error: unknown) => void onError(error));
      if (!count) break;
      sum += count;
      await sleep(pace.pauseMs, undefined, { signal }).catch(() => null);
    }
    return sum;
  };
  // Of these nobody misses anything.
  await all(() => store.foldTallies(pace, mostTallies), foldBatches);
  await all(() => store.deleteOldWalks(pace, walkHours));
  // Keys first: a run is kept as long as its key.
  return {
    keys: await all(() => store.deleteOldKeys(pace, keptHours)),
    files: await all(() => store.deleteOldFiles(pace)),
    fires: await all(() => store.deleteOldFires(pace)),
    runs: await all(() => store.markOld(pace)),
    parts: await all(() => store.deleteMarked(pace)),
  };
}
