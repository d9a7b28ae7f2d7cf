import { z } from 'zod';
import { closedObject } from '../fault';
import { fields } from '../field';
import { pageSelector } from '../selector';
import { anyPageStep, anyStep, name } from './any-step';
import { paginate } from './paginate';

/** The steps that scraping adds to the Recorder's. */

const extract = closedObject({
  type: z.literal('extract'),
  ...anyPageStep,
  name: name.default('rows'),
  scope: pageSelector.optional(),
  fields,
});

const extractList = closedObject({
  type: z.literal('extractList'),
  ...anyPageStep,
  name: name.default('rows'),
  item: pageSelector,
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

export const contentFormats = ['markdown', 'text', 'html', 'links', 'metadata'] as const;
export type ContentFormat = (typeof contentFormats)[number];

/** The page itself: one row with a column for each format. */
const content = closedObject({
  type: z.literal('content'),
  ...anyPageStep,
  name: name.default('content'),
  formats: z.array(z.enum(contentFormats)).min(1).default(['markdown']),
  /** Only this part of the page. */
  scope: pageSelector.optional(),
});

const screenshot = closedObject({
  type: z.literal('screenshot'),
  ...anyPageStep,
  name: name.default('screenshot'),
  fullPage: z.boolean().default(false),
  selector: pageSelector.optional(),
});

const pdf = closedObject({
  type: z.literal('pdf'),
  ...anyStep,
  name: name.default('page'),
  format: z.enum(['A3', 'A4', 'A5', 'Letter', 'Legal', 'Tabloid']).default('A4'),
  landscape: z.boolean().default(false),
});

const wait = closedObject({
  type: z.literal('wait'),
  ...anyStep,
  ms: z.number().int().min(0).max(600_000).optional(),
  /** Until no request has been under way for half a second. */
  for: z.literal('networkIdle').optional(),
}).refine(({ ms, for: what }) => (ms === undefined) !== (what === undefined), 'needs either `ms` or `for`');

export const scrapingSteps = { extract, extractList, content, screenshot, pdf, wait };
