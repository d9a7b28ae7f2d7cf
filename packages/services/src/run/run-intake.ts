import type { JobProducer, NewJob } from '@runnel/queue';
import { RunStore, TaskStore, type DataSource, type NewRun, type RunView } from '@runnel/store';
import { Batcher } from './batcher';

const runLimits = { mostAtOnce: 200, pauseMs: 0 };
/** On Postgres each call of BullMQ makes and drops temporary tables: few calls with many jobs cost a fraction. */
const jobLimits = { mostAtOnce: 500, pauseMs: 50 };

/**
 * Takes runs in: commits them, and behind the answer to the client tells the queue of their tasks. Runs that come
 * together share a transaction, and their jobs a call. What the queue could not be told, the sweep tells at once;
 * what died with this process, a few seconds later.
 */
export class RunIntake {
  readonly #runs: Batcher<NewRun, RunView | null>;
  readonly #jobs: Batcher<NewJob, boolean>;
  readonly #store: RunStore;
  readonly #tasks: TaskStore;

  constructor(
    dataSource: DataSource,
    private readonly producer: JobProducer,
  ) {
    this.#store = new RunStore(dataSource.manager);
    this.#tasks = new TaskStore(dataSource.manager);
    this.#runs = new Batcher((runs) => this.#insert(runs), runLimits);
    this.#jobs = new Batcher((jobs) => this.#tell(jobs), jobLimits);
  }

  /** The run, committed; null when its robot is gone or another version stands at its stage. */
  async take(run: NewRun): Promise<RunView | null> {
    const { tasks } = run;
    const inserted = await this.#runs.add(run);
    if (!inserted) return null;
    for (const { id } of tasks) this.#jobs.add({ runId: run.id, taskId: id, attempt: 0 }).catch(() => null);
    return inserted;
  }

  /** Resolves when the queue was told of all that was taken in. */
  async close(): Promise<void> {
    await this.#runs.idle();
    await this.#jobs.idle();
  }

  /**
   * When a batch fails, each run of it is tried by itself: one that the database refuses does not take the others
   * with it, and one that was committed before the connection broke is found by its id.
   */
  async #insert(runs: NewRun[]): Promise<PromiseSettledResult<RunView | null>[]> {
    try {
      return (await this.#store.insert(runs)).map((value) => ({ status: 'fulfilled', value }));
    } catch {
      return Promise.allSettled(runs.map(async (run) => (await this.#store.insert([run]))[0] ?? null));
    }
  }

  async #tell(jobs: NewJob[]): Promise<PromiseSettledResult<boolean>[]> {
    const isAdded = await this.producer.add(jobs);
    if (!isAdded) await this.#tasks.markUndispatched(jobs.map(({ taskId }) => taskId));
    return jobs.map(() => ({ status: 'fulfilled', value: isAdded }));
  }
}
