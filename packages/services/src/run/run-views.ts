import { RunStore, type DataSource, type RunKey, type RunView } from '@runnel/store';
import { SharedReads } from './shared-reads';

/** Runs as clients see them: however many ask for one at a time, it is read once. */
export class RunViews {
  readonly #reads: SharedReads<{ key: RunKey; rows: number }, RunView | null>;

  constructor(dataSource: DataSource) {
    const store = new RunStore(dataSource.manager);
    this.#reads = new SharedReads(
      ({ key: { spaceId, robotId, runId }, rows }) => [spaceId, robotId ?? '-', runId, rows].join(' '),
      ({ key, rows }) => store.find(key, rows),
    );
  }

  /** The run with at most `rows` of its rows, or null. It is shared: nobody changes it. */
  find(key: RunKey, rows: number): Promise<RunView | null> {
    return this.#reads.read({ key, rows });
  }
}
