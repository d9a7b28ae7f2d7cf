import { setTimeout as sleep } from 'node:timers/promises';
import type { AppName } from './app-slot';
import { leaseMs } from './chaos-world';
import type { Inject } from './fault-record';
import { signalTo } from './process-tree';
import { withVictim } from './with-victim';

const ended =
  (app: AppName, signal: NodeJS.Signals): Inject =>
  (scene) =>
    withVictim(scene, app, async (slot, pid) => {
      const at = Date.now();
      await slot.end(signal);
      return { where: slot.name, at, until: at, pid };
    });

/** Stopped for longer than it may be silent, then it goes on as if nothing had been. */
const frozen: Inject = (scene) =>
  withVictim(scene, 'worker', async (slot, pid) => {
    const at = Date.now();
    if (!signalTo(pid, 'SIGSTOP')) return null;
    await sleep(leaseMs + 500 + scene.planned.length * 5_000);
    signalTo(pid, 'SIGCONT');
    return { where: slot.name, at, until: Date.now(), pid };
  });

/** Faults of a whole process. */
export const processFaults = {
  'worker killed': ended('worker', 'SIGKILL'),
  'worker restarted': ended('worker', 'SIGTERM'),
  'worker frozen past its lease': frozen,
  'API killed': ended('api', 'SIGKILL'),
  'scheduler killed': ended('scheduler', 'SIGKILL'),
} satisfies Record<string, Inject>;
