import { createHash } from 'node:crypto';

/**
 * How much later than its moments a schedule is due, in milliseconds: from 0 up to `jitterSeconds`, always the same for
 * one schedule, and spread evenly over all of them.
 */
export function jitterOf(scheduleId: string, jitterSeconds: number): number {
  if (jitterSeconds === 0) return 0;
  const bits = createHash('sha256').update(scheduleId).digest().readUInt32BE();
  return Math.floor((bits / 2 ** 32) * (jitterSeconds * 1_000 + 1));
}
