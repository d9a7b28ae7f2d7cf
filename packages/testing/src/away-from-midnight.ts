import { setTimeout as sleep } from 'node:timers/promises';

const dayMs = 86_400_000;
const nearMs = 20_000;

/** Waits for the next day (UTC) where it is about to begin: what counts by the day would begin anew in a test. */
export async function awayFromMidnight(): Promise<void> {
  const left = dayMs - (Date.now() % dayMs);
  if (left < nearMs) await sleep(left + 100);
}
