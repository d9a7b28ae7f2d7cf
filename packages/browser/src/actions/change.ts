import { failure, FailureError } from '@runnel/contracts';
import { isNavigatedAway } from '../page-errors';
import { describeSelectors, puppeteerSelector } from '../step-selector';
import { assertedFrame, withElement, type Action, type Place } from './action';

export const change: Action<'change'> = async (step, place) => {
  const { selectors, value } = step;
  const { tab, signal } = place;
  const work = async (): Promise<void> => {
    await withElement({ selectors, purpose: 'filled in' }, place, (element) =>
      element.fill(value, { signal }),
    );
    await requireOption(step, place);
  };
  await tab.act(work, { signal, navigates: assertedFrame(step, place) });
};

/** A list to choose from takes what it has not as nothing, without a word. */
async function requireOption(
  { selectors, value }: Parameters<typeof change>[0],
  { tab, frame, signal }: Place,
): Promise<void> {
  for (const selector of selectors) {
    const handle = await tab.race(frame.$(puppeteerSelector(selector)).catch(goneAway), signal);
    const options = await tab.race(
      handle?.evaluate(optionsOf).catch(goneAway) ?? Promise.resolve(null),
      signal,
    );
    await handle?.dispose();
    if (!handle) continue;
    if (!options || options.includes(value)) return;
    const has = options.map((option) => JSON.stringify(option)).join(', ');
    const message = `${describeSelectors([selector])} has no option ${JSON.stringify(value)}; it has ${has || 'none'}`;
    throw new FailureError(failure('ELEMENT_NOT_FOUND', message));
  }
}

/** Runs in the page: the values of a list to choose from; null for anything else. */
function optionsOf(element: Element): string[] | null {
  return element instanceof HTMLSelectElement ? [...element.options].map((option) => option.value) : null;
}

/** The choice may have opened another page. */
function goneAway(error: unknown): null {
  if (isNavigatedAway(error)) return null;
  throw error;
}
