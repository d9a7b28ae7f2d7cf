import type { StepOf } from '@runnel/contracts';
import type { StepContext } from '../step-context';

export async function waitForElement(step: StepOf<'waitForElement'>, context: StepContext): Promise<void> {
  const { selectors, operator, count, visible } = step;
  const wanted = { selectors, operator, count, ...(visible !== undefined && { visible }) };
  await context.session.waitForElement(wanted, context.callSignal());
}
