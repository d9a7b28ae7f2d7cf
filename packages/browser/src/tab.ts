import { setTimeout as sleep } from 'node:timers/promises';
import { failure, FailureError, type Failure, type FailureCode, type FramePath } from '@runnel/contracts';
import type { Frame, Page } from 'puppeteer';
import { abortable } from './abortable';
import { isolatedRealm } from './ask';
import { ended } from './ended';
import { isNavigatedAway, navigationFailure, pageFailure, statusFailure } from './page-errors';
import { PageGuard, type Guards } from './page-guard';
import type { PageLoading } from './page-loading';
import { requireWebAddress } from './web-address';

export const pollMs = 50;
/** How long a page that a step waited for in vain has to say that it is there. */
const answerMs = 500;
const endToldMs = 250;

/** One page of Chromium: every call ends with its signal, and when the page or its browser is no more or takes too much. */
export class Tab {
  readonly warnings: string[] = [];
  readonly #over = new AbortController();
  readonly #guard: PageGuard;

  constructor(
    readonly page: Page,
    readonly loading: PageLoading,
    guards: Guards,
  ) {
    this.#guard = new PageGuard(page, guards, (found) => this.#end(found));
    page.on('close', () => this.#end(failure('TAB_CLOSED', `The tab of ${this.url()} was closed`)));
    page.browser().on('disconnected', this.#browserDied);
  }

  async navigate(url: string, signal: AbortSignal): Promise<void> {
    requireWebAddress(url);
    try {
      await this.race(this.loading.open(url, signal), signal);
      await this.parsed(signal);
    } catch (error) {
      if (error instanceof FailureError) throw error;
      if (signal.aborted) throw ended(signal, 'NAVIGATION_TIMEOUT', `${url} gave no whole document in time`);
      const found = this.loading.failureOf(error, url);
      // The end of a page's process stops what it opens, and is told a moment later.
      if (found.code === 'URL_INVALID') await this.race(sleep(endToldMs), signal);
      throw new FailureError(found, { cause: error });
    }
    this.#throwOnStatus();
    if (this.loading.isMedia) throw new FailureError(navigationFailure(new Error('net::ERR_ABORTED'), url));
  }

  /** Does something that may open another page: if it does, the step ends when that page is parsed. */
  async act(
    work: () => Promise<void>,
    { signal, navigates }: { signal: AbortSignal; navigates: Frame | null },
  ): Promise<void> {
    this.loading.begin();
    await this.race(this.loading.makeRoom(signal), signal);
    const opened = navigates ? this.loading.nextDocument(navigates) : Promise.resolve();
    await work().catch((error: unknown) => {
      // A tab may close itself when it is clicked.
      if (!this.page.isClosed()) throw error;
    });
    if (this.page.isClosed()) return;
    await this.race(opened, signal).catch((error: unknown) => {
      throw signal.aborted
        ? ended(signal, 'NAVIGATION_TIMEOUT', 'The step did not open another page in time')
        : error;
    });
    await this.again(() => isolatedRealm(this.page.mainFrame()).evaluate(turn), signal);
    await this.race(this.loading.navigated(), signal);
    const { refusal } = this.loading;
    if (refusal) throw new FailureError(refusal);
    await this.parsed(signal);
    this.#throwOnStatus();
  }

  /** A page may go by itself where it may not: what stands there then is the browser's word for it. @throws FailureError */
  refuseErrorPage(): void {
    const { refusal } = this.loading;
    if (refusal && this.page.url().startsWith('chrome-error:')) throw new FailureError(refusal);
  }

  /** The frame at the end of `path`, waited for; the page's own when there is none. */
  async frame(from: Frame, path: FramePath, signal: AbortSignal): Promise<Frame> {
    try {
      for (;;) {
        const found = await this.race(childFrame(from, path), signal);
        if (found) return found;
        await sleep(pollMs, undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw pageFailure(error);
      throw ended(signal, 'ELEMENT_NOT_FOUND', `No iframe ${JSON.stringify(path)} on ${this.url()}`);
    }
  }

  url(): string {
    return this.page.url();
  }

  /** Nobody waits any more for what still reads the page. */
  over(): void {
    this.page.browser().off('disconnected', this.#browserDied);
    this.#guard.stop();
    this.#end(failure('INTERNAL', 'The session is closed'));
  }

  async parsed(signal: AbortSignal): Promise<void> {
    const whenParsed = () =>
      this.again(() => isolatedRealm(this.page.mainFrame()).evaluate(documentParsed), signal);
    const leftOut = await this.race(this.loading.parsed(whenParsed, signal), signal);
    if (leftOut.length > 0) this.warnings.push(`left out what did not answer in time: ${leftOut.join(', ')}`);
  }

  /** Reads the page; from the start when it goes on to another document meanwhile. */
  async again<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        return await this.race(read(), signal);
      } catch (error) {
        if (signal.aborted)
          throw ended(signal, 'STEP_TIMEOUT', `${this.url()} did not answer the robot in time`);
        if (!isNavigatedAway(error)) throw pageFailure(error);
        await this.race(sleep(pollMs), signal);
      }
    }
  }

  /** What a step failed with that ran out of its time: where the page answers nothing any more, it says so. */
  async timedOut(signal: AbortSignal, code: FailureCode, message: string): Promise<unknown> {
    // The task ended, not the step's time.
    if (!(signal.reason instanceof DOMException)) return ended(signal, code, message);
    const answers = isolatedRealm(this.page.mainFrame()).evaluate(turn);
    const isBusy = await this.race(answers, AbortSignal.timeout(answerMs)).then(
      () => false,
      (error: unknown) => !isNavigatedAway(error),
    );
    if (isBusy) return ended(signal, 'STEP_TIMEOUT', `${this.url()} did not answer the robot in time`);
    return ended(signal, code, message);
  }

  race<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    return abortable(abortable(work, signal), this.#over.signal);
  }

  readonly #browserDied = (): void =>
    this.#end(failure('BROWSER_CRASHED', `The browser died while it showed ${this.url()}`));

  /** Every call from now on fails with the first reason. */
  #end(found: Failure): void {
    if (!this.#over.signal.aborted) this.#over.abort(new FailureError(found));
  }

  #throwOnStatus(): void {
    const { status, retryAfter } = this.loading;
    const found = statusFailure({ status, retryAfter, url: this.url() });
    if (found) throw new FailureError(found);
  }
}

async function childFrame(from: Frame, path: FramePath): Promise<Frame | null> {
  if (typeof path !== 'string') {
    return (path ?? []).reduce<Frame | null>((frame, index) => frame?.childFrames()[index] ?? null, from);
  }
  const element = await from.$(path);
  const frame = await element?.contentFrame();
  await element?.dispose();
  return frame ?? null;
}

/** Runs in the page: what the last input set off has begun. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Runs in the page. */
function documentParsed(): true | Promise<unknown> {
  return (
    document.readyState !== 'loading' ||
    new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }))
  );
}
