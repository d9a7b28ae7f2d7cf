import { z } from 'zod';
import { closedObject } from './fault';
import { fields } from './field';
import { cssSelector, selectorAlternatives } from './selector';

const name = z.string().trim().min(1).max(200);

/** What every step may carry. */
const anyStep = {
  /** True: a failure of this step is a warning. */
  optional: z.boolean().default(false),
  /** Milliseconds. */
  timeout: z.number().int().min(1).max(600_000).optional(),
  /** A selector that must be on the page now, else the step is skipped. */
  when: z.string().min(1).max(2000).optional(),
  /** Recorder exports name the tab; there is one. */
  target: z.literal('main').optional(),
};

/** What the Recorder saw happen after a step. */
const assertedEvents = z
  .array(
    z.object({ type: z.literal('navigation'), url: z.string().optional(), title: z.string().optional() }),
  )
  .optional();

const setViewport = closedObject({
  type: z.literal('setViewport'),
  ...anyStep,
  width: z.number().int().min(1).max(10_000),
  height: z.number().int().min(1).max(10_000),
  deviceScaleFactor: z.number().min(0).max(10).optional(),
  isMobile: z.boolean().optional(),
  hasTouch: z.boolean().optional(),
  isLandscape: z.boolean().optional(),
});

const navigate = closedObject({
  type: z.literal('navigate'),
  ...anyStep,
  url: z.string().min(1).max(8000),
  assertedEvents,
});

const click = closedObject({
  type: z.literal('click'),
  ...anyStep,
  selectors: selectorAlternatives,
  offsetX: z.number().optional(),
  offsetY: z.number().optional(),
  button: z.enum(['primary', 'auxiliary', 'secondary']).optional(),
  /** Milliseconds between press and release. */
  duration: z.number().min(0).max(60_000).optional(),
  deviceType: z.literal('mouse').optional(),
  assertedEvents,
});

const change = closedObject({
  type: z.literal('change'),
  ...anyStep,
  selectors: selectorAlternatives,
  value: z.string(),
  assertedEvents,
});

const waitForElement = closedObject({
  type: z.literal('waitForElement'),
  ...anyStep,
  selectors: selectorAlternatives,
  operator: z.enum(['>=', '==', '<=']).default('>='),
  count: z.number().int().min(0).default(1),
  visible: z.boolean().optional(),
});

const extract = closedObject({
  type: z.literal('extract'),
  ...anyStep,
  name: name.default('rows'),
  scope: cssSelector.optional(),
  fields,
});

/** How to come to the next page of a list. */
const paginate = closedObject({
  by: z.literal('next'),
  selector: cssSelector,
  maxPages: z.number().int().min(1).max(10_000).default(100),
});
export type Paginate = z.infer<typeof paginate>;

const extractList = closedObject({
  type: z.literal('extractList'),
  ...anyStep,
  name: name.default('rows'),
  item: cssSelector,
  fields,
  limit: z.number().int().min(1).max(10_000_000).optional(),
  /** Fields that together tell one row from another: a row whose values were seen is not given again. */
  unique: z.array(z.string()).min(1).optional(),
  /** False: no row at all is no failure. */
  required: z.boolean().default(true),
  paginate: paginate.optional(),
}).superRefine((step, context) => {
  (step.unique ?? []).forEach((field, index) => {
    if (Object.hasOwn(step.fields, field)) return;
    const message = `${JSON.stringify(field)} is not a field of this list; allowed: ${Object.keys(step.fields).join(', ')}`;
    context.addIssue({ code: 'custom', path: ['unique', index], message });
  });
});

const screenshot = closedObject({
  type: z.literal('screenshot'),
  ...anyStep,
  name: name.default('screenshot'),
  fullPage: z.boolean().default(false),
  selector: cssSelector.optional(),
});

/** One schema a step. Adding a step: a schema here, a file in the interpreter, a line in its table, a test. */
const steps = {
  setViewport,
  navigate,
  click,
  change,
  waitForElement,
  extract,
  extractList,
  screenshot,
};
export const stepTypes = Object.keys(steps) as StepType[];

export const stepSchema = z.discriminatedUnion('type', [
  setViewport,
  navigate,
  click,
  change,
  waitForElement,
  extract,
  extractList,
  screenshot,
]);

export type StepType = keyof typeof steps;
export type StepOf<T extends StepType> = z.infer<(typeof steps)[T]>;
export type Step = z.infer<typeof stepSchema>;
