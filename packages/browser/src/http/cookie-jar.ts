import { isUrl } from '@runnel/contracts';
import type { KeptCookie } from '@runnel/contracts';
import { Cookie, type CookieJar } from 'tough-cookie';

const sameSites = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

/** The cookies that have not expired. */
export async function cookiesIn(jar: CookieJar): Promise<KeptCookie[]> {
  const cookies = await jar.store.getAllCookies();
  return cookies.filter((cookie) => (cookie.expiryTime() ?? Infinity) > Date.now()).map(keptCookie);
}

/** What is no cookie for its domain is left out. */
export function putCookies(jar: CookieJar, cookies: KeptCookie[]): void {
  for (const kept of cookies) {
    const { name: key, value, path, expires, httpOnly, secure, sameSite } = kept;
    const host = kept.domain.replace(/^\./, '');
    const cookie = new Cookie({
      ...{ key, value, path, httpOnly, secure },
      domain: kept.domain === host ? null : host,
      expires: expires === null ? 'Infinity' : new Date(expires * 1000),
      sameSite: sameSite?.toLowerCase(),
    });
    const url = `${secure ? 'https' : 'http'}://${host}/`;
    if (isUrl(url)) jar.setCookieSync(cookie, url, { ignoreError: true });
  }
}

function keptCookie(cookie: Cookie): KeptCookie {
  const { key: name, value, domain, hostOnly, path, httpOnly, secure, sameSite } = cookie;
  const ends = cookie.expiryTime() ?? Infinity;
  return {
    ...{ name, value, httpOnly, secure },
    domain: `${hostOnly === false ? '.' : ''}${domain ?? ''}`,
    path: path ?? '/',
    expires: Number.isFinite(ends) ? ends / 1000 : null,
    sameSite: sameSite === 'strict' || sameSite === 'lax' || sameSite === 'none' ? sameSites[sameSite] : null,
  };
}
