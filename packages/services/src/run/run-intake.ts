import type { JobProducer, NewJob } from '@runnel/queue';
import { RunStore, TaskStore, type DataSource, type InsertedRun, type NewRun } from '@runnel/store';
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
  readonly #runs: Batcher<NewRun, InsertedRun | null>;
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
  async take(run: NewRun): Promise<InsertedRun | null> {
    const inserted = await this.#runs.add(run);
    for (const taskId of inserted?.taskIds ?? []) {
      this.#jobs.add({ runId: inserted?.run.id ?? '', taskId, attempt: 0 }).catch(() => null);
    }
    return inserted;
  }

  /** Resolves when the queue was told of all that was taken in. */
  async close(): Promise<void> {
    await this.#runs.idle();
    await this.#jobs.idle();
  }

  /** One run that the database refuses does not take the others with it. */
  async #insert(runs: NewRun[]): Promise<(InsertedRun | null)[]> {
    if (runs.length === 1) return this.#store.insert(runs);
    try {
      return await this.#store.insert(runs);
    } catch {
      return (await Promise.all(runs.map((run) => this.#store.insert([run])))).flat();
    }
  }

  async #tell(jobs: NewJob[]): Promise<boolean[]> {
    const isAdded = await this.producer.add(jobs);
    if (!isAdded) await this.#tasks.markUndispatched(jobs.map(({ taskId }) => taskId));
    return jobs.map(() => isAdded);
  }
}
