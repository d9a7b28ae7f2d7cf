import { setTimeout as sleep } from 'node:timers/promises';
import {
  failure,
  FailureError,
  type ClickTarget,
  type ElementCondition,
  type FailureCode,
  type SelectorAlternatives,
  type Session,
  type Viewport,
} from '@runnel/contracts';
import { Locator, TargetType, type Page } from 'puppeteer';
import { abortable } from './abortable';
import { isNavigatedAway, navigationFailure, pageFailure, statusFailure } from './page-errors';
import type { PageLoading } from './page-loading';
import { describeSelectors, puppeteerSelector } from './step-selector';

const pollMs = 50;

const counted: Record<ElementCondition['operator'], (found: number, count: number) => boolean> = {
  '>=': (found, count) => found >= count,
  '==': (found, count) => found === count,
  '<=': (found, count) => found <= count,
};

/** A page of Chromium in a context of its own. */
export class BrowserSession implements Session {
  /** Ends every call: the page or its browser is no more. */
  readonly #over = new AbortController();
  #warnings: string[] = [];

  constructor(
    private readonly page: Page,
    private readonly loading: PageLoading,
    private readonly onClose: () => Promise<void>,
  ) {
    page.on('error', () => this.#crash('The page crashed'));
    page.browser().on('disconnected', this.#browserDied);
    // A dialog that nobody answers would hold the page for ever.
    // "Leave this page?" is answered with yes, all others with no.
    page.on('dialog', (dialog) => {
      const answer = dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss();
      answer.catch(() => null);
    });
    page.browserContext().on('targetcreated', (target) => {
      if (target.type() === TargetType.PAGE)
        this.#warnings.push('the page opened another tab, which is not followed');
    });
  }

  async navigate(url: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#race(this.loading.open(url, signal), signal);
      await this.#parsed(signal);
    } catch (error) {
      if (error instanceof FailureError) throw error;
      if (signal.aborted) throw ended(signal, 'NAVIGATION_TIMEOUT', `${url} gave no whole document in time`);
      throw new FailureError(navigationFailure(error, url), { cause: error });
    }
    this.#throwOnStatus();
  }

  async click(target: ClickTarget, signal: AbortSignal): Promise<void> {
    const { selectors, offset, button, holdMs, navigates } = target;
    const options = {
      ...(offset && { offset }),
      ...(button && { button }),
      ...(holdMs && { delay: holdMs }),
    };
    this.loading.begin();
    const opened = navigates ? this.loading.nextDocument() : Promise.resolve();
    await this.#use({ selectors, purpose: 'clicked' }, signal, (element) =>
      element.click({ signal, ...options }),
    );
    await this.#race(opened, signal).catch((error: unknown) => {
      throw signal.aborted
        ? ended(signal, 'NAVIGATION_TIMEOUT', 'The click did not open another page in time')
        : error;
    });
    await this.#afterAction(signal);
  }

  async change(selectors: SelectorAlternatives, value: string, signal: AbortSignal): Promise<void> {
    this.loading.begin();
    await this.#use({ selectors, purpose: 'filled in' }, signal, (element) =>
      element.fill(value, { signal }),
    );
    await this.#afterAction(signal);
  }

  async waitForElement(wanted: ElementCondition, signal: AbortSignal): Promise<void> {
    const { selectors, operator, count, visible } = wanted;
    for (let found = 0; ;) {
      try {
        found = await this.#again(() => this.#count(selectors, visible), signal);
        if (counted[operator](found, count)) return;
        await sleep(pollMs, undefined, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
        const what = `${operator} ${count} of ${describeSelectors(selectors)} on ${this.url()}`;
        throw ended(signal, 'ELEMENT_NOT_FOUND', `Waited for ${what}, found ${found}`);
      }
    }
  }

  async has(selector: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#again(() => this.#count([selector], undefined), signal)) > 0;
  }

  async setViewport(viewport: Viewport, signal: AbortSignal): Promise<void> {
    await this.#again(() => this.page.setViewport(viewport), signal);
  }

  async evaluate<A, R>(pageFunction: (argument: A) => R, argument: A, signal: AbortSignal): Promise<R> {
    // Puppeteer's types take handles out of the argument; a Session's argument is plain data.
    const call = pageFunction as (argument: unknown) => R;
    return this.#again(() => ownWorld(this.page).evaluate(call, argument) as Promise<R>, signal);
  }

  async screenshot(options: { fullPage: boolean; selector?: string }, signal: AbortSignal): Promise<Buffer> {
    const { fullPage, selector } = options;
    const take = async (): Promise<Uint8Array> => {
      if (selector === undefined) return this.page.screenshot({ fullPage });
      const element = await this.page.$(selector);
      if (element) return element.screenshot();
      throw new FailureError(failure('ELEMENT_NOT_FOUND', `Nothing on ${this.url()} matches "${selector}"`));
    };
    return Buffer.from(await this.#again(take, signal));
  }

  url(): string {
    return this.page.url();
  }

  takeWarnings(): string[] {
    return this.#warnings.splice(0);
  }

  async close(): Promise<void> {
    this.page.browser().off('disconnected', this.#browserDied);
    // What still reads the page, although nobody waits for it, ends with it.
    this.#over.abort(new FailureError(failure('INTERNAL', 'The session is closed')));
    await this.onClose();
  }

  readonly #browserDied = (): void => this.#crash('The browser died');

  #crash(what: string): void {
    this.#over.abort(new FailureError(failure('BROWSER_CRASHED', `${what} while it showed ${this.url()}`)));
  }

  /** A click or an input may open another page: if it does, the step ends when that page is parsed. */
  async #afterAction(signal: AbortSignal): Promise<void> {
    await this.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)), null, signal);
    await this.#race(this.loading.navigated(), signal);
    await this.#parsed(signal);
    this.#throwOnStatus();
  }

  async #parsed(signal: AbortSignal): Promise<void> {
    const whenParsed = () =>
      this.evaluate(
        () =>
          document.readyState !== 'loading' ||
          new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true })),
        null,
        signal,
      );
    const leftOut = await this.#race(this.loading.parsed(whenParsed, signal), signal);
    if (leftOut.length > 0)
      this.#warnings.push(`left out what did not answer in time: ${leftOut.join(', ')}`);
  }

  #throwOnStatus(): void {
    const { status } = this.loading;
    const found = status === null ? null : statusFailure(status, this.url());
    if (found) throw new FailureError(found);
  }

  async #use(
    { selectors, purpose }: { selectors: SelectorAlternatives; purpose: string },
    signal: AbortSignal,
    act: (element: Locator<Element>) => Promise<void>,
  ): Promise<void> {
    const locators = selectors.map((selector) =>
      this.page.locator(puppeteerSelector(selector)).setTimeout(0),
    );
    try {
      await this.#race(act(Locator.race<Locator<Element>[]>(locators)), signal);
    } catch (error) {
      if (!signal.aborted) throw pageFailure(error);
      const what = `No element on ${this.url()} that matches ${describeSelectors(selectors)} could be ${purpose}`;
      throw ended(signal, 'ELEMENT_NOT_FOUND', what);
    }
  }

  /** How many elements the first alternative that matches any matches. */
  async #count(selectors: SelectorAlternatives, visible: boolean | undefined): Promise<number> {
    for (const selector of selectors) {
      const handles = await this.page.$$(puppeteerSelector(selector));
      const wanted = await Promise.all(
        handles.map(async (handle) => visible === undefined || (await handle.isVisible()) === visible),
      );
      await Promise.all(handles.map((handle) => handle.dispose()));
      const count = wanted.filter(Boolean).length;
      if (count > 0) return count;
    }
    return 0;
  }

  /** Reads the page; from the start when it goes on to another document meanwhile. */
  async #again<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        return await this.#race(read(), signal);
      } catch (error) {
        if (signal.aborted)
          throw ended(signal, 'STEP_TIMEOUT', `${this.url()} did not answer the robot in time`);
        if (!isNavigatedAway(error)) throw pageFailure(error);
        await this.#race(sleep(pollMs), signal);
      }
    }
  }

  #race<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    return abortable(work, AbortSignal.any([signal, this.#over.signal]));
  }
}

/** Where the page's scripts cannot change what built-ins do. Puppeteer has it, and does not say so in its types. */
function ownWorld(page: Page): Pick<Page, 'evaluate'> {
  const frame = page.mainFrame() as unknown as { isolatedRealm(): Pick<Page, 'evaluate'> };
  return frame.isolatedRealm();
}

/** A call that ran out of its own time failed with `code`; one that the task ended passes the task's reason on. */
function ended(signal: AbortSignal, code: FailureCode, message: string): unknown {
  const reason: unknown = signal.reason;
  const isOwnTime = reason instanceof DOMException && reason.name === 'TimeoutError';
  return isOwnTime ? new FailureError(failure(code, message)) : reason;
}
