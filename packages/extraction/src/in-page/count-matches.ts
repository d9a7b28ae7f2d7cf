import type { Dom } from '@runnel/contracts';

/** What to count: `within` is a selector of items, and null the whole page. */
export interface MatchQuery {
  selectors: string[];
  within: string | null;
}

/** How many elements each selector finds; -1 for one that the page does not take. A question. */
export function countMatches<Node>(dom: Dom<Node>, { selectors, within }: MatchQuery): number[] {
  const roots = within === null ? [dom.document] : dom.select(dom.document, within).slice(0, 100);
  return selectors.map((selector) => {
    try {
      return roots.reduce((count, root) => count + dom.select(root, selector).length, 0);
    } catch {
      return -1;
    }
  });
}
