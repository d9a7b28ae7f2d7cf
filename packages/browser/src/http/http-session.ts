import { setTimeout as sleep } from 'node:timers/promises';
import {
  failure,
  FailureError,
  type FrameCall,
  type ParsedPage,
  type ParseHtml,
  type Question,
  type RecorderStep,
  type Session,
  type SessionState,
  type TabCall,
} from '@runnel/contracts';
import { boundedState } from '../bounded-state';
import { statusFailure, type DocumentAnswer } from '../page-errors';
import { ended } from '../ended';
import { withEither } from './either-signal';
import { maxRedirects, type HttpAnswer, type HttpClient } from './http-client';
import { refreshOf, type Refresh } from './meta-refresh';
import { networkError, opening } from './network-failure';
import { readDocument } from './read-document';
import type { Visitor } from './visitor';
import { waitForElement } from './wait-for-element';

/** What a session has from who opened it. */
export interface HttpSessionHost {
  client: HttpClient;
  visitor: Visitor;
  parseHtml: ParseHtml;
  /** Told of every session of this host that opens or closes. */
  sessions: Set<HttpSession>;
}

interface Document extends DocumentAnswer {
  page: ParsedPage;
}

/** Reads pages without a browser: their documents are as the site sent them, no script runs. */
export class HttpSession implements Session {
  readonly engine = 'http';
  /** Ends every call: the session is closed. */
  readonly #over = new AbortController();
  #warnings: string[] = [];
  #document: Document;

  /** `release` gives back what was opened for this session and its pages. */
  constructor(
    private readonly host: HttpSessionHost,
    private readonly release: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.#document = this.#documentOf({ url: 'about:blank', html: '' });
    host.sessions.add(this);
  }

  async navigate(url: string, { signal, target }: TabCall): Promise<void> {
    requireMain({ target });
    await withEither([signal, this.#over.signal], async (either) => {
      try {
        await opening({ url, signal: either }, () => this.#open(url, either));
      } catch (error) {
        // What gives no document leaves the page as it was; any other failure leaves an empty one.
        const isUnmoved = error instanceof FailureError && error.failure.code === 'URL_INVALID';
        if (!isUnmoved) this.#document = this.#documentOf({ url, html: '' });
        throw error;
      }
    });
    const found = statusFailure(this.#document);
    if (found) throw new FailureError(found);
  }

  openPage(signal: AbortSignal): Promise<Session> {
    return this.#now({ signal }, () => new HttpSession(this.host));
  }

  ask<Argument, Answer>(
    question: Question<Argument, Answer>,
    argument: Argument,
    call: FrameCall,
  ): Promise<Answer> {
    return this.#now(call, () => this.#document.page.ask(question, argument));
  }

  perform(step: RecorderStep, signal: AbortSignal): Promise<void> {
    const frame = 'frame' in step ? step.frame : undefined;
    return this.#now({ signal, target: step.target, ...(frame !== undefined && { frame }) }, () => {
      if (step.type === 'setViewport') return;
      if (step.type === 'waitForElement') return waitForElement(step, this.#document.page, this.url());
      if (step.type !== 'customStep') throw needsBrowser(`A ${step.type} step`);
      this.#warnings.push(`the customStep ${JSON.stringify(step.name)} does nothing here`);
    });
  }

  screenshot(_options: { fullPage: boolean; selector?: string }, call: FrameCall): Promise<Buffer> {
    return this.#now(call, () => {
      throw needsBrowser('A screenshot');
    });
  }

  pdf(_options: { format: string; landscape: boolean }, call: TabCall): Promise<Buffer> {
    return this.#now(call, () => {
      throw needsBrowser('A PDF');
    });
  }

  networkIdle(call: TabCall): Promise<void> {
    return this.#now(call, () => undefined);
  }

  fetchText(url: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
    const { client, visitor } = this.host;
    return withEither([signal, this.#over.signal], (either) => client.fetchText({ url, visitor }, either));
  }

  url(): string {
    return this.#document.url;
  }

  status(): number | null {
    return this.#document.status;
  }

  async state(signal: AbortSignal): Promise<SessionState> {
    return boundedState(await this.#now({ signal }, () => this.host.visitor.state()));
  }

  takeWarnings(): string[] {
    return this.#warnings.splice(0);
  }

  /** Says it with the next warnings that are taken. */
  warn(warning: string): void {
    this.#warnings.push(warning);
  }

  close(): Promise<void> {
    this.host.sessions.delete(this);
    this.#over.abort(new FailureError(failure('INTERNAL', 'The session is closed')));
    return this.release();
  }

  /** Shows `url`, or where redirects and refreshes lead to. */
  async #open(url: string, signal: AbortSignal): Promise<void> {
    const { client, visitor } = this.host;
    let redirectsLeft = maxRedirects;
    for (let next: string | undefined = url; next !== undefined;) {
      const answer: HttpAnswer = await client.get({ url: next, visitor, redirectsLeft }, signal);
      const refresh: Refresh | null = await this.#show(answer);
      next = refresh?.url;
      if (refresh === null) continue;
      redirectsLeft = answer.redirectsLeft - 1;
      if (redirectsLeft < 0) throw networkError('ERR_TOO_MANY_REDIRECTS');
      if (refresh.delayMs > 0) await sleep(refresh.delayMs, undefined, { signal });
    }
  }

  /** Makes what was answered the page that is open; gives where it goes on to by itself. */
  async #show(answer: HttpAnswer): Promise<Refresh | null> {
    const { url, status } = answer;
    const isError = status >= 400;
    // The status says more than why an error's page cannot be shown.
    const html = await readDocument(answer).catch((error: unknown) => {
      if (isError) return '';
      throw error;
    });
    const retryAfter = answer.headers['retry-after'] ?? null;
    this.#document = this.#documentOf({ url, status, retryAfter, html });
    if (isError) return null;
    const header = [answer.headers['refresh']].flat()[0];
    return refreshOf({ header, html, url, page: this.#document.page });
  }

  #documentOf(answer: { url: string; html: string } & Partial<DocumentAnswer>): Document {
    const { url, html, status = null, retryAfter = null } = answer;
    return { url, status, retryAfter, page: this.host.parseHtml({ html, url }) };
  }

  /** Work on the page that is open, which takes no waiting. */
  async #now<T>({ signal, target, frame }: FrameCall, work: () => T): Promise<T> {
    requireMain({ target, frame });
    for (const each of [signal, this.#over.signal]) {
      if (each.aborted) throw ended(each, 'STEP_TIMEOUT', `${this.url()} was not asked in time`);
    }
    return Promise.resolve(work());
  }
}

function requireMain({ target = 'main', frame }: { target?: string | undefined; frame?: unknown }): void {
  if (target !== 'main') throw needsBrowser(`The tab ${JSON.stringify(target)}`);
  const isOwn = frame === undefined || (Array.isArray(frame) && frame.length === 0);
  if (!isOwn) throw needsBrowser(`The frame ${JSON.stringify(frame)}`);
}

function needsBrowser(what: string): FailureError {
  return new FailureError(failure('NEEDS_BROWSER', `${what} needs a browser`));
}
