import { FailureError, type Failure, type FailureCode, type Session } from '@runnel/contracts';
import { describeFailure, saveEvidence } from '../diagnosis';
import type { StepContext } from '../step-context';

/** What came of one page: what was read, or why nothing was. */
export type Visit<T> = { read: T; failure: null } | { read: null; failure: Failure };

const mostTries = 2;
/** Failures that leave a tab in which nothing can be opened any more. */
const ends: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'BROWSER_CRASHED',
  'PAGE_TOO_LARGE',
  'TAB_CLOSED',
]);

/** Pages of one session that are used again and again, one a lane; opened when first used. */
export class PageLanes {
  readonly #pages = new Map<number, Promise<Session>>();

  /** `isDecisive`: a page that fails fails the step, so what it looked like is kept. */
  constructor(
    private readonly context: StepContext,
    private readonly isDecisive: boolean,
  ) {}

  /**
   * What `work` reads on the lane's page, or its failure; one that another try may mend is tried once more.
   * @throws FailureError when no page can be opened any more: the browser is gone
   */
  async visit<T>(lane: number, address: string, work: (page: Session) => Promise<T>): Promise<Visit<T>> {
    for (let tries = 1; ; tries += 1) {
      const page = await this.#open(lane);
      const visit = await visitOf(() => work(page));
      if (visit.failure === null) return visit;
      const isLast = !visit.failure.retryable || tries === mostTries;
      const failure = isLast ? await this.#explain(visit.failure, page, address) : visit.failure;
      if (ends.has(failure.code)) await this.#drop(lane);
      if (isLast) return { read: null, failure };
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pages.keys()].map((lane) => this.#drop(lane)));
  }

  /** What the page itself tells of a failure, while it is open. */
  async #explain(found: Failure, page: Session, address: string): Promise<Failure> {
    const scope = { ...this.context, session: page, trail: { asked: address } };
    const described = await describeFailure(found, scope);
    if (this.isDecisive) await saveEvidence(described, scope);
    return described;
  }

  /** The lane's page; a new one where that cannot be had, which is tried twice. */
  async #open(lane: number): Promise<Session> {
    return this.#page(lane).catch(async () => {
      await this.#drop(lane);
      this.context.signal.throwIfAborted();
      return this.#page(lane);
    });
  }

  #page(lane: number): Promise<Session> {
    const page = this.#pages.get(lane) ?? this.context.session.openPage(this.context.callSignal());
    this.#pages.set(lane, page);
    return page;
  }

  async #drop(lane: number): Promise<void> {
    const page = this.#pages.get(lane);
    this.#pages.delete(lane);
    await page?.then((opened) => opened.close()).catch(() => null);
  }
}

/** What `work` gives, or its failure. */
export async function visitOf<T>(work: () => Promise<T>): Promise<Visit<T>> {
  try {
    return { read: await work(), failure: null };
  } catch (error) {
    if (error instanceof FailureError) return { read: null, failure: error.failure };
    throw error;
  }
}
