/** What is known of a run. Its number only grows, and its end is for good. */
export interface RunMark {
  seq: number;
  hasEnded: boolean;
}

/** A run that somebody watches. */
export class WatchedRun {
  readonly watches = new Set<RunWatch>();
  #mark: RunMark = { seq: 0, hasEnded: false };

  get mark(): RunMark {
    return this.#mark;
  }

  tell({ seq, hasEnded }: RunMark): void {
    this.#mark = { seq: Math.max(seq, this.#mark.seq), hasEnded: hasEnded || this.#mark.hasEnded };
    for (const watch of [...this.watches]) watch.look();
  }

  /** Something is new, nobody knows what. */
  wake(): void {
    for (const watch of [...this.watches]) watch.wake();
  }
}

/** One who waits for a run. */
export class RunWatch {
  #waiting: { after: number | null; done: (isReached: boolean) => void } | null = null;

  constructor(
    private readonly run: WatchedRun,
    private readonly stopped: () => void,
  ) {
    run.watches.add(this);
  }

  /**
   * True as soon as the run is known to have ended, or to have an event after number `after` (null: only its end).
   * False after `ms`, or when `signal` ends.
   */
  async reaches(after: number | null, ms: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    return new Promise((resolve) => {
      const done = (isReached: boolean): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        this.#waiting = null;
        resolve(isReached);
      };
      const stop = (): void => done(false);
      const timer = setTimeout(stop, ms);
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting = { after, done };
      this.look();
    });
  }

  /** Wakes who waits, if what is known now is what was waited for. */
  look(): void {
    if (!this.#waiting) return;
    const { seq, hasEnded } = this.run.mark;
    const { after, done } = this.#waiting;
    if (hasEnded || (after !== null && seq > after)) done(true);
  }

  wake(): void {
    this.#waiting?.done(true);
  }

  stop(): void {
    this.#waiting?.done(false);
    this.run.watches.delete(this);
    this.stopped();
  }
}
