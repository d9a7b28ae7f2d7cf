import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateQueue } from '@runnel/queue';
import { migrate, openDataSource } from '@runnel/store';
import { startPrivateRedis, type PrivateRedis } from '../private-redis';
import { temporaryFolder } from '../temporary-folder';
import { AppSlot, type AppName } from './app-slot';
import { ChaosPostgres } from './chaos-postgres';
import { watchFences, type FenceCount } from './watch-fences';

export const leaseMs = 4_000;
const graceMs = 1_500;
const fleet: Record<AppName, number> = { api: 2, worker: 3, scheduler: 2 };

/** A whole service of its own: servers, and a fleet of apps each behind its own proxies. */
export interface ChaosWorld {
  key: string;
  postgres: ChaosPostgres;
  redis: PrivateRedis | null;
  slots: AppSlot[];
  /** Servers that a fault is at work on. */
  busy: Set<'postgres' | 'redis'>;
  /** The apps' own temporary folder. */
  temporary: string;
  /** Writes that the database refused to the workers. */
  fenced: FenceCount;
  close(): Promise<void>;
}

/** `redisCommand`: how to start a Redis for the queue; null puts it on Postgres. Whoever opens the world closes it. */
export async function openChaosWorld(redisCommand: string | null): Promise<ChaosWorld> {
  const home = await temporaryFolder('runnel-chaos-');
  const temporary = join(home, 'apps');
  await mkdir(temporary);
  const postgres = await ChaosPostgres.open(join(home, 'data'));
  const redis = redisCommand === null ? null : await startPrivateRedis(redisCommand);
  const servers = { postgres: postgres.url, redis: redis?.url ?? null };
  await prepare(servers.postgres, servers.redis);
  const key = 'rk_the-key-of-the-chaos';
  const { PUPPETEER_EXECUTABLE_PATH: browser = null } = process.env;
  const environment = {
    RUNNEL_API_KEY: key,
    RUNNEL_LEASE_MS: String(leaseMs),
    RUNNEL_GRACE_MS: String(graceMs),
    WORKER_CONCURRENCY: '3',
    TMPDIR: temporary,
    PUPPETEER_EXECUTABLE_PATH: browser,
  };
  const places = (Object.keys(fleet) as AppName[]).flatMap((app) =>
    Array.from({ length: fleet[app] }, (_, index) => ({ app, number: index + 1 })),
  );
  const slots = await Promise.all(places.map((place) => AppSlot.open(place, servers, environment)));
  const fenced = watchFences(slots);
  for (const slot of slots) slot.start();
  const close = async (): Promise<void> => {
    await Promise.all(slots.map((slot) => slot.close()));
    await redis?.kill();
    await postgres.close();
    await rm(home, { recursive: true, force: true });
  };
  return { key, postgres, redis, slots, busy: new Set(), temporary, fenced, close };
}

async function prepare(databaseUrl: string, redisUrl: string | null): Promise<void> {
  const dataSource = await openDataSource({ url: databaseUrl, poolSize: 2, application: 'chaos' });
  await migrate(dataSource);
  await migrateQueue({ databaseUrl, redisUrl });
  await dataSource.destroy();
}

/** Resolves when every process is ready. */
export async function untilReady({ slots }: ChaosWorld, patienceMs: number): Promise<void> {
  const late = await Promise.all(
    slots.map(async (slot) => ((await slot.ready(patienceMs)) ? null : slot.name)),
  );
  const names = late.filter((name) => name !== null);
  if (names.length > 0) throw new Error(`these did not start: ${names.join(', ')}`);
}
