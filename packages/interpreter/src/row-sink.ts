import type { RowData } from '@runnel/contracts';

/** Where the rows of a step go: to the task's lists, or into the row of a followed page. */
export interface RowSink {
  /** One row of what there is one of on a page. `about` names the page, where the row stands by itself. */
  row(list: string, row: RowData, about?: RowData): Promise<void>;
  /** Rows of a list, in order; called again for its later pages. */
  rows(list: string, rows: RowData[]): Promise<void>;
}
