import { failure, FailureError, isUrl } from '@runnel/contracts';

const opened = new Set(['http:', 'https:']);

/** @throws FailureError URL_INVALID for what is no page of the web: files, the browser's own pages, scripts, data */
export function requireWebAddress(url: string): void {
  if (url === 'about:blank') return;
  const protocol = isUrl(url) ? new URL(url).protocol : null;
  if (protocol !== null && opened.has(protocol)) return;
  const why =
    protocol === null
      ? 'it is not a valid address'
      : `it begins with ${protocol} and is not an http or https address`;
  throw new FailureError(failure('URL_INVALID', `Could not open ${url}: ${why}`, { url }));
}
