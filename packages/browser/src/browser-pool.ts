import { failure, FailureError, type Options, type Session, type SessionSource } from '@runnel/contracts';
import { abortable } from './abortable';
import { openBrowserSession } from './open-browser-session';
import type { BrowserProgram } from './browser-program';
import { HttpClient } from './http/http-client';
import { Visitor } from './http/visitor';
import { findBrowser, type BrowserSearch } from './find-browser';
import { defaultPageLimits, type PageLimits } from './page-limits';
import { sweepProfileFolders } from './profile-folder';
import type { Tape } from './tape/tape';
import { WarmBrowser, type BrowserLimits, type RecycleLimits } from './warm-browser';

const defaultLimits: RecycleLimits = { uses: 100, ageMs: 30 * 60_000, memoryBytes: 1.5 * 1024 ** 3 };

export interface BrowserPoolOptions extends BrowserSearch {
  /** Where browsers keep their profiles, a folder for each, while they run. */
  profilesFolder: string;
  /** What pages load goes to it, or comes from it. */
  tape?: Tape;
  limits?: RecycleLimits;
  pageLimits?: Partial<PageLimits>;
}

/** Keeps one browser warm and gives out isolated sessions of it; a spent browser is replaced, never waited for. */
export class BrowserPool implements SessionSource {
  readonly #browsers = new Set<WarmBrowser>();
  #current: Promise<WarmBrowser> | null = null;
  /** For what a robot fetches beside its pages. */
  readonly #http: HttpClient;
  #closed = false;

  private constructor(
    private readonly program: BrowserProgram,
    private readonly profilesFolder: string,
    private readonly rest: { limits: BrowserLimits; tape: Tape | null },
  ) {
    this.#http = new HttpClient({ ...(rest.tape && { tape: rest.tape }) });
  }

  /** @throws FailureError BROWSER_MISSING */
  static async start(options: BrowserPoolOptions): Promise<BrowserPool> {
    const { profilesFolder, limits: recycle = defaultLimits, tape = null } = options;
    const limits = { recycle, page: { ...defaultPageLimits, ...options.pageLimits } };
    await sweepProfileFolders(profilesFolder);
    const pool = new BrowserPool(await findBrowser(options), profilesFolder, { limits, tape });
    await pool.#warm();
    return pool;
  }

  async open(options: Options, signal: AbortSignal): Promise<Session> {
    const taking = this.#take();
    const browser = await abortable(taking, signal).catch((error: unknown) => {
      // Who did not wait for the browser gives it back when it comes.
      taking.then(
        (late) => late.giveBack(),
        () => null,
      );
      throw error;
    });
    try {
      const visitor = new Visitor(options);
      const fetchText = (url: string, during: AbortSignal) => this.#http.fetchText({ url, visitor }, during);
      return await openBrowserSession(browser, { options, fetchText, tape: this.rest.tape }, signal);
    } catch (error) {
      browser.giveBack();
      signal.throwIfAborted();
      if (error instanceof FailureError) throw error;
      const message = 'The browser opened no page: it died, or did not answer';
      throw new FailureError(failure('BROWSER_CRASHED', message), { cause: error });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#current?.catch(() => null);
    await Promise.all([this.#http.close(), ...[...this.#browsers].map((browser) => browser.close())]);
  }

  async #take(): Promise<WarmBrowser> {
    for (;;) {
      if (this.#closed) throw new Error('the browser pool is closed');
      const current = this.#warm();
      const browser = await current;
      if (await browser.take()) return browser;
      if (this.#current === current) this.#current = null;
    }
  }

  #warm(): Promise<WarmBrowser> {
    this.#current ??= WarmBrowser.start(this.program, this.profilesFolder, this.rest.limits).then(
      (browser) => {
        this.#browsers.add(browser);
        browser.browser.once('disconnected', () => this.#browsers.delete(browser));
        return browser;
      },
      (error: unknown) => {
        this.#current = null;
        throw error;
      },
    );
    return this.#current;
  }
}
