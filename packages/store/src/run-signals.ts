import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { runChannel } from './sql';

const reconnectMs = 500;

/** Wakes whoever waits for a run, over one connection however many wait. */
export class RunSignals {
  readonly #waiting = new Map<string, Set<() => void>>();
  #client: Client | null = null;
  #closed = false;

  private constructor(private readonly url: string) {}

  static async open(url: string): Promise<RunSignals> {
    const signals = new RunSignals(url);
    await signals.#listen();
    return signals;
  }

  /** Resolves when the run changes, after `ms`, or when `signal` ends, whichever is first. */
  async changed(runId: string, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const waiting = this.#waiting.get(runId) ?? new Set();
      this.#waiting.set(runId, waiting);
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        waiting.delete(done);
        if (waiting.size === 0 && this.#waiting.get(runId) === waiting) this.#waiting.delete(runId);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      waiting.add(done);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake([...this.#waiting.keys()]);
    await this.#client?.end();
  }

  async #listen(): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      application_name: 'runnel signals',
      keepAlive: true,
    });
    // Without a listener an error would end the process; 'end' follows it.
    client.on('error', () => null);
    client.on('notification', ({ payload }) => this.#wake(payload === undefined ? [] : [payload]));
    try {
      await client.connect();
      await client.query(`LISTEN ${runChannel}`);
    } catch (error) {
      await client.end().catch(() => null);
      throw error;
    }
    // Only from here on: a client that never listened must not start a second loop.
    client.once('end', () => void this.#listenAgain());
    this.#client = client;
  }

  /** What changed while nobody listened is not known: all look again. */
  async #listenAgain(): Promise<void> {
    while (!this.#closed) {
      await sleep(reconnectMs);
      try {
        await this.#listen();
        return this.#wake([...this.#waiting.keys()]);
      } catch {
        // The server is still away; the waiting ones look again by themselves.
      }
    }
  }

  #wake(runIds: string[]): void {
    for (const runId of runIds) {
      for (const done of [...(this.#waiting.get(runId) ?? [])]) done();
    }
  }
}
