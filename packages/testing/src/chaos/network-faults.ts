import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from '../faults/fault-proxy';
import type { ProxyMode } from '../faults/proxy-mode';
import type { AppName } from './app-slot';
import type { Inject, Scene } from './fault-record';
import { withVictim } from './with-victim';

const apps: AppName[] = ['worker', 'api', 'worker', 'scheduler'];

/** Does something to one process' way to one server. */
const onTheWay =
  (work: (proxy: FaultProxy, scene: Scene) => Promise<void> | void): Inject =>
  (scene) => {
    const { victim, isOnQueue } = scene.planned;
    return withVictim(scene, apps[victim % apps.length] ?? 'worker', async (slot, pid) => {
      const { postgres, redis } = slot.proxies;
      const proxy = isOnQueue && redis ? redis : postgres;
      const at = Date.now();
      await work(proxy, scene);
      return {
        where: `${slot.name} to ${proxy === redis ? 'Redis' : 'Postgres'}`,
        at,
        until: Date.now(),
        pid,
      };
    });
  };

async function during(proxy: FaultProxy, mode: ProxyMode, ms: number): Promise<void> {
  proxy.mode = mode;
  await sleep(ms);
  proxy.mode = { kind: 'pass' };
}

const reset = onTheWay((proxy) => proxy.reset());

const halfOpen = onTheWay((proxy, { planned }) =>
  during(proxy, { kind: 'blackHole' }, 1_500 + planned.length * 6_000),
);

const slow = onTheWay((proxy, { planned: { length, victim } }) => {
  const mode: ProxyMode =
    victim % 2 === 0 ? { kind: 'delay', ms: 20 + length * 150 } : { kind: 'limit', bytesPerSecond: 40_000 };
  return during(proxy, mode, 2_000 + length * 3_000);
});

/** Faults of the network between one process and one server. */
export const networkFaults = {
  'connections reset': reset,
  'half-open connections': halfOpen,
  'slow network': slow,
} satisfies Record<string, Inject>;
