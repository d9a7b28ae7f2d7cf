import { z } from 'zod';
import { isPlainCss, mixed, selectors, type Located } from './selector';

/** Where a field's selector begins to look. */
export type Root = 'page' | 'item';

/** Selectors with commas between them, as Maxun tries them for a control: each only where those before find nothing. */
export const selectorsInOrder = selectors.transform((found, context): Located => {
  const [first, ...rest] = found.toReversed();
  const texts = rest.map(({ selector }) => selector);
  const all = texts.reduce<string | null>(
    (later, text) => (later === null ? null : withFallback(text, later, 'page')),
    first?.selector ?? null,
  );
  if (first && all !== null) return { ...first, selector: all };
  const isMixed = !found.every(({ selector }) => isPlainCss(selector)) && texts.some(isPlainCss);
  const message = isMixed
    ? mixed
    : 'cannot be tried one after the other: write them without :has(), or keep one';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/**
 * One selector that finds what `first` does, and only where that finds nothing, what `second` does. Null when there is
 * no such selector.
 */
export function withFallback(first: string, second: string, root: Root): string | null {
  if (first === second) return first;
  if (isPlainCss(first) && isPlainCss(second)) return cssWithFallback(first, second, root);
  const isBoth = first.startsWith('xpath/') && second.startsWith('xpath/');
  return isBoth ? xpathWithFallback(first.slice(6), second.slice(6), root) : null;
}

function cssWithFallback(first: string, second: string, root: Root): string | null {
  const base = root === 'item' ? ':scope' : ':root';
  const inside = root === 'item' ? first : belowRoot(first);
  // Browsers take no :has() in a :has(), and nothing below the root is the root.
  if (/:has\(/.test(first) || namesRoot(inside) || (root === 'item' && namesRoot(second))) return null;
  return `${first}, ${base}:not(:has(${inside})) :is(${second})`;
}

/** `html > body` as the root itself sees it. */
function belowRoot(css: string): string {
  return css.replace(/^html\s*(?=>)/, '').replace(/^html\s+(?=[^\s+~,])/, '');
}

function namesRoot(css: string): boolean {
  const names = css.replace(/"[^"]*"|'[^']*'/g, '').replace(/\[[^\]]*\]?/g, '');
  return /:scope|:root|(^|[\s>+~,(])html\b/.test(names);
}

function xpathWithFallback(first: string, second: string, root: Root): string | null {
  if (root === 'page') {
    // In a condition, a dot is what the condition is about.
    const condition = first.replace(/^\.(?=\/)/, '');
    return `xpath/${first} | (${second})[not(${condition})]`;
  }
  const path = /^\.(\/[^|]+)$/.exec(second)?.[1];
  return path === undefined ? null : `xpath/${first} | self::node()[not(${first})]${path}`;
}
