import { parse } from 'css-what';
import { z } from 'zod';

/** Any selector that Puppeteer takes: CSS, or `aria/`, `text/`, `xpath/`, `pierce/` and ` >>> ` in a step. */
const stepSelector = z.string().min(1).max(2000);

/**
 * The ways to find one element, best first, as Chrome's Recorder writes them: each a selector,
 * or a chain of selectors of which every one but the first looks inside the shadow root of the one before.
 */
export const selectorAlternatives = z
  .array(
    z.union([stepSelector, z.array(stepSelector).min(1)], {
      error: 'must be a selector or a list of selectors',
    }),
  )
  .min(1);
export type SelectorAlternatives = z.infer<typeof selectorAlternatives>;

/** CSS, relative to the item or scope; `:scope` is the item itself. */
export const cssSelector = z
  .string()
  .min(1)
  .max(2000)
  .superRefine((selector, context) => {
    const fault = cssFault(selector);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });

function cssFault(selector: string): string | null {
  if (/^(aria|text|xpath|pierce)\/|>>>/.test(selector)) {
    return `must be CSS here; ${JSON.stringify(selector)} is another kind of selector`;
  }
  try {
    parse(selector);
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `is not a CSS selector: ${reason}`;
  }
}
