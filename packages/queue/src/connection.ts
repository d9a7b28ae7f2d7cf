import {
  createPostgresBackend,
  Queue,
  Worker,
  withBackend,
  type Processor,
  type WorkerOptions,
} from 'bullmq';
import { queueName, type Job } from './job';

/** Where jobs wait: on Redis if there is one, else on the Postgres that holds the runs. */
export interface QueueAddress {
  redisUrl: string | null;
  databaseUrl: string;
}

const onPostgres = withBackend(createPostgresBackend);

/** Redis Cluster keeps all keys of a queue together by the braces. */
const prefix = '{runnel}';

/** The one place that knows which backend it is: the producer's end. */
export function openQueue(address: QueueAddress): Queue<Job> {
  if (address.redisUrl === null) {
    const queue = new onPostgres.Queue<Job>(queueName, { connection: postgres(address.databaseUrl) });
    return queue as unknown as Queue<Job>;
  }
  // Without an offline queue an add fails at once while Redis is away, and does not arrive later, twice.
  const connection = { ...redis(address.redisUrl), enableOfflineQueue: false, maxRetriesPerRequest: 1 };
  return new Queue<Job>(queueName, { prefix, connection });
}

/** The consumer's end. */
export function openWorker(
  address: QueueAddress,
  process: Processor<Job>,
  options: Omit<WorkerOptions, 'connection'>,
): Worker<Job> {
  if (address.redisUrl === null) {
    const connection = postgres(address.databaseUrl);
    const worker = new onPostgres.Worker<Job>(queueName, process, { ...options, connection });
    return worker as unknown as Worker<Job>;
  }
  const connection = { ...redis(address.redisUrl), maxRetriesPerRequest: null };
  return new Worker<Job>(queueName, process, { ...options, prefix, connection });
}

/** Brings the queue's tables up to date; on Redis there are none. */
export async function migrateQueue(address: QueueAddress): Promise<void> {
  if (address.redisUrl !== null) return;
  const connection = { ...postgres(address.databaseUrl), migrate: true };
  const queue = new onPostgres.Queue(queueName, { connection });
  try {
    await queue.waitUntilReady();
  } finally {
    await queue.close();
  }
}

function postgres(connectionString: string) {
  return {
    connectionString,
    max: 4,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    application_name: 'runnel queue',
  };
}

function redis(url: string) {
  return {
    url,
    connectTimeout: 5_000,
    reconnectOnError: (error: Error) => error.message.includes('READONLY'),
  };
}
