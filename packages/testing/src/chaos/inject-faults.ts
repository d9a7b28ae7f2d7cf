import { setTimeout as sleep } from 'node:timers/promises';
import { browserFaults } from './browser-faults';
import { leaseMs, type ChaosWorld } from './chaos-world';
import { planFaults, type FaultKind, type PlannedFault } from './fault-plan';
import type { FaultRecord, Inject } from './fault-record';
import { networkFaults } from './network-faults';
import { processFaults } from './process-faults';
import { serverFaults } from './server-faults';
import { statementFaults } from './statement-faults';

const faults: Record<FaultKind, Inject> = {
  ...processFaults,
  ...statementFaults,
  ...serverFaults,
  ...networkFaults,
  ...browserFaults,
};

/** A fault that is alone has so long before it and behind it. */
const settleMs = 2_000;
const recoverMs = leaseMs + 5_000;

export interface Injected {
  records: FaultRecord[];
  /** Planned, but there was nothing there that they could befall, or their statement did not come. */
  missed: PlannedFault[];
}

/** Makes one fault after the other, by the plan of the seed, until `isDone`. Resolves when the last one is over. */
export async function injectFaults(
  world: ChaosWorld,
  seed: number,
  { into, isDone }: { into: Injected; isDone: () => boolean },
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for (const planned of planFaults(seed, world.redis ? 'redis' : 'postgres')) {
    await sleep(planned.gapMs);
    if (isDone()) break;
    if (planned.isAlone) {
      await Promise.all(underWay);
      await sleep(settleMs);
    }
    const work = inject(world, planned, into).finally(() => underWay.delete(work));
    underWay.add(work);
    if (planned.isAlone) {
      await work;
      await sleep(recoverMs);
    }
  }
  await Promise.all(underWay);
}

async function inject(world: ChaosWorld, planned: PlannedFault, into: Injected): Promise<void> {
  const { kind, isAlone } = planned;
  const happened = await faults[kind]({ world, planned });
  if (happened) into.records.push({ kind, isAlone, ...happened });
  else into.missed.push(planned);
}
