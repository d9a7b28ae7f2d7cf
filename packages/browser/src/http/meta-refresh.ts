import { isUrl } from '@runnel/contracts';
import type { Dom, ParsedPage } from '@runnel/contracts';

export interface Refresh {
  url: string;
  /** Milliseconds. */
  delayMs: number;
}

/** A page that goes on later than this is one to be read. */
const maxDelayMs = 5_000;
const mayRefresh = /http-equiv[\s=]*(?:["']\s*)?refresh/i;
const form = /^\s*(\d+|(?=\.))(?:\.[\d.]*)?\s*(?:$|[;,\s]\s*(?:url\s*=\s*)?(?:"([^"]*)|'([^']*)|(.*)))/is;

/** Where a page goes on to by itself, by its header or its first `<meta http-equiv="refresh">`; null when it stays. */
export function refreshOf({ header, html, url, page }: RefreshSource): Refresh | null {
  const found = header === undefined ? metaRefresh(html, page) : { content: header, baseUrl: url };
  const told = found === null ? null : parseContent(found.content);
  if (found === null || told === null || told.delayMs > maxDelayMs) return null;
  const next = told.address === '' ? url : absolute(told.address, found.baseUrl);
  return next === null || staysOn(next, url, told.delayMs) ? null : { url: next, delayMs: told.delayMs };
}

/** A page that loads itself now and then wants to be fresh, not to be left; to its own fragments it only scrolls. */
function staysOn(next: string, url: string, delayMs: number): boolean {
  const [page, fragment] = next.split('#', 2);
  return page === url.split('#', 1)[0] && (delayMs > 0 || fragment !== undefined);
}

function absolute(address: string, baseUrl: string): string | null {
  if (!isUrl(address, baseUrl)) return null;
  const { href, protocol } = new URL(address, baseUrl);
  return protocol === 'http:' || protocol === 'https:' ? href : null;
}

export interface RefreshSource {
  /** The value of the `Refresh` header. */
  header: string | undefined;
  html: string;
  url: string;
  /** Asked, and so parsed, only when its HTML may hold a refresh. */
  page: ParsedPage;
}

interface Content {
  content: string;
  baseUrl: string;
}

/** `5; url=/next`, with all that browsers take for it. */
function parseContent(content: string): { delayMs: number; address: string } | null {
  const found = form.exec(content);
  if (!found) return null;
  const [, seconds, ...addresses]: (string | undefined)[] = found;
  const address = addresses.find((each) => each !== undefined) ?? '';
  return { delayMs: Number(seconds) * 1000, address: address.trim() };
}

function metaRefresh(html: string, page: ParsedPage): Content | null {
  return mayRefresh.test(html) ? page.ask(firstRefresh, null) : null;
}

/** A browser runs scripts, so what stands in `<noscript>` is not for it. */
function firstRefresh<Node>(dom: Dom<Node>): Content | null {
  for (const meta of dom.select(dom.document, 'meta[http-equiv][content]')) {
    if (dom.attribute(meta, 'http-equiv')?.trim().toLowerCase() !== 'refresh') continue;
    let above = dom.parent(meta);
    while (above !== null && !['noscript', 'template'].includes(dom.tag(above))) above = dom.parent(above);
    if (above === null) return { content: dom.attribute(meta, 'content') ?? '', baseUrl: dom.baseUrl };
  }
  return null;
}
