import { isolatedRealm } from '../ask';
import { assertedFrame, withElement, type Action } from './action';

export const scroll: Action<'scroll'> = async (step, place) => {
  const { selectors, x = 0, y = 0 } = step;
  const { tab, frame, signal } = place;
  const work = async (): Promise<void> => {
    if (selectors) {
      const options = { scrollLeft: x, scrollTop: y, signal };
      return withElement({ selectors, purpose: 'scrolled' }, place, (element) => element.scroll(options));
    }
    const scrolled = isolatedRealm(frame).evaluate(
      (left: number, top: number) => window.scroll(left, top),
      x,
      y,
    );
    await tab.race(scrolled, signal);
  };
  await tab.act(work, { signal, navigates: assertedFrame(step, place) });
};
