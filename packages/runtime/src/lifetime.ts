import type { Logger } from './logger';

/** What a process has opened; closed in reverse, whatever of it fails. */
export class Lifetime {
  readonly #closers: { name: string; close: () => Promise<void> | void }[] = [];

  constructor(private readonly logger: Logger) {}

  /** Remembers how to close what was opened, and gives it back. */
  owns<T>(name: string, opened: T, close: (opened: T) => Promise<void> | void): T {
    this.#closers.push({ name, close: () => close(opened) });
    return opened;
  }

  async close(): Promise<void> {
    for (const { name, close } of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        this.logger.error({ err: error }, `could not close the ${name}`);
      }
    }
  }
}
