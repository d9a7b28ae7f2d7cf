import { setTimeout as sleep } from 'node:timers/promises';
import type { StepOf } from '@runnel/contracts';
import type { Frame } from 'puppeteer';
import { describeSelectors, puppeteerSelector } from '../step-selector';
import { pollMs } from '../tab';
import { assertedFrame, withElement, type Action, type Place } from './action';

export const change: Action<'change'> = async (step, place) => {
  const { selectors, value } = step;
  const { tab, signal } = place;
  const work = async (): Promise<void> => {
    await optionIsThere(step, place);
    await withElement({ selectors, purpose: 'filled in' }, place, (element) =>
      element.fill(value, { signal }),
    );
  };
  await tab.act(work, { signal, navigates: assertedFrame(step, place) });
};

/** A list to choose from takes what it has not as nothing, without a word: waits until it has it, if it is a list. */
async function optionIsThere(
  { selectors, value }: StepOf<'change'>,
  { tab, frame, signal }: Place,
): Promise<void> {
  for (let options: string[] | null = null; ;) {
    try {
      options = await tab.again(() => optionsIn(frame, selectors), signal);
      if (options === null || options.includes(value)) return;
      await sleep(pollMs, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      const has = options?.map((option) => JSON.stringify(option)).join(', ');
      const message = `${describeSelectors(selectors)} has no option ${JSON.stringify(value)}; it has ${has || 'none'}`;
      throw await tab.timedOut(signal, 'ELEMENT_NOT_FOUND', message);
    }
  }
}

/** The values of the list that the first matching alternative finds; null when that is none. */
async function optionsIn(frame: Frame, selectors: StepOf<'change'>['selectors']): Promise<string[] | null> {
  for (const selector of selectors) {
    const handle = await frame.$(puppeteerSelector(selector));
    if (!handle) continue;
    const options = await handle.evaluate(optionsOf);
    await handle.dispose();
    return options;
  }
  return null;
}

/** Runs in the page: the values of a list to choose from; null for anything else. */
function optionsOf(element: Element): string[] | null {
  return element instanceof HTMLSelectElement ? [...element.options].map((option) => option.value) : null;
}
