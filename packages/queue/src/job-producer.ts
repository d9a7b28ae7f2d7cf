import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import { openQueue, type QueueAddress } from './connection';
import { jobId, type Job, type NewJob } from './job';

/** The ledger decides about attempts and keeps the history; the queue forgets a job as soon as it is done. */
const jobOptions = { attempts: 1, removeOnComplete: true, removeOnFail: true };

/** How long an add may take before the sweep is trusted to do it: BullMQ may not settle while Redis is away. */
const patienceMs = 300;

type JobEntry = Parameters<Queue<Job>['addBulk']>[0][number];

export type Added = 'yes' | 'no' | 'unknown';

/** Adds jobs. */
export class JobProducer {
  readonly #queue: Queue<Job>;

  constructor(address: QueueAddress, onError: (error: Error) => void) {
    this.#queue = openQueue(address);
    this.#queue.on('error', onError);
  }

  /** Whether the queue has the jobs now. When that is not known it may still get them, which is harmless. */
  async add(jobs: NewJob[]): Promise<Added> {
    const entries = jobs.map((job) => ({
      name: 'task',
      data: { runId: job.runId, taskId: job.taskId },
      // What was begun already has waited its turn.
      opts: { ...jobOptions, jobId: jobId(job), lifo: job.attempt > 0 },
    }));
    const added = this.#addAll(entries).then(
      () => 'yes' as const,
      () => 'no' as const,
    );
    const patience = new AbortController();
    const tooLate = sleep(patienceMs, 'unknown' as const, { signal: patience.signal }).catch(
      () => 'unknown' as const,
    );
    const isAdded = await Promise.race([added, tooLate]);
    patience.abort();
    return isAdded;
  }

  /** A call for one job costs BullMQ less than a bulk of one. */
  async #addAll(entries: JobEntry[]): Promise<unknown> {
    const [only] = entries;
    if (only && entries.length === 1) return this.#queue.add(only.name, only.data, only.opts);
    return this.#queue.addBulk(entries);
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }
}
