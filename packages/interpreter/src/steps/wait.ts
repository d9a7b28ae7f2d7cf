import { setTimeout as sleep } from 'node:timers/promises';
import type { StepOf } from '@runnel/contracts';
import type { StepContext } from '../step-context';

export async function wait({ ms }: StepOf<'wait'>, context: StepContext): Promise<void> {
  if (ms === undefined) await context.session.networkIdle(context.call());
  else await sleep(ms, undefined, { signal: context.signal });
}
