import { setTimeout as sleep } from 'node:timers/promises';
import type { HTTPRequest, Page } from 'puppeteer';
import { ownClient } from './own-client';

/** Of the 32 connections that Chromium opens to a proxy for all pages of a context: what is asked beyond them waits. */
const crowd = 30;
/** What one of several pages may have. */
const share = 8;
/** How long what is asked for may give nothing until it is taken for dead. */
export const stallMs = 3_000;
const pollMs = 50;

/** What pages have asked for, whatever it is, and still wait for. */
export class PendingRequests {
  readonly #urls = new Map<HTTPRequest, string>();
  #movedAt = performance.now();

  constructor(page: Page) {
    page.on('request', (request) => this.#began(request));
    page.on('requestfinished', (request) => this.#ended(request));
    page.on('requestfailed', (request) => this.#ended(request));
    page.on('response', (response) => {
      this.#moved();
      const request = response.request();
      // What the document before it asked for ends with that, and is not always told.
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) this.#urls.clear();
    });
    ownClient(page).on('Network.dataReceived', () => this.#moved());
  }

  /** Whether so many of them leave no connection. */
  static isCrowd(count: number): boolean {
    return count >= crowd;
  }

  get count(): number {
    return this.#urls.size;
  }

  /** True when they are more than one of several pages should have. */
  get isMany(): boolean {
    return this.count > share;
  }

  /** True when there are some, and nothing comes. */
  get isStuck(): boolean {
    return this.count > 0 && performance.now() - this.#movedAt >= stallMs;
  }

  /** True when nothing else can be asked for, and nothing comes. */
  get isJam(): boolean {
    return PendingRequests.isCrowd(this.count) && this.isStuck;
  }

  /** Sees for a while whether it is, when it may be. */
  async becomesJam(signal: AbortSignal): Promise<boolean> {
    for (let left = stallMs; left > 0 && !this.isJam && PendingRequests.isCrowd(this.count); left -= pollMs)
      await sleep(pollMs, undefined, { signal });
    return this.isJam;
  }

  /** Where they are, but for one origin. */
  originsBut(own: string): string[] {
    const origins = new Set([...this.#urls.values()].map((url) => new URL(url).origin));
    return [...origins].filter((origin) => origin !== own);
  }

  #began(request: HTTPRequest): void {
    if (this.#urls.size === 0) this.#moved();
    if (/^https?:/.test(request.url())) this.#urls.set(request, request.url());
  }

  #ended(request: HTTPRequest): void {
    if (this.#urls.delete(request)) this.#moved();
  }

  #moved(): void {
    this.#movedAt = performance.now();
  }
}
