import type { Response } from 'express';
import { whileConnected } from './wait-for';

export interface StreamTiming {
  /** A stream that is silent for so long says that it lives. */
  keepAliveMs: number;
  /** A client that takes nothing for so long is cut off. */
  stallMs: number;
}

export const usualStreamTiming: StreamTiming = { keepAliveMs: 15_000, stallMs: 30_000 };

/** What waits in memory for a client that reads slowly is not much more. */
const pieceBytes = 16 * 1024;

/** An answer that goes on and on, as slowly as its client reads. */
export class ClientStream {
  /** Ends when the client goes away, or the API stops. */
  readonly signal: AbortSignal;

  constructor(
    private readonly response: Response,
    private readonly life: { stopping: AbortSignal; stallMs: number },
  ) {
    this.signal = whileConnected(response, life.stopping);
  }

  begin(contentType: string): void {
    this.response.type(contentType);
  }

  /** False when the client is gone, or did not take it and was cut off. */
  async write(bytes: Buffer): Promise<boolean> {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      if (this.signal.aborted) return false;
      if (this.response.write(bytes.subarray(at, at + pieceBytes))) continue;
      if (await this.#drained()) continue;
      this.response.destroy();
      return false;
    }
    return true;
  }

  /** Nobody takes what came for the whole. */
  cutOff(): void {
    this.response.destroy();
  }

  end(): void {
    // The end of what is not taken would never come.
    if (this.response.writableNeedDrain) this.response.destroy();
    else this.response.end();
  }

  #drained(): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (isDrained: boolean): void => {
        clearTimeout(timer);
        this.response.off('drain', drained);
        this.signal.removeEventListener('abort', stop);
        resolve(isDrained);
      };
      const drained = (): void => done(true);
      const stop = (): void => done(false);
      const timer = setTimeout(stop, this.life.stallMs);
      this.response.once('drain', drained);
      this.signal.addEventListener('abort', stop, { once: true });
    });
  }
}
