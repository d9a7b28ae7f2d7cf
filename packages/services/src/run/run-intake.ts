import { insertRuns, type DataSource, type Inserted, type NewRun } from '@runnel/store';
import { Batcher } from './batcher';
import type { Dispatcher } from './dispatcher';
import { KnownRoom } from './known-room';

const limits = { mostAtOnce: 200, pauseMs: 0 };

/** Takes runs in: commits them, those that come together in one transaction, and lets the queue hear of their tasks. */
export class RunIntake {
  readonly #runs: Batcher<NewRun, Inserted>;
  readonly #room = new KnownRoom();

  constructor(
    private readonly dataSource: DataSource,
    private readonly dispatcher: Dispatcher,
  ) {
    this.#runs = new Batcher((runs) => this.#insert(runs), limits);
  }

  /** What became of the run. A started one is committed. */
  async take(run: Omit<NewRun, 'isRoomKnown'>): Promise<Inserted> {
    const isRoomKnown = this.#room.take(run.spaceId, run.tasks.length);
    const inserted = await this.#runs.add({ ...run, isRoomKnown });
    if (inserted.kind !== 'started') return inserted;
    if (inserted.room !== null) this.#room.note(run.spaceId, inserted.room);
    this.dispatcher.soon();
    return inserted;
  }

  /** Resolves when all that was to be taken in is committed. */
  async close(): Promise<void> {
    await this.#runs.idle();
  }

  /**
   * When a batch fails, each run of it is tried by itself: one that the database refuses does not take the others
   * with it, and one that was committed before the connection broke is found by its id.
   */
  async #insert(runs: NewRun[]): Promise<PromiseSettledResult<Inserted>[]> {
    const { manager } = this.dataSource;
    try {
      return (await insertRuns(manager, runs)).map((value) => ({ status: 'fulfilled', value }));
    } catch {
      return Promise.allSettled(runs.map((run) => this.#insertAlone(run)));
    }
  }

  async #insertAlone(run: NewRun): Promise<Inserted> {
    const [inserted] = await insertRuns(this.dataSource.manager, [run]);
    return inserted ?? { kind: 'gone' };
  }
}
