import type { RowData, Step } from '@runnel/contracts';
import type { RowSink } from './row-sink';

/** Keeps the rows of a list until the last `follow` has gone on with them; all other rows pass. */
export class HeldRows implements RowSink {
  readonly #follows = new Map<string, number>();
  readonly #held = new Map<string, RowData[]>();

  constructor(
    steps: readonly Step[],
    private readonly sink: RowSink,
  ) {
    for (const step of steps) {
      if (step.type === 'follow') this.#follows.set(step.from, (this.#follows.get(step.from) ?? 0) + 1);
    }
  }

  row(list: string, row: RowData, about?: RowData): Promise<void> {
    return this.sink.row(list, row, about);
  }

  async rows(list: string, rows: RowData[]): Promise<void> {
    if ((this.#follows.get(list) ?? 0) === 0) return this.sink.rows(list, rows);
    const held = this.#held.get(list) ?? [];
    for (const row of rows) held.push(row);
    this.#held.set(list, held);
  }

  /** The rows of a list that were read so far, for one `follow`. */
  take(list: string): RowData[] {
    this.#follows.set(list, (this.#follows.get(list) ?? 1) - 1);
    const rows = this.#held.get(list) ?? [];
    this.#held.delete(list);
    return rows;
  }

  /** Gives on what no `follow` took: what was read is not lost because a step after it failed. */
  async release(): Promise<void> {
    const held = [...this.#held];
    this.#held.clear();
    for (const [list, rows] of held) await this.sink.rows(list, rows);
  }
}
