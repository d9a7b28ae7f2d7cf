import { isRunEnded } from '@runnel/contracts';
import type { ListedRow, RowStore, RunView } from '@runnel/store';

/** Rows that one answer shows at most, of all its runs together. */
const mostRows = 1_000;

/** Bytes behind which no more rows are read: those of one run are at most as many. */
const mostBytes = 8_000_000;

/** The first rows of each run that has ended, to each its share. */
export async function firstRowsOf(store: RowStore, runs: RunView[]): Promise<Map<string, ListedRow[]>> {
  const found = new Map<string, ListedRow[]>();
  const shown = runs.filter(({ status, rowCount }) => isRunEnded(status) && rowCount > 0);
  const limit = Math.floor(mostRows / Math.max(1, runs.length));
  let bytes = 0;
  for (const { id } of shown) {
    if (bytes >= mostBytes) break;
    // Null: the run was removed meanwhile.
    const rows = (await store.page(id, { list: null, taskId: null, after: null, limit })) ?? [];
    bytes += Buffer.byteLength(JSON.stringify(rows));
    found.set(id, rows);
  }
  return found;
}
