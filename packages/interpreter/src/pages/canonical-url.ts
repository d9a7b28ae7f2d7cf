const tracking = /^(utm_\w+|fbclid|gclid|mc_[ce]id|msclkid)$/i;

/**
 * One form for all spellings of an http(s) address of a page: without fragment, default port, tracking parameters and
 * needless escapes. Null for what is no such address.
 */
export function canonicalUrl(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.hash = '';
  const kept = [...url.searchParams].filter(([name]) => !tracking.test(name));
  if (kept.length < url.searchParams.size) url.search = new URLSearchParams(kept).toString();
  url.pathname = url.pathname.replace(/%[\da-f]{2}/gi, plain);
  return url.href.replace(/\?$/, '');
}

/** RFC 3986, 6.2.2: escapes of unreserved characters mean the characters, all others are written in upper case. */
function plain(escape: string): string {
  const character = String.fromCharCode(parseInt(escape.slice(1), 16));
  return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
}
