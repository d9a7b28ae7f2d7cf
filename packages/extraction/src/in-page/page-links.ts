import type { Dom } from '@runnel/contracts';

/** Where a page leads, and what it says about that. */
export interface PageLinks {
  /** The document's title, white space folded. */
  title: string;
  /** The content of `<meta name="robots">`, lower case; null when there is none. */
  robots: string | null;
  /** In document order, every one: absolute http(s) addresses. */
  links: PageLink[];
}

export interface PageLink {
  url: string;
  /** White space folded; of an image map's area, its `alt`. */
  text: string;
  /** The `rel` attribute, lower case; empty when there is none. */
  rel: string;
}

/** The links of a page. A question: it closes over nothing. */
export function pageLinks<Node>(dom: Dom<Node>): PageLinks {
  const silent = new Set(['script', 'style', 'noscript', 'template']);

  function textBelow(node: Node): string {
    const own = dom.text(node);
    if (own !== null) return own;
    return silent.has(dom.tag(node)) ? '' : dom.children(node).map(textBelow).join('');
  }

  const fold = (text: string): string => text.replace(/\s+/g, ' ').trim();

  function linkOf(element: Node): PageLink | null {
    try {
      const url = new URL(dom.attribute(element, 'href') ?? '', dom.baseUrl);
      if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
      const text = fold(textBelow(element)) || fold(dom.attribute(element, 'alt') ?? '');
      return { url: url.href, text, rel: (dom.attribute(element, 'rel') ?? '').toLowerCase() };
    } catch {
      return null;
    }
  }

  const title = dom.select(dom.document, 'title:not(svg *)')[0];
  const robots = dom.select(dom.document, 'meta[name="robots" i]')[0];
  return {
    title: title === undefined ? '' : fold(textBelow(title)),
    robots: robots === undefined ? null : (dom.attribute(robots, 'content') ?? '').toLowerCase(),
    links: dom
      .select(dom.document, 'a[href], area[href]')
      .map(linkOf)
      .filter((link) => link !== null),
  };
}
