import type { Cell, ContentFormat, Dom, Question } from '@runnel/contracts';
import { cleanCell } from '../cell/clean';
import { pageLinks, type PageLinks } from '../in-page/page-links';
import { pageMetadata } from '../in-page/page-metadata';
import { parseHtml } from '../parsed/parse-html';
import { cleanHtml, readableHtml } from './clean-html';
import { toMarkdown } from './to-markdown';
import { toText } from './to-text';

/** One cell for each format: texts, a list of `{ url, text }`, and what the head says. */
export type Content = Partial<Record<ContentFormat, Cell>>;

/**
 * What a page, or a part of it, holds. `url` is what relative addresses in `html` are relative to: a `<base>` that
 * stands in it is in `url` already.
 */
export function contentOf(html: string, url: string, formats: readonly ContentFormat[]): Content {
  const page = parseHtml({ html, url });
  const ask = <Answer>(question: Question<null, Answer>): Answer =>
    page.ask(<Node>(dom: Dom<Node>) => question({ ...dom, baseUrl: url }, null), null);
  let readable: string | null = null;
  const read = (): string => (readable ??= readableHtml(html, url));
  const makers: Record<ContentFormat, () => Cell> = {
    markdown: () => toMarkdown(read()),
    text: () => toText(read()),
    html: () => cleanHtml(html),
    links: () => uniqueLinks(ask(pageLinks)),
    metadata: () => ({ ...ask(pageMetadata) }),
  };
  return Object.fromEntries(formats.map((format) => [format, cleanCell(makers[format]())]));
}

/** The first link to each address; its text is the first that is not empty. */
function uniqueLinks({ links }: PageLinks): { url: string; text: string }[] {
  const byUrl = new Map<string, string>();
  for (const { url, text } of links) byUrl.set(url, byUrl.get(url) || text);
  return [...byUrl].map(([url, text]) => ({ url, text }));
}
