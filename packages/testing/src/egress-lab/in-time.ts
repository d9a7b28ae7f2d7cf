import { setTimeout as sleep } from 'node:timers/promises';

/** A limit, not a pause: how long a busy machine may take for what takes a moment. */
const patienceMs = 180_000;
const lookMs = 50;

/** Waits until it is so; false when it was not so in time. */
export async function inTime(isSo: () => boolean): Promise<boolean> {
  for (const end = performance.now() + patienceMs; !isSo(); await sleep(lookMs)) {
    if (performance.now() > end) return false;
  }
  return true;
}
