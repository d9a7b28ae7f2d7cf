import type { StepOf } from '@runnel/contracts';
import { assertedFrame, withElement, type Action, type Place } from './action';

const buttons = {
  primary: 'left',
  auxiliary: 'middle',
  secondary: 'right',
  back: 'back',
  forward: 'forward',
} as const;

export const click: Action<'click'> = (step, place) => press(step, place, 1);
export const doubleClick: Action<'doubleClick'> = (step, place) => press(step, place, 2);

export const hover: Action<'hover'> = async (step, place) => {
  const { tab, signal } = place;
  const wanted = { selectors: step.selectors, purpose: 'hovered' };
  const work = () => withElement(wanted, place, (element) => element.hover({ signal }));
  await tab.act(work, { signal, navigates: assertedFrame(step, place) });
};

async function press(
  step: StepOf<'click'> | StepOf<'doubleClick'>,
  place: Place,
  count: number,
): Promise<void> {
  const { selectors, offsetX, offsetY, button, duration } = step;
  const { tab, signal } = place;
  const options = {
    count,
    signal,
    ...(offsetX !== undefined && offsetY !== undefined && { offset: { x: offsetX, y: offsetY } }),
    ...(button && { button: buttons[button] }),
    ...(duration !== undefined && { delay: duration }),
  };
  const work = () =>
    withElement({ selectors, purpose: 'clicked' }, place, (element) => element.click(options));
  await tab.act(work, { signal, navigates: assertedFrame(step, place) });
}
