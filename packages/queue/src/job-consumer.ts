import type { Worker } from 'bullmq';
import { openWorker, type QueueAddress } from './connection';
import { jobSchema, type Job } from './job';

export interface ConsumerOptions {
  /** Jobs at a time. */
  concurrency: number;
  /** Milliseconds after which a job whose worker died is given to another. */
  leaseMs: number;
  process: (job: Job) => Promise<void>;
  onError: (error: Error) => void;
}

/** Takes jobs as they come. Redelivery is frequent and cheap: the claim in Postgres decides who works. */
export class JobConsumer {
  readonly #worker: Worker<Job>;

  constructor(address: QueueAddress, options: ConsumerOptions) {
    this.#worker = openWorker(address, async (job) => options.process(jobSchema.parse(job.data)), {
      concurrency: options.concurrency,
      lockDuration: options.leaseMs,
      // Postgres takes whole numbers only, and would find no stalled job without a word.
      stalledInterval: Math.ceil(options.leaseMs / 3),
      maxStalledCount: 5,
      maxStartedAttempts: 10,
    });
    this.#worker.on('error', options.onError);
    this.#worker.on('failed', (_job, error) => options.onError(error));
  }

  /** Takes no more jobs; resolves when those that it has are done. */
  async close(): Promise<void> {
    await this.#worker.close();
  }
}
