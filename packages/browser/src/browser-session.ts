import { setTimeout as sleep } from 'node:timers/promises';
import {
  failure,
  FailureError,
  type FrameCall,
  type Question,
  type RecorderStep,
  type Session,
  type SessionState,
  type TabCall,
} from '@runnel/contracts';
import { TargetType, type Frame, type Page, type Target } from 'puppeteer';
import { abortable } from './abortable';
import { actions, type Action } from './actions';
import { askFrame } from './ask';
import type { ContextState } from './context-state';
import { ended } from './ended';
import { pageFailure } from './page-errors';
import { pollMs, type Tab } from './tab';

const closeMs = 5_000;

/** What a session has from who opened it. */
export interface SessionHost {
  /** A new page of the same context, ready to be used. */
  openTab(signal: AbortSignal): Promise<Tab>;
  /** A page that the session's pages opened by themselves. */
  adopt(page: Page): Promise<Tab>;
  fetchText(url: string, signal: AbortSignal): Promise<{ status: number; text: string }>;
  state: ContextState;
  close(): Promise<void>;
}

/** A page of Chromium, and the tabs that it opens. */
export class BrowserSession implements Session {
  readonly engine = 'browser';
  readonly #opened = new Map<Page, Promise<Tab>>();
  readonly #warnings: string[] = [];
  /** Tabs that the page opened by itself. */
  readonly #popups = new Set<Target>();

  constructor(
    private readonly main: Tab,
    private readonly host: SessionHost,
  ) {
    this.main.page.browserContext().on('targetcreated', this.#targetCreated);
  }

  async navigate(url: string, { signal, target }: TabCall): Promise<void> {
    const { tab } = await this.#place({ signal, ...(target !== undefined && { target }) });
    await tab.navigate(url, signal);
  }

  async openPage(signal: AbortSignal): Promise<Session> {
    const tab = await this.main.race(this.host.openTab(signal), signal);
    return new BrowserSession(tab, {
      ...this.host,
      close: () => abortable(tab.page.close(), AbortSignal.timeout(closeMs)),
    });
  }

  async ask<Argument, Answer>(
    question: Question<Argument, Answer>,
    argument: Argument,
    call: FrameCall,
  ): Promise<Answer> {
    const { tab } = await this.#place(call);
    const read = async (): Promise<Answer> => {
      const { frame } = await this.#place(call);
      tab.refuseErrorPage();
      return askFrame(frame, question, argument);
    };
    return tab.again(read, call.signal);
  }

  async perform(step: RecorderStep, signal: AbortSignal): Promise<void> {
    const call = { signal, target: step.target, ...('frame' in step && { frame: step.frame }) };
    const { tab, frame } = await this.#place(call);
    const action = actions[step.type] as Action<RecorderStep['type']>;
    // A step may begin there, or wait while its page goes there.
    tab.refuseErrorPage();
    await action(step, { tab, frame, signal }).catch((error: unknown) => {
      tab.refuseErrorPage();
      throw error;
    });
  }

  async screenshot(options: { fullPage: boolean; selector?: string }, call: FrameCall): Promise<Buffer> {
    const { fullPage, selector } = options;
    const { tab, frame } = await this.#place(call);
    const take = async (): Promise<Uint8Array> => {
      if (selector === undefined) return tab.page.screenshot({ fullPage });
      const element = await frame.$(selector);
      if (element) return element.screenshot();
      const message = `Nothing on ${tab.url()} matches ${JSON.stringify(selector)}`;
      throw new FailureError(failure('ELEMENT_NOT_FOUND', message, { selectors: [selector] }));
    };
    return Buffer.from(await tab.again(take, call.signal));
  }

  async pdf({ format, landscape }: { format: string; landscape: boolean }, call: TabCall): Promise<Buffer> {
    const { tab } = await this.#place(call);
    const options = { format: format as 'A4', landscape, printBackground: true, timeout: 0 };
    return Buffer.from(await tab.again(() => tab.page.pdf(options), call.signal));
  }

  async networkIdle(call: TabCall): Promise<void> {
    const { tab } = await this.#place(call);
    const { signal } = call;
    await tab.again(() => tab.page.waitForNetworkIdle({ idleTime: 500, timeout: 0, signal }), signal);
  }

  fetchText(url: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
    return this.host.fetchText(url, signal);
  }

  url(): string {
    return this.main.url();
  }

  status(): number | null {
    return this.main.loading.documentStatus;
  }

  async state(signal: AbortSignal): Promise<SessionState> {
    try {
      return await this.host.state.read(signal);
    } catch (error) {
      if (signal.aborted) throw ended(signal, 'STEP_TIMEOUT', 'The browser did not tell its cookies in time');
      throw pageFailure(error);
    }
  }

  takeWarnings(): string[] {
    return [
      ...this.#warnings.splice(0),
      ...this.main.warnings.splice(0),
      ...this.main.loading.refused.take(),
    ];
  }

  async close(): Promise<void> {
    this.main.page.browserContext().off('targetcreated', this.#targetCreated);
    this.main.over();
    for (const opened of this.#opened.values())
      void opened.then(
        (tab) => tab.over(),
        () => null,
      );
    // Nobody waits for them: one that hangs must not hold up the end.
    for (const popup of this.#popups) {
      popup
        .page()
        .then((page) => page?.close())
        .catch(() => null);
    }
    await this.host.close();
  }

  readonly #targetCreated = (target: Target): void => {
    if (target.type() !== TargetType.PAGE) return;
    const opener = target.opener()?.page() ?? Promise.resolve(null);
    opener.then(
      (page) => page === this.main.page && this.#tellTab(target),
      () => null,
    );
  };

  #tellTab(target: Target): void {
    this.#popups.add(target);
    const what = 'the page opened another tab; steps reach it by `target`, its address';
    if (!this.#warnings.includes(what)) this.#warnings.push(what);
  }

  /** Where a call works: `target` is the address of a tab, or of a frame that Chromium runs as a target of its own. */
  async #place({ target = 'main', frame: path, signal }: FrameCall): Promise<{ tab: Tab; frame: Frame }> {
    if (target === 'main') return { tab: this.main, frame: await this.#frame(this.main, path, signal) };
    for (;;) {
      const tab = await this.main.race(this.#tabAt(target), signal);
      if (tab) return { tab, frame: await this.#frame(tab, path, signal) };
      const frame = this.main.page.frames().find((each) => each.url() === target);
      if (frame) return { tab: this.main, frame: await this.main.frame(frame, path, signal) };
      await sleep(pollMs, undefined, { signal }).catch(() => {
        throw ended(signal, 'ELEMENT_NOT_FOUND', `No tab with the address ${target} was opened`);
      });
    }
  }

  async #frame(tab: Tab, path: FrameCall['frame'], signal: AbortSignal): Promise<Frame> {
    return path === undefined ? tab.page.mainFrame() : tab.frame(tab.page.mainFrame(), path, signal);
  }

  async #tabAt(address: string): Promise<Tab | null> {
    const pages = await this.main.page.browserContext().pages();
    const page = pages.find((each) => each !== this.main.page && each.url() === address);
    if (!page) return null;
    const known = this.#opened.get(page) ?? this.host.adopt(page);
    this.#opened.set(page, known);
    return known;
  }
}
