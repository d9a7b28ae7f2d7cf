import {
  failure,
  FailureError,
  type Options,
  type Session,
  type SessionExtras,
  type SessionSource,
} from '@runnel/contracts';
import type { Egress, Gate } from '@runnel/egress';
import { abortable } from './abortable';
import { openBrowserSession } from './open-browser-session';
import { HttpClient } from './http/http-client';
import { Visitor } from './http/visitor';
import { findBrowser, type BrowserSearch } from './find-browser';
import { nowhere } from './gate-switches';
import { confine, type Isolation } from './isolation';
import { NoSandboxError, type LaunchPlan } from './launch';
import { defaultPageLimits, type PageLimits } from './page-limits';
import { sweepProfileFolders } from './profile-folder';
import { openSessionRoute } from './session-route';
import type { Tape } from './tape/tape';
import { WarmBrowser, type BrowserLimits, type RecycleLimits } from './warm-browser';

const defaultLimits: RecycleLimits = { uses: 100, ageMs: 30 * 60_000, memoryBytes: 1.5 * 1024 ** 3 };

export interface BrowserPoolOptions extends BrowserSearch {
  /** Where browsers keep their profiles, a folder for each, while they run; /tmp if the browser's user may not pass. */
  profilesFolder: string;
  /** What all connections of pages go through; null filters none, to measure. Where a recording answers, none is made. */
  egress: Egress | null;
  /** Root that can become nobody else, as in a namespace of users: its browser runs as root, without a sandbox. */
  mayRunAsRoot?: boolean;
  /** Told once when the browser cannot be kept apart from the machine as it should. */
  warn?: (message: string) => void;
  /** What pages load goes to it, or comes from it. */
  tape?: Tape;
  limits?: RecycleLimits;
  pageLimits?: Partial<PageLimits>;
}

/** What a pool starts its browsers with. */
interface PoolParts {
  plan: LaunchPlan;
  limits: BrowserLimits;
  tape: Tape | null;
  egress: Egress | null;
  /** That sessions share which have no gate of their own. */
  gate: Gate | null;
}

/** Keeps one browser warm and gives out isolated sessions of it; a spent browser is replaced, never waited for. */
export class BrowserPool implements SessionSource {
  readonly #browsers = new Set<WarmBrowser>();
  #current: Promise<WarmBrowser> | null = null;
  /** For what a robot fetches beside its pages. */
  readonly #http: HttpClient;
  #closed = false;

  private constructor(private readonly parts: PoolParts) {
    const { egress, tape } = parts;
    this.#http = new HttpClient({ egress, ...(tape && { tape }) });
  }

  /** @throws FailureError BROWSER_MISSING */
  static async start(options: BrowserPoolOptions): Promise<BrowserPool> {
    const { limits: recycle = defaultLimits, tape = null, warn = () => undefined } = options;
    const isReplay = tape?.mode === 'replay';
    const egress = isReplay ? null : options.egress;
    const limits = { recycle, page: { ...defaultPageLimits, ...options.pageLimits } };
    const program = await findBrowser(options);
    const confinement = await confine(program, { ...options, warn });
    await sweepProfileFolders(confinement.profilesFolder);
    const gate = (await egress?.openGate()) ?? null;
    const plan = { program, confinement, gate: isReplay ? nowhere : gate };
    const pool = new BrowserPool({ plan, limits, tape, egress, gate });
    try {
      await pool.#firstBrowser(warn);
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** What the machine allowed. */
  get isolation(): Isolation {
    const { sandbox, user } = this.parts.plan.confinement;
    return { sandbox, user };
  }

  async open(options: Options, signal: AbortSignal, extras: SessionExtras = {}): Promise<Session> {
    const browser = await this.#taken(signal);
    try {
      const { tape, egress, gate } = this.parts;
      const visitor = new Visitor(options, extras);
      const route = await openSessionRoute({ egress, gate, client: this.#http }, options, extras);
      const fetchText = (url: string, during: AbortSignal) =>
        route.client.fetchText({ url, visitor }, during);
      const needs = { options, extras, fetchText, tape, route };
      return await openBrowserSession(browser, needs, signal);
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
    await this.parts.gate?.close();
  }

  /** Root may do without a sandbox where the machine gives none: a fleet in a container still starts. */
  async #firstBrowser(warn: (message: string) => void): Promise<void> {
    try {
      await this.#warm();
    } catch (error) {
      if (!(error instanceof NoSandboxError)) throw error;
      const { plan } = this.parts;
      plan.confinement = { ...plan.confinement, sandbox: false };
      warn('The browser runs without its sandbox: this system gives it no namespaces');
      await this.#warm();
    }
  }

  async #taken(signal: AbortSignal): Promise<WarmBrowser> {
    const taking = this.#take();
    return abortable(taking, signal).catch((error: unknown) => {
      // Who did not wait for the browser gives it back when it comes.
      taking.then(
        (late) => late.giveBack(),
        () => null,
      );
      throw error;
    });
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
    const { plan, limits } = this.parts;
    this.#current ??= WarmBrowser.start(plan, limits).then(
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
