import { isUrl } from '@runnel/contracts';
import type { KeptCookie, SessionState } from '@runnel/contracts';
import { TargetType, type BrowserContext, type Cookie, type CookieData, type Target } from 'puppeteer';
import { abortable } from './abortable';
import { boundedState, largestState, stateTooLarge } from './bounded-state';
import { StoragePage } from './storage-page';

/** Origins whose storage is kept: a robot signs in on a few, and a crawl may pass thousands. */
const mostOrigins = 50;

/** What the pages of a context leave behind: cookies, and the storage of the first origins that they showed. */
export class ContextState {
  readonly #origins = new Set<string>();

  constructor(private readonly context: BrowserContext) {
    context.on('targetcreated', this.#note);
    context.on('targetchanged', this.#note);
  }

  /** Before the context has a page. Gives how many of the cookies the browser did not take. */
  async restore({ cookies, storage }: SessionState, signal: AbortSignal): Promise<number> {
    // One by one: a cookie that the browser does not take has it refuse all that come with it.
    const setting = cookies.map((cookie) => this.context.setCookie(cookieData(cookie)));
    const set = await abortable(Promise.allSettled(setting), signal);
    await abortable(this.#write(storage), signal);
    return set.filter(({ status }) => status === 'rejected').length;
  }

  /** @throws FailureError PAGE_TOO_LARGE */
  async read(signal: AbortSignal): Promise<SessionState> {
    const cookies = await abortable(this.context.cookies(), signal);
    const storage = await abortable(this.#read(), signal);
    // Those of a frame within another site's pages would come back as cookies of its own.
    const own = cookies.filter(({ partitionKey }) => partitionKey === undefined);
    return boundedState({ cookies: own.map(keptCookie), storage });
  }

  async #write(storage: SessionState['storage']): Promise<void> {
    const origins = Object.keys(storage).filter(isOrigin);
    if (origins.length === 0) return;
    const page = await StoragePage.open(this.context);
    try {
      for (const origin of origins) {
        this.#add(origin);
        await page.write(origin, Object.entries(storage[origin] ?? {}));
      }
    } finally {
      await page.close();
    }
  }

  async #read(): Promise<SessionState['storage']> {
    const storage: [string, Record<string, string>][] = [];
    if (this.#origins.size === 0) return {};
    let room = largestState;
    const page = await StoragePage.open(this.context);
    try {
      for (const origin of this.#origins) {
        const entries = await page.read(origin, room);
        if (entries === null) throw stateTooLarge();
        room -= entries.join().length;
        if (entries.length > 0) storage.push([origin, Object.fromEntries(entries)]);
      }
    } finally {
      await page.close();
    }
    return Object.fromEntries(storage);
  }

  readonly #note = (target: Target): void => {
    const isPage = target.type() === TargetType.PAGE && isUrl(target.url());
    if (isPage) this.#add(new URL(target.url()).origin);
  };

  #add(origin: string): void {
    if (isOrigin(origin) && this.#origins.size < mostOrigins) this.#origins.add(origin);
  }
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && isUrl(text) && new URL(text).origin === text;
}

function keptCookie({ name, value, domain, path, expires, httpOnly, secure, sameSite }: Cookie): KeptCookie {
  const kept = { name, value, domain, path, httpOnly: httpOnly ?? false, secure };
  return { ...kept, expires: expires < 0 ? null : expires, sameSite: asStrict(sameSite) };
}

function asStrict(sameSite: Cookie['sameSite']): KeptCookie['sameSite'] {
  return sameSite === 'Strict' || sameSite === 'Lax' || sameSite === 'None' ? sameSite : null;
}

function cookieData({ expires, sameSite, ...cookie }: KeptCookie): CookieData {
  return { ...cookie, ...(expires !== null && { expires }), ...(sameSite !== null && { sameSite }) };
}
