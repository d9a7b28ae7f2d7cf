import { createHash } from 'node:crypto';
import type { RowData } from '@runnel/contracts';

const digestBytes = 16;
const mostRows = 200_000;

/** Remembers rows by short digests, list by list, so that another reading can be held against them. */
export class RowDigests {
  readonly #lists = new Map<string, Buffer[]>();
  #count = 0;

  add(list: string, rows: RowData[]): void {
    this.#count += rows.length;
    if (this.#count > mostRows) return this.#lists.clear();
    const known = this.#lists.get(list) ?? [];
    for (const row of rows) known.push(digest(row));
    this.#lists.set(list, known);
  }

  /** Too many rows were added to remember them. */
  get isOverfull(): boolean {
    return this.#count > mostRows;
  }

  get count(): number {
    return this.#count;
  }

  /** Where the other rows differ from these; null when nowhere. */
  difference(other: RowDigests): string | null {
    for (const list of new Set([...this.#lists.keys(), ...other.#lists.keys()])) {
      const [ours, theirs] = [this.#lists.get(list) ?? [], other.#lists.get(list) ?? []];
      const name = JSON.stringify(list);
      if (ours.length !== theirs.length)
        return `list ${name} has ${ours.length} rows by one and ${theirs.length} by the other`;
      const at = ours.findIndex((each, index) => !each.equals(theirs[index] ?? Buffer.alloc(0)));
      if (at !== -1) return `row ${at + 1} of list ${name} is not the same`;
    }
    return null;
  }
}

function digest(row: RowData): Buffer {
  return createHash('sha256').update(JSON.stringify(row)).digest().subarray(0, digestBytes);
}
