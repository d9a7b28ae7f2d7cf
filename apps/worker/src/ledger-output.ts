import { setTimeout as sleep } from 'node:timers/promises';
import type { RowData, RunEvent } from '@runnel/contracts';
import type { TaskOutput } from '@runnel/interpreter';
import { isUnavailable, type Claim, type RowBatch, type TaskStore } from '@runnel/store';
import { AttemptStopped } from './attempt-stopped';

const batchRows = 500;
const batchBytes = 512 * 1024;
const batchMs = 1_000;
const tryAgainMs = 500;

/** A write under the fence, and how to find out whether it was committed although its answer was lost. */
interface Write {
  write: () => Promise<boolean>;
  isWritten: () => Promise<boolean>;
}

/** Writes an attempt's results to the ledger under its fence, rows in small batches while it runs. */
export class LedgerOutput implements TaskOutput {
  #waiting: RowBatch['rows'] = [];
  #waitingBytes = 0;
  #flushedAt = performance.now();
  #rowCount = 0;
  readonly #lists = new Map<string, number>();
  #broken: { error: unknown } | null = null;
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: TaskStore,
    private readonly claim: Claim,
    private readonly attempt: { signal: AbortSignal; leaseMs: number },
  ) {}

  async rows(list: string, rows: RowData[]): Promise<void> {
    for (const data of rows) {
      const ordinal = this.#lists.get(list) ?? 0;
      this.#waiting.push({ list, ordinal, position: this.#rowCount, data });
      this.#lists.set(list, ordinal + 1);
      this.#rowCount += 1;
      this.#waitingBytes += JSON.stringify(data).length;
      if (this.#waiting.length >= batchRows || this.#waitingBytes >= batchBytes) await this.flush();
    }
    if (performance.now() - this.#flushedAt > batchMs) await this.flush();
  }

  async artifact(artifact: { name: string; contentType: string; bytes: Buffer }): Promise<void> {
    await this.flush();
    await this.#write({
      write: () => this.store.saveArtifact(this.claim, artifact),
      isWritten: () => this.store.hasArtifact(this.claim, artifact.name),
    });
  }

  async warning(step: number, message: string): Promise<void> {
    await this.event({ kind: 'step.warning', step, message: message.slice(0, 1000).toWellFormed() });
  }

  async event(event: RunEvent): Promise<void> {
    // An event that is told twice does no harm.
    const write = () => this.store.log(this.claim, event);
    await this.#write({ write, isWritten: () => Promise.resolve(false) });
  }

  /** Rows of the attempt so far. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** Stores the rows that wait. */
  async flush(): Promise<void> {
    this.#flushedAt = performance.now();
    if (this.#waiting.length === 0) return;
    const rows = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const batch = { rows, rowCount: this.#rowCount, lists: Object.fromEntries(this.#lists) };
    await this.#write({
      write: () => this.store.appendRows(this.claim, batch),
      isWritten: () => this.store.hasRows(this.claim, batch.rowCount),
    });
  }

  /**
   * Pages that are read side by side write side by side, and the ledger takes a batch only behind the one before it:
   * one write after the other, in the order in which they were asked for.
   */
  #write(write: Write): Promise<void> {
    const written = this.#lastWrite.then(() => this.#writeNow(write));
    this.#lastWrite = written.catch(() => null);
    return written;
  }

  /** After a write that failed nothing is written any more: rows behind a gap would look whole. */
  async #writeNow(write: Write): Promise<void> {
    if (this.#broken) throw this.#broken.error;
    try {
      if (!(await this.#untilAnswered(write))) throw new AttemptStopped('lost');
    } catch (error) {
      this.#broken = { error };
      throw error;
    }
  }

  /** A ledger that is away for a moment costs no attempt. Longer than a lease it is of no use to wait. */
  async #untilAnswered({ write, isWritten }: Write): Promise<boolean> {
    const { signal, leaseMs } = this.attempt;
    const giveUpAt = performance.now() + leaseMs;
    for (let isFirst = true; ; isFirst = false) {
      try {
        if (!isFirst && (await isWritten())) return true;
        // The one whose answer was lost may be committed while this one waits for it.
        return (await write()) || (!isFirst && (await isWritten()));
      } catch (error) {
        if (!isUnavailable(error) || performance.now() >= giveUpAt) throw error;
        signal.throwIfAborted();
        await sleep(tryAgainMs);
      }
    }
  }
}
