import type { Dom } from '@runnel/contracts';

/** A page, or a part of it, as HTML. */
export interface PageHtml {
  /** Of the part, or of the whole document; it parses to what it was. */
  html: string;
  /** What relative addresses are relative to. */
  baseUrl: string;
  /** The document's title, white space folded. */
  title: string;
}

/** The HTML of the first element that `scope` selects, or of the page; null when it selects none. A question. */
export function pageHtml<Node>(dom: Dom<Node>, { scope }: { scope: string | null }): PageHtml | null {
  const row = ['<table><tbody><tr>', '</tr></tbody></table>'];
  const rows = ['<table><tbody>', '</tbody></table>'];
  const parts = ['<table>', '</table>'];
  /** Parts of a table are none without one. */
  const around = new Map([
    ['td', row],
    ['th', row],
    ['tr', rows],
    ['tbody', parts],
    ['thead', parts],
    ['tfoot', parts],
    ['caption', parts],
  ]);

  const root = scope === null ? dom.document : dom.select(dom.document, scope)[0];
  if (root === undefined) return null;
  const [before = '', after = ''] = around.get(dom.tag(root)) ?? [];
  const title = dom.select(dom.document, 'title:not(svg *)')[0];
  const texts = title === undefined ? [] : dom.children(title).map((child) => dom.text(child) ?? '');
  return {
    html: before + dom.outerHtml(root) + after,
    baseUrl: dom.baseUrl,
    title: texts.join('').replace(/\s+/g, ' ').trim(),
  };
}
