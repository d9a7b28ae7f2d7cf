import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { isPlainCss, selector } from './selector';

/**
 * What must be on the page for a pair's actions, as selectors. Addresses are not asked: Maxun itself does not ask them,
 * and goes through the pairs one after the other.
 */
export const conditions: z.ZodType<string[]> = z.lazy(() =>
  closedObject({
    url: z.unknown().optional(),
    selectors: z.array(conditionSelector).nullish(),
    $and: z.array(conditions).nullish(),
    $or: refused,
    $not: refused,
    $before: refused,
    $after: refused,
    cookies: refused,
  }).transform(({ selectors, $and }) => [...(selectors ?? []), ...($and ?? []).flat()]),
);

const conditionSelector = selector.transform(({ selector: text, frame }, context) => {
  if (frame === undefined) return text;
  context.addIssue({ code: 'custom', message: 'is in an iframe; a condition is of the page itself' });
  return z.NEVER;
});

const refused = z
  .unknown()
  .superRefine((sent, context) => {
    if (isNothing(sent)) return;
    const message = 'cannot be asked before a step: a condition is `selectors`, all of them on the page';
    context.addIssue({ code: 'custom', message });
  })
  .optional();

/** One selector that matches when all of these do; null when there is none. */
export function allPresent(selectors: readonly string[]): string | null {
  const [first] = selectors;
  if (selectors.length <= 1) return first ?? null;
  if (!selectors.every((text) => isPlainCss(text) && !/:has\(|:root|\bhtml\b/.test(text))) return null;
  return `html${selectors.map((text) => `:has(${text})`).join('')}`;
}

function isNothing(sent: unknown): boolean {
  return sent === null || (typeof sent === 'object' && Object.keys(sent).length === 0);
}
