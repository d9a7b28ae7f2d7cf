import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '@runnel/embedded';
import { migrateQueue } from '@runnel/queue';
import { migrate, openDataSource } from '@runnel/store';
import { findRedis, startPrivateRedis } from '../private-redis';

export interface BenchLedger {
  databaseUrl: string;
  redisUrl: string | null;
  close(): Promise<void>;
}

/** A database as durable as in production, and a Redis when `BENCH_QUEUE=redis` asks for one. */
export async function openBenchLedger(): Promise<BenchLedger> {
  const dataDir = await mkdtemp(join(tmpdir(), 'runnel-bench-'));
  const database = await openEmbeddedDatabase({ dataDir });
  const dataSource = await openDataSource({ url: database.url, poolSize: 2, application: 'bench' });
  await migrate(dataSource);
  const program = process.env['BENCH_QUEUE'] === 'redis' ? findRedis() : null;
  if (program && 'missing' in program) throw new Error(program.missing);
  const redis = program ? await startPrivateRedis(program.command) : null;
  await migrateQueue({ databaseUrl: database.url, redisUrl: redis?.url ?? null });
  return {
    databaseUrl: database.url,
    redisUrl: redis?.url ?? null,
    close: async () => {
      await redis?.kill();
      await dataSource.destroy();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
