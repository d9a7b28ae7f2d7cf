import type { QueueAddress } from '@runnel/queue';
import { startPrivateRedis, type PrivateRedis } from './private-redis';
import { sharedServices } from './services';

export type BackendName = 'postgres' | 'redis';

/** `describe` once for each queue backend; where no Redis can be had its half is skipped. */
export function describeOnBothBackends(title: string, suite: (backend: BackendName) => void): void {
  describe(`${title} (queue on Postgres)`, () => suite('postgres'));
  const onRedis = sharedServices().redisCommand === null ? describe.skip : describe;
  onRedis(`${title} (queue on Redis)`, () => suite('redis'));
}

export interface TestQueue {
  address: QueueAddress;
  redis: PrivateRedis | null;
  stop(): Promise<void>;
}

/** Where a suite's jobs wait. */
export async function startTestQueue(backend: BackendName, databaseUrl: string): Promise<TestQueue> {
  const { redisCommand } = sharedServices();
  const redis = backend === 'redis' && redisCommand !== null ? await startPrivateRedis(redisCommand) : null;
  return {
    address: { databaseUrl, redisUrl: redis?.url ?? null },
    redis,
    stop: async () => redis?.kill(),
  };
}
