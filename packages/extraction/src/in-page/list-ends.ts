import type { Dom } from '@runnel/contracts';

/** Tells whether a list has changed, and whether what it had stands where it stood. Texts are of whole items. */
export interface ListEnds {
  url: string;
  count: number;
  first: string;
  last: string;
  /** Of the item with the index that was asked for; empty when there is none. */
  at: string;
}

/** The ends of a list on the page. A question: it closes over nothing. */
export function listEnds<Node>(dom: Dom<Node>, { item, at }: { item: string; at: number | null }): ListEnds {
  function allText(node: Node | undefined): string {
    if (node === undefined) return '';
    return dom.text(node) ?? dom.children(node).map(allText).join('');
  }

  const items = dom.select(dom.document, item);
  return {
    url: dom.url,
    count: items.length,
    first: allText(items[0]),
    last: allText(items.at(-1)),
    at: at === null ? '' : allText(items[at]),
  };
}
