import type { Dom } from '@runnel/contracts';
import { parseHtml } from './parse-html';

/** What a sitemap names (sitemaps.org): pages, and other sitemaps. */
export interface SitemapLinks {
  pages: string[];
  sitemaps: string[];
}

/** The addresses in a sitemap, an index of sitemaps, or a text with an address on each line. */
export function sitemapLinks(text: string): SitemapLinks {
  const start = text.trimStart();
  if (!start.startsWith('<'))
    return { pages: start.split(/\s+/).filter((line) => /^https?:/.test(line)), sitemaps: [] };
  const html = start.replace(/<!\[CDATA\[([\s\S]*?)(\]\]>|$)/g, (whole, text: string, end: string) =>
    end === '' ? whole : text.replaceAll('&', '&amp;'),
  );
  return parseHtml({ html, url: 'about:blank' }).ask(locations, null);
}

function locations<Node>(dom: Dom<Node>): SitemapLinks {
  const textsOf = (selector: string): string[] =>
    dom
      .select(dom.document, selector)
      .map((element) =>
        dom
          .children(element)
          .map((child) => dom.text(child) ?? '')
          .join('')
          .trim(),
      )
      .filter((address) => address !== '');
  return { pages: textsOf('url > loc'), sitemaps: textsOf('sitemap > loc') };
}
