import type { Logger } from './logger';

const closeMs = 10_000;

/** What a process has opened; closed in reverse, whatever of it fails. */
export class Lifetime {
  readonly #closers: { name: string; close: () => Promise<void> | void; limitMs: number }[] = [];

  constructor(private readonly logger: Logger) {}

  /** Remembers how to close what was opened, and gives it back. */
  owns<T>(name: string, opened: T, close: (opened: T) => Promise<void> | void): T {
    this.#closers.push({ name, close: () => close(opened), limitMs: closeMs });
    return opened;
  }

  /** The same for what may take longer than others to close. */
  ownsSlow<T>(name: string, opened: T, closing: { close: (opened: T) => Promise<void>; limitMs: number }): T {
    this.#closers.push({ name, close: () => closing.close(opened), limitMs: closing.limitMs });
    return opened;
  }

  async close(): Promise<void> {
    for (const { name, close, limitMs } of this.#closers.splice(0).reverse()) {
      // A library may wait for ever for a server that is gone.
      const late = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error(`it took longer than ${limitMs} ms`)), limitMs).unref();
      });
      try {
        await Promise.race([close(), late]);
      } catch (error) {
        this.logger.error({ err: error }, `could not close the ${name}`);
      }
    }
  }
}
