import { isUrl } from '@runnel/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, FailureCode } from '@runnel/contracts';
import type { Gate } from '@runnel/egress';
import type { CDPSession, Frame, HTTPRequest, HTTPResponse, Page } from 'puppeteer';
import { ownClient } from './own-client';
import { isGateError, navigationFailure } from './page-errors';
import { PendingRequests, stallMs } from './pending-requests';
import { RefusedRequests } from './refused-requests';
import type { SharedConnections } from './shared-connections';

/** What can keep a document from being parsed to its end. */
const blockingKinds = new Set(['script', 'stylesheet']);
const pollMs = 50;
/** Where a step leads to a page that cannot be opened, it goes on with what there is; these are told. */
const refusals: ReadonlySet<FailureCode> = new Set<FailureCode>(['EGRESS_REFUSED', 'PROXY_FAILED']);

/** What a page's connections go through. */
export interface PageRoute {
  /** Null: they are its own. */
  gate: Gate | null;
  connections: SharedConnections;
}

/** Loads documents, and watches what their page is loading: status, navigations that began, requests that hang. */
export class PageLoading {
  readonly pending: PendingRequests;
  readonly refused: RefusedRequests;
  readonly #blocking = new Map<HTTPRequest, string>();
  #status: number | null = null;
  #method = 'GET';
  #cutOff: string | null = null;
  /** What the page's newest navigation asked for; redirects ask anew. */
  #asked: { requestId: string; url: string } | null = null;
  /** That it gave no document, because the gate let it through to none. */
  #isStopped = false;
  #isParsed = false;
  #navigating = false;
  #settled: (() => void)[] = [];
  #opened: { frame: Frame; resolve: () => void }[] = [];
  #documentStatus: number | null = null;
  #contentType = '';
  #retryAfter: string | null = null;

