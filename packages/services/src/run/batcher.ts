import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does many small things in few large goes: what is asked for while one go is under way makes up the next.
 * Alone, a thing waits for nothing.
 */
export class Batcher<In, Out> {
  #waiting: { item: In; resolve: (out: Out) => void; reject: (error: unknown) => void }[] = [];
  #working: Promise<void> | null = null;

  /** `work` gives an outcome for each item, in their order. */
  constructor(
    private readonly work: (items: In[]) => Promise<PromiseSettledResult<Out>[]>,
    private readonly limits: { mostAtOnce: number; pauseMs: number },
  ) {}

  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#working ??= this.#workOff();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async #workOff(): Promise<void> {
    // What other requests of this turn ask for goes along.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.limits.mostAtOnce);
      const outcomes = await this.work(batch.map(({ item }) => item)).catch((reason: unknown) =>
        batch.map(() => ({ status: 'rejected', reason }) as const),
      );
      batch.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (outcome?.status === 'fulfilled') resolve(outcome.value);
        else reject(outcome?.reason);
      });
      if (this.limits.pauseMs > 0) await sleep(this.limits.pauseMs);
    }
    // In the same turn as the look that found nothing: what is added from here on starts anew.
    this.#working = null;
  }
}
