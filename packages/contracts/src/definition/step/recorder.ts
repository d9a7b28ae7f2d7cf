import { isUrl } from '../../is-url';
import { Script } from 'node:vm';
import { z } from 'zod';
import { closedObject } from '../fault';
import { isBlankPage } from './blank-page';
import { selectorAlternatives } from '../selector';
import { anyPageStep, anyStep } from './any-step';
import { isKeyName } from './key-names';

/** The steps of Chrome's Recorder. Shapes and defaults are those of @puppeteer/replay's `Schema`. */

/** What the Recorder saw happen after a step. Only that a navigation happened is asserted, as the Recorder does. */
const assertedEvents = z
  .array(
    closedObject({ type: z.literal('navigation'), url: z.string().optional(), title: z.string().optional() }),
  )
  .optional();

const onPage = { ...anyStep, assertedEvents };
const inFrame = { ...anyPageStep, assertedEvents };

const setViewport = closedObject({
  type: z.literal('setViewport'),
  ...onPage,
  width: z.number().int().min(1).max(10_000),
  height: z.number().int().min(1).max(10_000),
  deviceScaleFactor: z.number().min(0).max(10).optional(),
  isMobile: z.boolean().optional(),
  hasTouch: z.boolean().optional(),
  isLandscape: z.boolean().optional(),
});

const navigate = closedObject({
  type: z.literal('navigate'),
  ...onPage,
  url: z.string().min(1).max(8000, { abort: true }).refine(isAddress, 'is not an http or https address'),
});

const pointer = {
  ...inFrame,
  selectors: selectorAlternatives,
  /** Pixels from the element's top left corner; its middle when not given. */
  offsetX: z.number().optional(),
  offsetY: z.number().optional(),
  button: z.enum(['primary', 'auxiliary', 'secondary', 'back', 'forward']).optional(),
  /** Milliseconds between press and release. */
  duration: z.number().min(0).max(60_000).optional(),
  deviceType: z.enum(['mouse', 'pen', 'touch']).optional(),
};

const click = closedObject({ type: z.literal('click'), ...pointer });
const doubleClick = closedObject({ type: z.literal('doubleClick'), ...pointer });
const hover = closedObject({ type: z.literal('hover'), ...inFrame, selectors: selectorAlternatives });

const change = closedObject({
  type: z.literal('change'),
  ...inFrame,
  selectors: selectorAlternatives,
  value: z.string(),
});

const keyName = z
  .string()
  .max(200, { abort: true })
  .refine((key) => isKeyName(key) || key.includes('{{'), 'is not the name of a key, like "Enter" or "a"');

const keyDown = closedObject({ type: z.literal('keyDown'), ...onPage, key: keyName });
const keyUp = closedObject({ type: z.literal('keyUp'), ...onPage, key: keyName });

const scroll = closedObject({
  type: z.literal('scroll'),
  ...inFrame,
  /** The element to scroll; none: the page. */
  selectors: selectorAlternatives.optional(),
  /** Pixels from the left and from the top. */
  x: z.number().optional(),
  y: z.number().optional(),
});

const waitForElement = closedObject({
  type: z.literal('waitForElement'),
  ...inFrame,
  selectors: selectorAlternatives,
  operator: z.enum(['>=', '==', '<=']).default('>='),
  count: z.number().int().min(0).default(1),
  /** False turns the whole condition round: wait until it does not hold. */
  visible: z.boolean().default(true),
  /** JavaScript properties and attributes that every matching element must have. */
  properties: z.record(z.string(), z.json()).optional(),
  attributes: z.record(z.string(), z.string()).optional(),
});

const waitForExpression = closedObject({
  type: z.literal('waitForExpression'),
  ...inFrame,
  /** JavaScript, evaluated in the page until it is true. */
  expression: z
    .string()
    .min(1)
    .max(10_000, { abort: true })
    .refine(isExpression, 'is not a JavaScript expression'),
});

const close = closedObject({ type: z.literal('close'), ...onPage });

const emulateNetworkConditions = closedObject({
  type: z.literal('emulateNetworkConditions'),
  ...onPage,
  /** Bytes a second; both 0: no network at all. */
  download: z.number().min(-1),
  upload: z.number().min(-1),
  /** Milliseconds. */
  latency: z.number().min(0),
});

const customStep = closedObject({
  type: z.literal('customStep'),
  ...inFrame,
  name: z.string().max(200),
  parameters: z.json().optional(),
});

export const recorderSteps = {
  setViewport,
  navigate,
  click,
  doubleClick,
  hover,
  change,
  keyDown,
  keyUp,
  scroll,
  waitForElement,
  waitForExpression,
  close,
  emulateNetworkConditions,
  customStep,
};

/** Only parsed here, never run. */
function isExpression(text: string): boolean {
  if (text.includes('{{')) return true;
  try {
    return new Script(`(${text}\n)`) instanceof Script;
  } catch {
    return false;
  }
}

function isAddress(url: string): boolean {
  if (url.includes('{{') || isBlankPage(url)) return true;
  return isUrl(url) && /^https?:$/.test(new URL(url).protocol);
}
