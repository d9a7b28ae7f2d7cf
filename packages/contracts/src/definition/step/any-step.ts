import { z } from 'zod';
import { pageSelector } from '../selector';

export const name = z
  .string()
  .trim()
  .min(1)
  .max(200, { abort: true })
  .refine((text) => text !== '__proto__', '"__proto__" cannot be a name');

/** What every step may carry. */
export const anyStep = {
  /** True: a failure of this step is a warning. */
  optional: z.boolean().default(false),
  /** Milliseconds. */
  timeout: z.number().min(1).max(600_000).optional(),
  /** A selector that must be on the page now, else the step is skipped. */
  when: pageSelector.optional(),
  /** Which tab: `main`, or the address of one that the page opened, as Chrome's Recorder writes it. */
  target: z.string().min(1).max(8000).default('main'),
};

const frameIndexes = z.array(z.number().int().min(0).max(1000)).max(20);

/** Which frame: indexes of child frames from the page's own, as Chrome's Recorder writes them, or a selector of the iframe. */
export const frame = z
  .union([frameIndexes, pageSelector], {
    error: 'must be a list of indexes, or a selector of the iframe',
  })
  .optional();
export type FramePath = z.infer<typeof frame>;

/** What a step that looks into a page may carry. */
export const anyPageStep = { ...anyStep, frame };
