import type { RecorderStep, StepOf, StepType } from '@runnel/contracts';
import type { StepContext } from '../step-context';
import { content } from './content';
import { crawl } from './crawl';
import { extract } from './extract';
import { extractList } from './extract-list';
import { follow } from './follow';
import { navigate } from './navigate';
import { pdf } from './pdf';
import { screenshot } from './screenshot';
import { wait } from './wait';

export type Handler<T extends StepType> = (step: StepOf<T>, context: StepContext) => Promise<void>;

/** What Chrome's Recorder records, a session does by itself. */
async function perform(step: RecorderStep, context: StepContext): Promise<void> {
  context.trail.asked = null;
  await context.session.perform(step, context.callSignal());
}

/** What each step does. A type without a line here does not compile. */
export const handlers: { [T in StepType]: Handler<T> } = {
  change: perform,
  click: perform,
  close: perform,
  content,
  crawl,
  customStep: perform,
  doubleClick: perform,
  emulateNetworkConditions: perform,
  extract,
  extractList,
  follow,
  hover: perform,
  keyDown: perform,
  keyUp: perform,
  navigate,
  pdf,
  screenshot,
  scroll: perform,
  setViewport: perform,
  wait,
  waitForElement: perform,
  waitForExpression: perform,
};

/** Milliseconds that one call of a step may take where neither the step nor the robot says: a page, or less. */
export const defaultTimeouts: Record<StepType, number> = {
  change: 5_000,
  click: 15_000,
  close: 5_000,
  content: 5_000,
  crawl: 15_000,
  customStep: 5_000,
  doubleClick: 15_000,
  emulateNetworkConditions: 5_000,
  extract: 5_000,
  extractList: 5_000,
  follow: 15_000,
  hover: 5_000,
  keyDown: 15_000,
  keyUp: 15_000,
  navigate: 15_000,
  pdf: 30_000,
  screenshot: 15_000,
  scroll: 5_000,
  setViewport: 5_000,
  wait: 30_000,
  waitForElement: 15_000,
  waitForExpression: 15_000,
};
