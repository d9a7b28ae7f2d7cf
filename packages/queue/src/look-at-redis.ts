import { Redis } from 'ioredis';

/** What a Redis says of itself; null: it does not tell. */
export interface RedisFacts {
  /** What it does when its memory is full. */
  evictionPolicy: string | null;
  /** The addresses on which it listens. */
  bind: string | null;
  /** True: it does what it is told by anybody. */
  isOpen: boolean;
}

const patienceMs = 5_000;

/** @throws Error when it does not answer */
export async function lookAtRedis(url: string): Promise<RedisFacts> {
  const redis = connectTo(url);
  const { host, port } = redis.options;
  const stranger = connectTo(`redis://${host ?? '127.0.0.1'}:${port ?? 6379}`);
  try {
    await redis.connect();
    return {
      evictionPolicy: await settingOf(redis, 'maxmemory-policy'),
      bind: await settingOf(redis, 'bind'),
      isOpen: await answersTo(stranger),
    };
  } finally {
    redis.disconnect();
    stranger.disconnect();
  }
}

function connectTo(url: string): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: patienceMs,
    commandTimeout: patienceMs,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  // What goes wrong is told by the call that it goes wrong in.
  redis.on('error', () => null);
  return redis;
}

/** Services that others run often forbid the question. */
async function settingOf(redis: Redis, name: string): Promise<string | null> {
  const answer: unknown = await redis.call('CONFIG', 'GET', name).catch(() => null);
  return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : null;
}

async function answersTo(stranger: Redis): Promise<boolean> {
  try {
    await stranger.connect();
    await stranger.ping();
    return true;
  } catch {
    return false;
  }
}
