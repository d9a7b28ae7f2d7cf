import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { withFallback, type Root } from './fallback';
import { isPlainCss, itemSelector, selector, type Located } from './selector';

/** A field of ours, not parsed yet. */
export interface MadeField extends Located {
  attribute?: string;
}

/** The fields of a list (`item`) or of a page, by their labels: each a rule, or a selector whose text is read. */
export const itemFields = z.record(z.string(), fieldIn('item'));
export const pageFields = z.record(z.string(), fieldIn('page'));

const ourAttributes: Record<string, string> = {
  innerText: 'text',
  textContent: 'text',
  innerHTML: 'html',
  outerHTML: 'outerHtml',
};

function fieldIn(root: Root) {
  const place = root === 'item' ? itemSelector : selector;
  const rule = closedObject({
    selector: place,
    fallbackSelector: z.preprocess((sent) => (sent === '' ? null : sent), place.nullish()),
    attribute: z.string().nullish(),
    /** The name of the element, for Maxun's own editor. */
    tag: z.string().nullish(),
    isShadow: z.boolean().nullish(),
    shadow: z.boolean().nullish(),
  }).transform(({ selector: first, fallbackSelector, ...sent }, context): MadeField => {
    const located = fallbackSelector ? joined(first, fallbackSelector, root) : first;
    if (located === null) {
      const message = 'cannot be joined with `selector` to one selector: keep one of the two';
      context.addIssue({ code: 'custom', path: ['fallbackSelector'], message });
      return z.NEVER;
    }
    const isHidden = (sent.isShadow ?? sent.shadow) === true && isPlainCss(located.selector);
    const attribute = attributeOf(sent.attribute);
    return {
      ...located,
      ...(isHidden && { selector: `pierce/${located.selector}` }),
      ...(attribute !== 'text' && { attribute }),
    };
  });
  return z.preprocess((sent) => (typeof sent === 'string' ? { selector: sent } : sent), rule);
}

function joined(first: Located, second: Located, root: Root): Located | null {
  const both = first.frame === second.frame ? withFallback(first.selector, second.selector, root) : null;
  return both === null ? null : { ...first, selector: both };
}

function attributeOf(sent: string | null | undefined): string {
  const name = sent ?? '';
  if (name === '') return 'text';
  return Object.hasOwn(ourAttributes, name) ? (ourAttributes[name] ?? name) : name;
}
