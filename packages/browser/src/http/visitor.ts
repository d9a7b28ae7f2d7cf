import type { Options } from '@runnel/contracts';
import { CookieJar } from 'tough-cookie';

const defaultUserAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36';

/** What Chromium sends when a person opens a page. */
const pageHeaders = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
  'accept-encoding': 'gzip, deflate, br',
  'upgrade-insecure-requests': '1',
  'sec-fetch-site': 'none',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-user': '?1',
  'sec-fetch-dest': 'document',
};

/** Headers that belong to a connection and its host; who follows links cannot choose them. */
const ofConnection = new Set(
  'connection content-length expect host keep-alive proxy-connection te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
);

/** Browsers drop a cookie whose name and value are longer, in bytes. */
const maxCookieBytes = 4096;

/** Who asks a site for pages: a user agent, its headers, and what sites have told it to remember. */
export class Visitor {
  /** Names of `options.headers` that are not sent. */
  readonly leftOut: string[];
  readonly #headers: Record<string, string>;
  readonly #cookies = new CookieJar(undefined, { looseMode: true });
  #hasCookies = false;
  /** `Authorization` by origin, from addresses like `https://user:password@host/`. */
  readonly #authorization = new Map<string, string>();

  constructor({ userAgent, locale, headers }: Pick<Options, 'userAgent' | 'locale' | 'headers'>) {
    const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    this.leftOut = own.map(([name]) => name).filter((name) => ofConnection.has(name));
    this.#headers = {
      'user-agent': userAgent ?? defaultUserAgent,
      ...pageHeaders,
      'accept-language': locale ?? 'en-US,en;q=0.9',
      ...Object.fromEntries(own.filter(([name]) => !ofConnection.has(name))),
    };
  }

  /** What is sent with a request for `url`; its user and password are remembered for the origin. */
  headersFor(url: URL): Record<string, string> {
    if (url.username !== '' || url.password !== '')
      this.#authorization.set(url.origin, basicAuthorization(url));
    const cookie = this.#cookieFor(url);
    const authorization = this.#authorization.get(url.origin);
    if (cookie === '' && authorization === undefined) return this.#headers;
    return {
      ...(authorization !== undefined && { authorization }),
      ...this.#headers,
      ...(cookie !== '' && { cookie }),
    };
  }

  /** Keeps what an answer of `url` sets by `Set-Cookie`; what is not a cookie for that site is dropped. */
  remember(url: URL, setCookie: string | string[] | undefined): void {
    if (setCookie === undefined) return;
    for (const line of [setCookie].flat()) {
      if ((line.split(';', 1)[0] ?? '').length > maxCookieBytes) continue;
      this.#cookies.setCookieSync(line, url.href, { ignoreError: true });
      this.#hasCookies = true;
    }
  }

  #cookieFor(url: URL): string {
    const own = this.#headers['cookie'];
    const kept = this.#hasCookies ? this.#cookies.getCookieStringSync(url.href) : '';
    return [own, kept].filter(Boolean).join('; ');
  }
}

function basicAuthorization({ username, password }: URL): string {
  return `Basic ${Buffer.from(`${unescaped(username)}:${unescaped(password)}`).toString('base64')}`;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
