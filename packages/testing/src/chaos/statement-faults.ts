import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from '../faults/crash-point';
import type { AppName, AppSlot } from './app-slot';
import { leaseMs } from './chaos-world';
import type { Inject } from './fault-record';
import { signalTo } from './process-tree';
import { withVictim } from './with-victim';

/** Some statements are rare: one that does not come is no fault. */
const patienceMs = 8_000;
/** Beyond the lease another worker has to be found and to be at work: only then a write that is late can do harm. */
const beyondLeaseMs = { least: 1_500, more: 4_500 };

type Deed = (victim: { slot: AppSlot; pid: number; length: number }) => Promise<Verdict>;

const kill: Deed = async ({ slot }) => {
  await slot.end('SIGKILL');
  return 'drop';
};

/** What it was about to write, or to hear, comes when its tasks are another's. */
const freeze: Deed = async ({ pid, length }) => {
  signalTo(pid, 'SIGSTOP');
  await sleep(leaseMs + beyondLeaseMs.least + length * beyondLeaseMs.more);
  signalTo(pid, 'SIGCONT');
  return 'pass';
};

const atStatement =
  (app: AppName, deed: Deed): Inject =>
  (scene) =>
    withVictim(scene, app, async (slot, pid) => {
      const { place, length } = scene.planned;
      const proxy = place && slot.proxies[place.on];
      if (!proxy) return null;
      let at = 0;
      let done: Promise<unknown> = Promise.resolve();
      const armed = proxy.at({ statement: place.statement, when: place.when, nth: 1 }, () => {
        at = Date.now();
        const verdict = deed({ slot, pid, length });
        done = verdict;
        return verdict;
      });
      const timer = setTimeout(() => armed.giveUp(), patienceMs);
      const isReached = await armed.reached;
      clearTimeout(timer);
      // The deed begins in the same turn in which the point is reached.
      await done;
      const where = `${slot.name}, ${place.when} ${place.name}`;
      return isReached ? { where, at, until: Date.now(), pid } : null;
    });

/** Faults between two statements. */
export const statementFaults = {
  'worker killed at a statement': atStatement('worker', kill),
  'worker frozen at a statement': atStatement('worker', freeze),
  'API killed at a statement': atStatement('api', kill),
  'scheduler killed at a statement': atStatement('scheduler', kill),
} satisfies Record<string, Inject>;
