import { createHash } from 'node:crypto';
import type { RowData } from '@runnel/contracts';

/** Remembers rows by a digest, so that a list of millions keeps its memory small. */
export class SeenRows {
  readonly #earlierPages = new Set<string>();
  #thisPage = new Set<string>();

  /** `unique`: the fields that tell rows apart; none: the whole row does, and only against earlier pages. */
  constructor(private readonly unique: readonly string[] | undefined) {}

  /** True when the row was not given before; it counts as given from then on. */
  isNew(row: RowData): boolean {
    const key = this.#keyOf(row);
    const known = this.#earlierPages.has(key) || (this.unique !== undefined && this.#thisPage.has(key));
    this.#thisPage.add(key);
    return !known;
  }

  endPage(): void {
    for (const key of this.#thisPage) this.#earlierPages.add(key);
    this.#thisPage = new Set();
  }

  #keyOf(row: RowData): string {
    const parts = this.unique?.map((field) => row[field] ?? null) ?? row;
    return createHash('sha1').update(JSON.stringify(parts)).digest('base64');
  }
}
