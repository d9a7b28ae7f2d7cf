import { HandshakeFailure } from './handshakes';

/** Rejects `reached` after some time, or when a signal ends. */
export class Deadline {
  readonly reached: Promise<never>;
  #clear: () => void = () => undefined;

  constructor(ms: number, signal: AbortSignal | undefined) {
    this.reached = new Promise((_resolve, reject) => {
      const stop = (): void => reject(signal?.reason as Error);
      const timer = setTimeout(() => reject(new HandshakeFailure('it did not answer in time')), ms);
      signal?.addEventListener('abort', stop);
      this.#clear = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
      };
    });
  }

  clear(): void {
    this.#clear();
  }
}
