import type { StepOf, StepType } from '@runnel/contracts';
import type { StepContext } from '../step-context';
import { change } from './change';
import { click } from './click';
import { extract } from './extract';
import { extractList } from './extract-list';
import { navigate } from './navigate';
import { screenshot } from './screenshot';
import { setViewport } from './set-viewport';
import { waitForElement } from './wait-for-element';

export type Handler<T extends StepType> = (step: StepOf<T>, context: StepContext) => Promise<void>;

/** What each step does. A type without a line here does not compile. */
export const handlers: { [T in StepType]: Handler<T> } = {
  change,
  click,
  extract,
  extractList,
  navigate,
  screenshot,
  setViewport,
  waitForElement,
};

/** Milliseconds that one call of a step may take where neither the step nor the robot says: a page, or less. */
export const defaultTimeouts: Record<StepType, number> = {
  change: 5_000,
  click: 15_000,
  extract: 5_000,
  extractList: 5_000,
  navigate: 15_000,
  screenshot: 15_000,
  setViewport: 5_000,
  waitForElement: 15_000,
};
