import { isPlainCss } from './selector';

/** Where a field's selector begins to look. */
export type Root = 'page' | 'item';

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
  // Browsers take no :has() in a :has(), and nothing below the root is the root.
  if (/:has\(|:scope|:root|\bhtml\b/.test(first) || /:scope|:root|\bhtml\b/.test(second)) return null;
  const base = root === 'item' ? ':scope' : ':root';
  return `${first}, ${base}:not(:has(${first})) :is(${second})`;
}

function xpathWithFallback(first: string, second: string, root: Root): string | null {
  if (root === 'page') return `xpath/${first} | (${second})[not(${first})]`;
  const path = /^\.(\/[^|]+)$/.exec(second)?.[1];
  return path === undefined ? null : `xpath/${first} | self::node()[not(${first})]${path}`;
}
