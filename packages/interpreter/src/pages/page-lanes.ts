import { FailureError, type Failure, type Session } from '@runnel/contracts';
import type { StepContext } from '../step-context';

/** What came of one page: what was read, or why nothing was. */
export type Visit<T> = { read: T; failure: null } | { read: null; failure: Failure };

const mostTries = 2;

/** Pages of one session that are used again and again, one a lane; opened when first used. */
export class PageLanes {
  readonly #pages = new Map<number, Promise<Session>>();

  constructor(private readonly context: StepContext) {}

  /**
   * What `work` reads on the lane's page, or its failure; one that another try may mend is tried once more.
   * @throws FailureError when no page can be opened any more: the browser is gone
   */
  async visit<T>(lane: number, work: (page: Session) => Promise<T>): Promise<Visit<T>> {
    for (let tries = 1; ; tries += 1) {
      const page = await this.#page(lane);
      const visit = await visitOf(() => work(page));
      if (visit.failure === null) return visit;
      if (visit.failure.code === 'BROWSER_CRASHED') await this.#drop(lane);
      if (!visit.failure.retryable || tries === mostTries) return visit;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pages.keys()].map((lane) => this.#drop(lane)));
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
