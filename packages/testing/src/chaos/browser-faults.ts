import type { Inject } from './fault-record';
import { descendantsOf, signalTo, type RunningProcess } from './process-tree';
import { withVictim } from './with-victim';

/** Kills one of a worker's browser processes. */
const killed =
  (what: string, isOne: (found: RunningProcess, worker: number) => boolean): Inject =>
  (scene) =>
    withVictim(scene, 'worker', async (slot, pid) => {
      const found = (await descendantsOf(pid)).filter((each) => isOne(each, pid));
      const victim = found[scene.planned.victim % Math.max(1, found.length)];
      const at = Date.now();
      if (!victim || !signalTo(victim.pid, 'SIGKILL')) return null;
      return { where: `a ${what} of ${slot.name}`, at, until: at, pid };
    });

/** Faults of a worker's browser. */
export const browserFaults = {
  'browser killed': killed('browser', ({ parent }, worker) => parent === worker),
  'renderer killed': killed('renderer', ({ command }) => command.includes('--type=renderer')),
} satisfies Record<string, Inject>;
