import {
  isSameHost,
  type Options,
  type OwnHeaders,
  type SessionExtras,
  type SessionState,
} from '@runnel/contracts';
import { CookieJar } from 'tough-cookie';
import { cookiesIn, putCookies } from './cookie-jar';

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
  /** The only hosts that it visits; null: any. */
  readonly domains: readonly string[] | null;
  readonly #headers: Record<string, string>;
  readonly #own: OwnHeaders | null;
  readonly #cookies = new CookieJar(undefined, { looseMode: true });
  #hasCookies = false;
  /** That of pages in a browser, which nothing here changes. */
  #storage: SessionState['storage'] = {};
  /** `Authorization` by origin, from addresses like `https://user:password@host/`. */
  readonly #authorization = new Map<string, string>();

  constructor(
    { userAgent, locale, headers }: Pick<Options, 'userAgent' | 'locale' | 'headers'>,
    { domains = null, ownHeaders = null }: Pick<SessionExtras, 'domains' | 'ownHeaders'> = {},
  ) {
    this.domains = domains;
    const names = Object.keys({ ...headers, ...ownHeaders?.headers }).map((name) => name.toLowerCase());
    this.leftOut = [...new Set(names)].filter((name) => ofConnection.has(name));
    this.#own = ownHeaders && { ...ownHeaders, headers: sendable(ownHeaders.headers) };
    this.#headers = {
      'user-agent': userAgent ?? defaultUserAgent,
      ...pageHeaders,
      'accept-language': locale ?? 'en-US,en;q=0.9',
      ...sendable(headers),
    };
  }

  /** What is sent with a request for `url`; its user and password are remembered for the origin. */
  headersFor(url: URL): Record<string, string> {
    if (url.username !== '' || url.password !== '')
      this.#authorization.set(url.origin, basicAuthorization(url));
    const own = this.#own && isSameHost(this.#own.site, url) ? this.#own.headers : {};
    const headers = { ...this.#headers, ...own };
    const cookie = this.#cookieFor(url, headers['cookie']);
    const authorization = this.#authorization.get(url.origin);
    return {
      ...(authorization !== undefined && { authorization }),
      ...headers,
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

  /** Begins with what an earlier visitor left. */
  restore({ cookies, storage }: SessionState): void {
    putCookies(this.#cookies, cookies);
    this.#hasCookies ||= cookies.length > 0;
    this.#storage = storage;
  }

  async state(): Promise<SessionState> {
    return { cookies: await cookiesIn(this.#cookies), storage: this.#storage };
  }

  #cookieFor(url: URL, own: string | undefined): string {
    const kept = this.#hasCookies ? this.#cookies.getCookieStringSync(url.href) : '';
    return [own, kept].filter(Boolean).join('; ');
  }
}

function sendable(headers: Options['headers']): Record<string, string> {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(named.filter(([name]) => !ofConnection.has(name)));
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
