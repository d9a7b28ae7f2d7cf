import type { RecorderStepType } from '@runnel/contracts';
import type { Action } from './action';
import { change } from './change';
import { click, doubleClick, hover } from './pointer';
import { keyDown, keyUp } from './keyboard';
import { close, customStep, emulateNetworkConditions, setViewport } from './page';
import { scroll } from './scroll';
import { waitForElement } from './wait-for-element';
import { waitForExpression } from './wait-for-expression';

export type { Action } from './action';

/** What a recorded step does, to the semantics of @puppeteer/replay. A type without a line here does not compile. */
export const actions: { [T in RecorderStepType]: Action<T> } = {
  change,
  click,
  close,
  customStep,
  doubleClick,
  emulateNetworkConditions,
  hover,
  keyDown,
  keyUp,
  scroll,
  setViewport,
  waitForElement,
  waitForExpression,
};
