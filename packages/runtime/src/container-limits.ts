import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';

/** Cores and bytes that this process may use: the container's, where it is in one. */
export async function containerLimits(): Promise<{ cores: number; memoryBytes: number }> {
  const quota = await readFile('/sys/fs/cgroup/cpu.max', 'utf8').catch(() => 'max');
  const [share = 'max', period = '100000'] = quota.trim().split(' ');
  const cores =
    share === 'max'
      ? availableParallelism()
      : Math.min(availableParallelism(), Number(share) / Number(period));
  const limit = process.constrainedMemory();
  const memoryBytes = limit > 0 && limit < totalmem() ? limit : totalmem();
  return { cores, memoryBytes };
}

const ownBytes = 400 * 1024 ** 2;
const bytesForATask = 300 * 1024 ** 2;

/** How many tasks at a time suit a machine: pages mostly wait for the network, so two for a core, if memory allows. */
export function concurrencyFor(limits: { cores: number; memoryBytes: number }): number {
  const byMemory = Math.floor((limits.memoryBytes - ownBytes) / bytesForATask);
  return Math.max(1, Math.min(Math.round(limits.cores * 2), byMemory));
}
