import { setTimeout as sleep } from 'node:timers/promises';
import type { Added, JobProducer } from '@runnel/queue';
import { dispatchTasks, TaskStore, type DataSource, type DispatchedTask } from '@runnel/store';

/** A space may have so many jobs in the queue, however little runs: as many as idle workers take at a time. */
const leastAtHand = 10;
/** A task that the queue was told of and that nobody took for so long may have lost its job. */
const silentMs = 3_000;
const mostReminders = 500;
/** On Postgres each call of BullMQ makes and drops temporary tables: few calls with many jobs cost a fraction. */
const pauseMs = 50;

/**
 * Tells the queue of the tasks whose turn it is. The queue holds only what is next: who that is, the ledger decides,
 * so that a space with ten thousand tasks keeps nobody waiting. Any number of processes may do so.
 */
export class Dispatcher {
  readonly #tasks: TaskStore;
  #working: Promise<void> | null = null;
  #isAsked = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly producer: JobProducer,
    private readonly onError: (error: unknown) => void,
  ) {
    this.#tasks = new TaskStore(dataSource.manager);
  }

  /** Looks soon, when something may have changed who is next. Many calls make few looks; the sweep makes up for one that fails. */
  soon(): void {
    this.#isAsked = true;
    this.#working ??= this.#work();
  }

  /** Looks now. How many tasks the queue was told of. */
  async dispatch(): Promise<number> {
    const tasks = await dispatchTasks(this.dataSource, leastAtHand);
    const added = await this.#tell(tasks);
    // What the queue may still get must not be given away: the space could have more at work than it may.
    if (added === 'no') await this.#tasks.markUndispatched(tasks.map(({ id }) => id));
    return added === 'yes' ? tasks.length : 0;
  }

  /** Tells the queue again of tasks that nobody took: where their jobs still wait, this changes nothing. */
  async remind(): Promise<number> {
    const tasks = await this.#tasks.remind(silentMs, mostReminders);
    return (await this.#tell(tasks)) === 'yes' ? tasks.length : 0;
  }

  /** Resolves when nothing is asked for any more. */
  async close(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async #tell(tasks: DispatchedTask[]): Promise<Added> {
    if (tasks.length === 0) return 'yes';
    return this.producer.add(tasks.map(({ id, ...job }) => ({ taskId: id, ...job })));
  }

  async #work(): Promise<void> {
    // What is asked for in this turn goes along.
    await new Promise(setImmediate);
    while (this.#isAsked) {
      this.#isAsked = false;
      await this.dispatch().catch(this.onError);
      await sleep(pauseMs);
    }
    // In the same turn as the look that found nothing: what is asked from here on starts anew.
    this.#working = null;
  }
}
