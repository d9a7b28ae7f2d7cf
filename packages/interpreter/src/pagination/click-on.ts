import type { StepContext } from '../step-context';

export async function clickOn(selector: string, context: StepContext): Promise<void> {
  const { target = 'main', frame, signal } = context.call();
  context.trail.asked = null;
  await context.session.perform(
    { type: 'click', optional: false, target, frame, selectors: [selector] },
    signal,
  );
}