  private constructor(
    private readonly page: Page,
    private readonly client: CDPSession,
    private readonly route: PageRoute,
  ) {
    this.pending = new PendingRequests(page);
    this.refused = new RefusedRequests(page, route.gate);
    page.on('domcontentloaded', () => (this.#isParsed = true));
    page.on('request', (request) => this.#began(request));
    page.on('requestfinished', (request) => this.#blocking.delete(request));
    page.on('requestfailed', (request) => this.#failed(request));
    page.on('response', (response) => this.#answered(response));
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.#settle();
      const waiting = this.#opened;
      this.#opened = waiting.filter((each) => each.frame !== frame);
      for (const each of waiting) if (each.frame === frame) each.resolve();
    });
    // Puppeteer tells of redirects later, when the browser may have given them up already.
    ownClient(page)
      .on('Network.requestWillBeSent', ({ type, frameId = '', requestId, request }) => {
        if (type !== 'Document' || !this.#isMain(frameId)) return;
        this.#asked = { requestId, url: request.url };
        this.#isStopped = false;
      })
      .on('Network.loadingFailed', ({ requestId, errorText }) => {
        if (requestId === this.#asked?.requestId) this.#isStopped = isGateError(errorText);
      });
    client.on('Page.frameRequestedNavigation', ({ frameId }) => {
      if (this.#isMain(frameId)) this.#navigating = true;
    });
    client.on('Page.frameStoppedLoading', ({ frameId }) => {
      if (this.#isMain(frameId)) this.#settle();
    });
  }

  static async watch(page: Page, route: PageRoute): Promise<PageLoading> {
    const client = await page.createCDPSession();
    const loading = new PageLoading(page, client, route);
    route.connections.add(loading);
    page.once('close', () => route.connections.remove(loading));
    await client.send('Page.enable');
    return loading;
  }

  /** The HTTP status of the newest document; null when none was loaded since `begin`. */
  get status(): number | null {
    return this.#status;
  }

  /** The HTTP status of the newest document, whatever was done since. */
  get documentStatus(): number | null {
    return this.#documentStatus;
  }

  /** What the newest document's header `Retry-After` says. */
  get retryAfter(): string | null {
    return this.#retryAfter;
  }

  /** True when the newest document is a picture, a film or the like, which a browser shows in a page of its own making. */
  get isMedia(): boolean {
    return /^(image|audio|video)\//i.test(this.#contentType) && !/svg/i.test(this.#contentType);
  }

  /** Forgets the last document: what is done next may load another. */
  begin(): void {
    this.#forget();
    this.#asked = null;
    this.#isStopped = false;
  }

  /** The failure behind what Puppeteer threw when it opened `url`: the gate knows what the browser does not. */
  failureOf(error: unknown, url: string): Failure {
    const known = isGateError(error) ? this.route.gate?.whyFailed(this.#asked?.url ?? url) : null;
    return known ?? navigationFailure(error, url);
  }

  /** Why the page that a step led to may not be reached; null when it may, or when there was none. */
  get refusal(): Failure | null {
    const why = this.#isStopped && this.#asked !== null ? this.route.gate?.whyFailed(this.#asked.url) : null;
    return why && refusals.has(why.code) ? why : null;
  }

  /** Opens `url`; resolves when its document has begun to arrive. */
  async open(url: string, signal: AbortSignal): Promise<void> {
    this.begin();
    // What hangs in the last document would keep its connections until the new one comes, which may need them.
    if (this.pending.isMany) await this.stop();
    signal.throwIfAborted();
    const freeing = setInterval(() => void this.route.connections.free(), stallMs);
    try {
      await this.page.goto(url, { waitUntil: [], timeout: 0, signal });
    } finally {
      clearInterval(freeing);
    }
  }

  /** True when no part of its document is under way: to stop loading would cut that off. */
  get isParsed(): boolean {
    return this.#isParsed;
  }

  /** Gives up what the page has asked for and not got. It may be gone by now. */
  async stop(): Promise<void> {
    await this.client.send('Page.stopLoading').catch(() => null);
  }

  /** Before a step that may lead elsewhere: what hangs must leave a connection for that. */
  async makeRoom(signal: AbortSignal): Promise<void> {
    if (this.#isParsed && (await this.pending.becomesJam(signal))) await this.stop();
  }

  /**
   * Resolves when the page's document is parsed, whatever becomes of its frames and images; `whenParsed` asks the
   * page. One that waits for scripts and styles of other sites is loaded again without them: gives what was left out.
   */
  async parsed(whenParsed: () => Promise<unknown>, signal: AbortSignal): Promise<string[]> {
    const leftOut: string[] = [];
    for (;;) {
      const asked = whenParsed();
      const blockers = await Promise.race([asked.then(() => null), this.#stalled(asked)]);
      if (blockers === null) return leftOut;
      // What was posted must not be posted twice.
      if (this.#method !== 'GET') return asked.then(() => leftOut);
      asked.catch(() => null);
      leftOut.push(...blockers);
      await this.#block(leftOut);
      await this.open(this.page.url(), signal);
    }
  }

  /** The next document of the frame, from whatever opens it. */
  nextDocument(frame: Frame): Promise<void> {
    return new Promise((resolve) => this.#opened.push({ frame, resolve }));
  }

  /** Resolves when the navigation that began has its document, or came to nothing; at once if none did. */
  navigated(): Promise<void> {
    if (!this.#navigating) return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  /** What holds up the document for too long; never resolves when it is parsed first. */
  async #stalled(loaded: Promise<unknown>): Promise<string[]> {
    const over = new AbortController();
    loaded.then(
      () => over.abort(),
      () => over.abort(),
    );
    for (let waited = 0; !over.signal.aborted;) {
      await sleep(pollMs, undefined, { ref: false });
      if (this.#cutOff !== null) throw new Error(`the document was cut off: ${this.#cutOff}`);
      const blockers = this.#foreignBlockers();
      waited = blockers.length > 0 ? waited + pollMs : 0;
      if (waited >= stallMs) return blockers;
      const crowd = this.#foreignCrowd();
      if (crowd.length > 0) return crowd;
    }
    return new Promise(() => null);
  }

  /** Scripts and styles of other origins that the arrived document still waits for. */
  #foreignBlockers(): string[] {
    if (this.#status === null) return [];
    const { origin } = new URL(this.page.url());
    return [...this.#blocking.values()].filter((url) => new URL(url).origin !== origin);
  }

  /** Other origins that hold the connections which the arrived document's scripts and styles wait for. */
  #foreignCrowd(): string[] {
    const isHeldUp = this.#status !== null && this.#blocking.size > 0 && this.pending.isJam;
    return isHeldUp ? this.pending.originsBut(new URL(this.page.url()).origin) : [];
  }

  /** From now on this page does not ask the origins of these addresses for anything. */
  async #block(urls: string[]): Promise<void> {
    const patterns = [...new Set(urls.map((url) => `${new URL(url).origin}/*`))];
    await this.client.send('Network.enable');
    await this.client.send('Network.setBlockedURLs', { urls: patterns });
  }

  #forget(): void {
    this.#blocking.clear();
    this.#status = null;
    this.#cutOff = null;
  }

  #began(request: HTTPRequest): void {
    if (request.isNavigationRequest() && request.frame() === this.page.mainFrame()) {
      this.#forget();
      this.#isParsed = false;
    } else if (blockingKinds.has(request.resourceType()) && isUrl(request.url())) {
      this.#blocking.set(request, request.url());
    }
  }

  /** A document that has begun to arrive and then fails was cut off. */
  #failed(request: HTTPRequest): void {
    this.#blocking.delete(request);
    const reason = request.failure()?.errorText ?? '';
    const isDocument = request.isNavigationRequest() && request.frame() === this.page.mainFrame();
    if (isDocument && this.#status !== null && reason !== 'net::ERR_ABORTED') this.#cutOff = reason;
  }

  #answered(response: HTTPResponse): void {
    const request = response.request();
    if (!request.isNavigationRequest() || request.frame() !== this.page.mainFrame()) return;
    this.#status = response.status();
    this.#documentStatus = this.#status;
    this.#contentType = response.headers()['content-type'] ?? '';
    this.#retryAfter = response.headers()['retry-after'] ?? null;
    this.#method = request.method();
  }

  #settle(): void {
    this.#navigating = false;
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  #isMain(frameId: string): boolean {
    return (this.page.mainFrame() as unknown as { _id: string })._id === frameId;
  }
}
