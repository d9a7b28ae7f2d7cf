import { setTimeout as sleep } from 'node:timers/promises';
import type { StepOf } from '@runnel/contracts';
import type { ElementHandle, Frame } from 'puppeteer';
import { describeSelectors, puppeteerSelector } from '../step-selector';
import { pollMs } from '../tab';
import { withSelectors, type Action } from './action';

type Wanted = StepOf<'waitForElement'>;

const compare: Record<Wanted['operator'], (found: number, count: number) => boolean> = {
  '>=': (found, count) => found >= count,
  '==': (found, count) => found === count,
  '<=': (found, count) => found <= count,
};

export const waitForElement: Action<'waitForElement'> = async (step, { tab, frame, signal }) => {
  for (let found = 0; ;) {
    try {
      const seen = await tab.again(() => look(frame, step), signal);
      if (seen.holds === step.visible) return;
      found = seen.count;
      await sleep(pollMs, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      const { selectors, operator, count, visible } = step;
      const what = `${visible ? '' : 'not '}${operator} ${count} of ${describeSelectors(selectors)} on ${tab.url()}`;
      const message = `Waited for ${what}, found ${found}`;
      throw withSelectors(await tab.timedOut(signal, 'ELEMENT_NOT_FOUND', message), selectors);
    }
  }
};

/** Whether the condition holds now, and how many elements the first alternative that matches any matches. */
async function look(frame: Frame, step: Wanted): Promise<{ holds: boolean; count: number }> {
  const handles = await firstMatching(frame, step.selectors);
  const rightOnes = await Promise.all(handles.map((handle) => isRight(handle, step)));
  await Promise.all(handles.map((handle) => handle.dispose()));
  const holds = compare[step.operator](handles.length, step.count) && rightOnes.every(Boolean);
  return { holds, count: handles.length };
}

async function firstMatching(frame: Frame, selectors: Wanted['selectors']): Promise<ElementHandle[]> {
  for (const selector of selectors) {
    const handles = await frame.$$(puppeteerSelector(selector));
    if (handles.length > 0) return handles;
  }
  return [];
}

async function isRight(handle: ElementHandle, { attributes, properties }: Wanted): Promise<boolean> {
  if (!attributes && !properties) return true;
  return handle.evaluate(hasAll, attributes ?? {}, JSON.stringify(properties ?? {}));
}

/** Runs in the page: the element has these attributes, and its properties hold these values, as deep as they go. */
function hasAll(element: Element, attributes: Record<string, string>, propertiesJson: string): boolean {
  function holds(wanted: unknown, found: unknown): boolean {
    if (typeof wanted !== 'object' || wanted === null) return wanted === found;
    if (typeof found !== 'object' || found === null) return false;
    return Object.entries(wanted).every(([key, value]) =>
      holds(value, (found as Record<string, unknown>)[key]),
    );
  }
  const hasAttributes = Object.entries(attributes).every(
    ([name, value]) => element.getAttribute(name) === value,
  );
  return hasAttributes && holds(JSON.parse(propertiesJson), element);
}
