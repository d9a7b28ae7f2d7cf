import { isUrl } from '@runnel/contracts';
const tracking = /^(utm_\w+|fbclid|gclid|mc_[ce]id|msclkid)(=|$)/i;

/**
 * One form for all spellings of an http(s) address of a page: without fragment, default port, tracking parameters and
 * needless escapes. Null for what is no such address.
 */
export function canonicalUrl(address: string): string | null {
  if (!isUrl(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.hash = '';
  url.pathname = withoutNeedlessEscapes(url.pathname);
  const parameters = url.search
    .slice(1)
    .split('&')
    .filter((each) => each !== '' && !tracking.test(each));
  url.search = parameters.map(withoutNeedlessEscapes).join('&');
  return url.href;
}

/** RFC 3986, 6.2.2: escapes of unreserved characters mean the characters, all others are written in upper case. */
function withoutNeedlessEscapes(text: string): string {
  return text.replace(/%[\da-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
  });
}
