import { readdir } from 'node:fs/promises';
import { redisCommand } from '../redis-command';
import type { ChaosWorld } from './chaos-world';
import { processesOf } from './process-tree';

/** Jobs that the queue still has, of whatever kind; found without the queue's own library. */
export async function countJobs({ redis, postgres }: ChaosWorld): Promise<number> {
  if (!redis) {
    const [found] = await postgres.query<{ count: number }>('SELECT count(*)::int AS count FROM bullmq.job');
    return found?.count ?? 0;
  }
  // The id of a job is its task's and a number; every other key is a word.
  const answer = await redisCommand(redis.url, 'KEYS {runnel}:tasks:*-*-*-*-*');
  return Number(answer.slice(1));
}

/** What is there of the apps although all of them have ended. */
export async function findLeftovers(world: ChaosWorld): Promise<string[]> {
  const processes = (await processesOf(world.temporary)).map(
    ({ pid, command }) => `process ${pid}: ${command.slice(0, 150)}`,
  );
  const files = (await readdir(world.temporary, { recursive: true })).map((name) => `file ${name}`);
  return [...processes, ...files.slice(0, 10)];
}
