import { assertedFrame, withElement, type Action } from './action';

export const change: Action<'change'> = async (step, place) => {
  const { selectors, value } = step;
  const { tab, signal } = place;
  const work = () =>
    withElement({ selectors, purpose: 'filled in' }, place, (element) => element.fill(value, { signal }));
  await tab.act(work, { signal, navigates: assertedFrame(step, place) });
};
