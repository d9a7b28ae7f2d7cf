import type { RowData } from '@runnel/contracts';
import type { RowSink } from '../row-sink';

/** Takes what steps read on one page into one row: the fields of single rows, and each list as a field of its name. */
export class JoinedRow implements RowSink {
  readonly joined: RowData = {};
  readonly #lists = new Map<string, RowData[]>();

  row(_list: string, row: RowData): Promise<void> {
    Object.assign(this.joined, row);
    return Promise.resolve();
  }

  rows(list: string, rows: RowData[]): Promise<void> {
    const all = this.#lists.get(list) ?? [];
    for (const row of rows) all.push(row);
    this.#lists.set(list, all);
    this.joined[list] = all;
    return Promise.resolve();
  }
}
