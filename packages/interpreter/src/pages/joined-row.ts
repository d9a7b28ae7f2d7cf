import type { RowData } from '@runnel/contracts';
import type { RowSink } from '../step-context';

/** Takes what steps read on one page into one row: the fields of single rows, and each list as a field of its name. */
export class JoinedRow implements RowSink {
  readonly joined: RowData = {};

  row(_list: string, row: RowData): Promise<void> {
    Object.assign(this.joined, row);
    return Promise.resolve();
  }

  rows(list: string, rows: RowData[]): Promise<void> {
    const earlier = this.joined[list];
    this.joined[list] = [...(Array.isArray(earlier) ? earlier : []), ...rows];
    return Promise.resolve();
  }
}
