import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand } from '../redis-command';
import type { PrivateRedis } from '../private-redis';
import type { ChaosWorld } from './chaos-world';
import type { Happened, Inject, Scene } from './fault-record';

type Server = 'postgres' | 'redis';

/** Does something to a server that no other fault is at work on. */
async function toServer(
  { world }: Scene,
  server: Server,
  work: () => Promise<void>,
): Promise<Happened | null> {
  if (world.busy.has(server)) return null;
  world.busy.add(server);
  const at = Date.now();
  try {
    await work();
    return { where: server, at, until: Date.now(), pid: null };
  } finally {
    world.busy.delete(server);
  }
}

/** Where all processes find the server; null: nowhere. */
function lead({ slots }: ChaosWorld, server: Server, port: number | null): void {
  for (const { proxies } of slots) {
    const proxy = proxies[server];
    if (proxy) proxy.targetPort = port;
  }
}

const crashPostgres: Inject = (scene) =>
  toServer(scene, 'postgres', async () => {
    const { postgres } = scene.world;
    lead(scene.world, 'postgres', null);
    await postgres.crash();
    await sleep(scene.planned.length * 1_000);
    await postgres.start();
    lead(scene.world, 'postgres', postgres.port);
  });

const onRedis =
  (work: (redis: PrivateRedis, scene: Scene) => Promise<void>): Inject =>
  async (scene) => {
    const { redis } = scene.world;
    return redis && toServer(scene, 'redis', () => work(redis, scene));
  };

const crashRedis = onRedis(async (redis, { world, planned }) => {
  lead(world, 'redis', null);
  await redis.kill();
  await sleep(300 + planned.length * 3_000);
  await redis.start();
  lead(world, 'redis', Number(new URL(redis.url).port));
});

const emptyRedis = onRedis(async ({ url }) => void (await redisCommand(url, 'FLUSHALL')));

const fillRedis = onRedis(async ({ url }, { planned }) => {
  await redisCommand(url, 'CONFIG SET maxmemory 1');
  await sleep(1_500 + planned.length * 3_000);
  await redisCommand(url, 'CONFIG SET maxmemory 0');
});

/** Faults of a whole server. */
export const serverFaults = {
  'Postgres crashed': crashPostgres,
  'Redis crashed, back empty': crashRedis,
  'Redis emptied': emptyRedis,
  'Redis full': fillRedis,
} satisfies Record<string, Inject>;
