import type { Options, Session, SessionSource } from '@runnel/contracts';
import { abortable } from './abortable';
import { openBrowserSession } from './open-browser-session';
import type { BrowserProgram } from './browser-program';
import { findBrowser, type BrowserSearch } from './find-browser';
import { sweepProfileFolders } from './profile-folder';
import { WarmBrowser, type RecycleLimits } from './warm-browser';

const defaultLimits: RecycleLimits = { uses: 100, ageMs: 30 * 60_000, memoryBytes: 1.5 * 1024 ** 3 };

export interface BrowserPoolOptions extends BrowserSearch {
  /** Where browsers keep their profiles, a folder for each, while they run. */
  profilesFolder: string;
  limits?: RecycleLimits;
}

/** Keeps one browser warm and gives out isolated sessions of it; a spent browser is replaced, never waited for. */
export class BrowserPool implements SessionSource {
  readonly #browsers = new Set<WarmBrowser>();
  #current: Promise<WarmBrowser> | null = null;
  #closed = false;

  private constructor(
    private readonly program: BrowserProgram,
    private readonly profilesFolder: string,
    private readonly limits: RecycleLimits,
  ) {}

  /** @throws FailureError BROWSER_MISSING */
  static async start(options: BrowserPoolOptions): Promise<BrowserPool> {
    const { profilesFolder, limits = defaultLimits } = options;
    await sweepProfileFolders(profilesFolder);
    const pool = new BrowserPool(await findBrowser(options), profilesFolder, limits);
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
      return await openBrowserSession(browser, options, signal);
    } catch (error) {
      browser.giveBack();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#current?.catch(() => null);
    await Promise.all([...this.#browsers].map((browser) => browser.close()));
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
    this.#current ??= WarmBrowser.start(this.program, this.profilesFolder, this.limits).then(
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
