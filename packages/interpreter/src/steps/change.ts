import type { StepOf } from '@runnel/contracts';
import type { StepContext } from '../step-context';

export async function change(step: StepOf<'change'>, context: StepContext): Promise<void> {
  await context.session.change(step.selectors, step.value, context.callSignal());
}
