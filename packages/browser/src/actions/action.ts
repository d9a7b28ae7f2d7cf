import type { RecorderStep, RecorderStepType, SelectorAlternatives, StepOf } from '@runnel/contracts';
import { Locator, type Frame } from 'puppeteer';
import { pageFailure } from '../page-errors';
import { describeSelectors, puppeteerSelector } from '../step-selector';
import type { Tab } from '../tab';
import { failure, FailureError } from '@runnel/contracts';

/** Where a step acts, and until when. */
export interface Place {
  tab: Tab;
  frame: Frame;
  signal: AbortSignal;
}

export type Action<T extends RecorderStepType> = (step: StepOf<T>, place: Place) => Promise<void>;

/** Does something with the first element that any of the alternatives finds, when it is ready for it. */
export async function withElement(
  { selectors, purpose }: { selectors: SelectorAlternatives; purpose: string },
  { tab, frame, signal }: Place,
  act: (element: Locator<Element>) => Promise<void>,
): Promise<void> {
  const locators = selectors.map((selector) => frame.locator(puppeteerSelector(selector)).setTimeout(0));
  try {
    await tab.race(act(Locator.race<Locator<Element>[]>(locators)), signal);
  } catch (error) {
    if (!signal.aborted) throw pageFailure(error);
    const message = `No element on ${tab.url()} that matches ${describeSelectors(selectors)} could be ${purpose}`;
    throw withSelectors(await tab.timedOut(signal, 'ELEMENT_NOT_FOUND', message), selectors);
  }
}

/** The selectors that were tried, for who looks for what the page has instead. */
export function withSelectors(error: unknown, selectors: SelectorAlternatives): unknown {
  if (!(error instanceof FailureError)) return error;
  const { code, message } = error.failure;
  return new FailureError(failure(code, message, { selectors: selectors.flat() }), { cause: error });
}

/** The frame whose navigation the Recorder saw after the step; null when it saw none. */
export function assertedFrame(
  { assertedEvents }: Pick<RecorderStep, 'assertedEvents'>,
  { frame }: Place,
): Frame | null {
  return assertedEvents !== undefined && assertedEvents.length > 0 ? frame : null;
}
