import type { Dom } from '@runnel/contracts';

/** How many characters of text a page has for people, white space folded. A question: it closes over nothing. */
export function textLength<Node>(dom: Dom<Node>): number {
  const silent = new Set(['head', 'script', 'style', 'noscript', 'template']);

  function below(node: Node): number {
    const text = dom.text(node);
    if (text !== null) return text.replace(/\s+/g, ' ').length;
    if (silent.has(dom.tag(node))) return 0;
    return dom.children(node).reduce((sum, child) => sum + below(child), 0);
  }

  return below(dom.document);
}
