import type { Dom } from '@runnel/contracts';

/** What a page's head says of it; only what is there. */
export interface PageMetadata {
  title?: string;
  description?: string;
  /** The document's `lang`. */
  language?: string;
  /** Absolute. */
  canonical?: string;
  author?: string;
  published?: string;
  modified?: string;
  /** Absolute. */
  image?: string;
  siteName?: string;
  keywords?: string;
  /** `og:` properties by their names without the prefix; the first of each. */
  openGraph?: Record<string, string>;
}

/** A question: it closes over nothing. */
export function pageMetadata<Node>(dom: Dom<Node>): PageMetadata {
  const fold = (text: string | null | undefined): string => (text ?? '').replace(/\s+/g, ' ').trim();

  function nameOf(meta: Node): string {
    const names = ['property', 'name', 'itemprop'].map((name) => dom.attribute(meta, name));
    return fold(names.find((name) => name !== null)).toLowerCase();
  }

  const named = new Map<string, string>();
  for (const meta of dom.select(dom.document, 'meta[content]')) {
    const content = fold(dom.attribute(meta, 'content'));
    const name = nameOf(meta);
    if (name !== '' && content !== '' && !named.has(name)) named.set(name, content);
  }

  const first = (...names: string[]): string | undefined =>
    names.map((name) => named.get(name)).find((content) => content !== undefined);

  function attributeOf(selector: string, name: string): string | undefined {
    const element = dom.select(dom.document, selector)[0];
    return fold(element === undefined ? null : dom.attribute(element, name)) || undefined;
  }

  function absolute(address: string | undefined): string | undefined {
    if (address === undefined) return undefined;
    try {
      return new URL(address, dom.baseUrl).href;
    } catch {
      return undefined;
    }
  }

  function titleText(): string | undefined {
    const title = dom.select(dom.document, 'title:not(svg *)')[0];
    const texts = title === undefined ? [] : dom.children(title).map((child) => dom.text(child) ?? '');
    return fold(texts.join('')) || undefined;
  }

  const openGraph = [...named]
    .filter(([name]) => name.startsWith('og:'))
    .map(([name, content]) => [name.slice(3), content]);
  const found = {
    title: titleText() ?? first('og:title', 'twitter:title'),
    description: first('description', 'og:description', 'twitter:description'),
    language: attributeOf('html[lang]', 'lang') ?? first('content-language'),
    canonical: absolute(attributeOf('link[rel~="canonical"][href]', 'href')),
    author: first('author', 'article:author', 'dc.creator', 'twitter:creator'),
    published: first('article:published_time', 'datepublished', 'date', 'dc.date', 'pubdate'),
    modified: first('article:modified_time', 'datemodified', 'last-modified'),
    image: absolute(first('og:image', 'og:image:url', 'twitter:image', 'image')),
    siteName: first('og:site_name', 'application-name'),
    keywords: first('keywords', 'news_keywords'),
    openGraph: openGraph.length > 0 ? (Object.fromEntries(openGraph) as Record<string, string>) : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
