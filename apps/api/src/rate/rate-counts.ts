import type { RateCount, RateStore } from '@runnel/store';

const windowMs = 60_000;
const syncMs = 250;
/** How long this process counts alone when the ledger does not answer, before it asks again. */
const aloneMs = 2_000;
const cleanMs = 60_000;
/** At most this many names are known at a time; who counts more forgets the oldest. */
const mostNames = 100_000;
const mostAtOnce = 5_000;

interface Count {
  /** Of all processes, when they were last asked. */
  shared: number;
  /** Counted here since. */
  unsent: number;
  endsAt: number;
}

/** How often something was asked within a minute. */
export interface Counted {
  totalHits: number;
  resetTime: Date;
}

/**
 * Counts here, at once, and tells the other processes through the ledger a moment later, all names in one statement.
 * While the ledger is away, what is counted here counts alone.
 */
export class RateCounts {
  readonly #counts = new Map<string, Count>();
  readonly #unsent = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #syncing: Promise<void> | null = null;
  #isAway = false;
  #nextSync = 0;
  /** Soon: the processes before this one may have left theirs. */
  #nextClean = 0;

  constructor(
    private readonly store: Pick<RateStore, 'add' | 'removeOld'>,
    private readonly warn: (error: unknown) => void,
  ) {
    this.#timer = setInterval(() => this.#tick(), syncMs).unref();
  }

  add(name: string): Counted {
    const now = Date.now();
    let count = this.#live(name, now);
    if (!count) {
      this.#makeRoom();
      count = { shared: 0, unsent: 0, endsAt: now + windowMs };
      this.#counts.set(name, count);
    }
    count.unsent += 1;
    this.#unsent.add(name);
    return countedOf(count);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#syncing;
  }

  #live(name: string, now: number): Count | null {
    const count = this.#counts.get(name);
    return count && count.endsAt > now ? count : null;
  }

  /** A map keeps the order in which names came. */
  #makeRoom(): void {
    if (this.#counts.size < mostNames) return;
    for (const [oldest] of this.#counts) return this.#forget(oldest);
  }

  #tick(): void {
    const now = Date.now();
    if (this.#syncing || now < this.#nextSync) return;
    const isCleaning = now >= this.#nextClean;
    if (isCleaning) this.#forgetOld(now);
    if (this.#unsent.size === 0 && !isCleaning) return;
    this.#syncing = this.#sync(isCleaning)
      .then(
        () => {
          this.#isAway = false;
        },
        (error: unknown) => {
          if (!this.#isAway) this.warn(error);
          this.#isAway = true;
          this.#nextSync = Date.now() + aloneMs;
        },
      )
      .finally(() => {
        this.#syncing = null;
      });
  }

  #forgetOld(now: number): void {
    this.#nextClean = now + cleanMs;
    for (const [name, { endsAt }] of this.#counts) {
      if (endsAt <= now) this.#forget(name);
    }
  }

  #forget(name: string): void {
    this.#counts.delete(name);
    this.#unsent.delete(name);
  }

  async #sync(isCleaning: boolean): Promise<void> {
    const given = this.#takeUnsent(Date.now());
    if (given.length > 0) {
      const told = await this.store.add(given).catch((error: unknown) => {
        for (const { name } of given) if (this.#counts.has(name)) this.#unsent.add(name);
        throw error;
      });
      const now = Date.now();
      const sent = new Map(given.map(({ name, hits }) => [name, hits]));
      for (const { name, hits, leftMs } of told)
        this.#takeOver(name, { hits, leftMs, sent: sent.get(name) ?? 0 }, now);
    }
    // Names come faster than a batch a minute: the rest goes with the next turns.
    if (isCleaning && (await this.store.removeOld())) this.#nextClean = 0;
  }

  #takeUnsent(now: number): RateCount[] {
    const given: RateCount[] = [];
    for (const name of this.#unsent) {
      if (given.length === mostAtOnce) break;
      this.#unsent.delete(name);
      const count = this.#live(name, now);
      if (count) given.push({ name, hits: count.unsent, leftMs: count.endsAt - now });
    }
    return given;
  }

  /** What was counted here while the ledger was asked stays to be sent. */
  #takeOver(name: string, told: { hits: number; leftMs: number; sent: number }, now: number): void {
    const count = this.#live(name, now);
    if (!count) return;
    count.shared = told.hits;
    count.unsent = Math.max(0, count.unsent - told.sent);
    count.endsAt = now + Math.min(told.leftMs, windowMs);
  }
}

function countedOf({ shared, unsent, endsAt }: Count): Counted {
  return { totalHits: shared + unsent, resetTime: new Date(endsAt) };
}
