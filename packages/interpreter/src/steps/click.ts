import type { StepOf } from '@runnel/contracts';
import type { StepContext } from '../step-context';

const buttons = { primary: 'left', auxiliary: 'middle', secondary: 'right' } as const;

export async function click(step: StepOf<'click'>, context: StepContext): Promise<void> {
  const { selectors, offsetX, offsetY, button, duration, assertedEvents } = step;
  await context.session.click(
    {
      selectors,
      ...(offsetX !== undefined && offsetY !== undefined && { offset: { x: offsetX, y: offsetY } }),
      ...(button && { button: buttons[button] }),
      ...(duration !== undefined && { holdMs: duration }),
      navigates: assertedEvents !== undefined && assertedEvents.length > 0,
    },
    context.callSignal(),
  );
}
