/** Work that came to a result, or threw. */
type Outcome<Result> = { result: Result } | { error: unknown };

/** Items as they are asked for, and how many may be worked on at a time. */
interface Source<Item> {
  /** Null when there is none now; asked again after each result. */
  next(): Item | null;
  width: number;
}

/**
 * Does `work` on items, each in a lane of its own, and hands the results over in the order in which the items came,
 * whichever was done first. What was thrown is thrown in its turn: the results before it are not lost.
 */
export async function inOrder<Item, Result>(
  source: Source<Item>,
  work: (item: Item, lane: number, signal: AbortSignal) => Promise<Result>,
  handOver: (item: Item, result: Result) => Promise<void>,
): Promise<void> {
  const stopped = new AbortController();
  const lanes = Array.from({ length: source.width }, (_, index) => index);
  const begun: { item: Item; outcome: Outcome<Result> | null }[] = [];
  const running = new Set<Promise<unknown>>();

  const begin = (item: Item, lane: number): void => {
    const entry: (typeof begun)[number] = { item, outcome: null };
    begun.push(entry);
    const run = outcomeOf(work(item, lane, stopped.signal)).then((outcome) => {
      entry.outcome = outcome;
      lanes.push(lane);
      running.delete(run);
    });
    running.add(run);
  };

  try {
    for (;;) {
      // What is done waits for what came before it: it must not pile up.
      for (
        let lane = lanes.at(-1);
        lane !== undefined && begun.length < source.width * 4;
        lane = lanes.at(-1)
      ) {
        const item = source.next();
        if (item === null) break;
        lanes.pop();
        begin(item, lane);
      }
      const head = begun[0];
      if (!head) return;
      if (head.outcome === null) {
        await Promise.race(running);
        continue;
      }
      begun.shift();
      if ('error' in head.outcome) throw head.outcome.error;
      await handOver(head.item, head.outcome.result);
    }
  } finally {
    stopped.abort();
    await Promise.all(running);
  }
}

async function outcomeOf<Result>(work: Promise<Result>): Promise<Outcome<Result>> {
  try {
    return { result: await work };
  } catch (error) {
    return { error };
  }
}
