import { setTimeout as sleep } from 'node:timers/promises';
import type { AppName, AppSlot } from './app-slot';
import type { Happened, Scene } from './fault-record';

const patienceMs = 5_000;

/** Does something to a process of an app that is ready and that no other fault is at work on; null when there is none. */
export async function withVictim(
  { world, planned }: Scene,
  app: AppName,
  work: (slot: AppSlot, pid: number) => Promise<Happened | null>,
): Promise<Happened | null> {
  const slots = world.slots.filter((slot) => slot.app === app);
  const inTurn = slots.map((_, index) => slots[(index + planned.victim) % slots.length]);
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    const slot = inTurn.find((each) => each?.process && !each.isBusy);
    if (!slot?.process) {
      await sleep(50);
      continue;
    }
    slot.isBusy = true;
    try {
      return await work(slot, slot.process.pid);
    } finally {
      slot.isBusy = false;
    }
  }
  return null;
}
