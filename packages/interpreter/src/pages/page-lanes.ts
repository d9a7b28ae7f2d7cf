import type { Session } from '@runnel/contracts';
import type { StepContext } from '../step-context';

/** Pages of one session that are used again and again, one a lane; opened when first used. */
export class PageLanes {
  readonly #pages = new Map<number, Promise<Session>>();

  constructor(private readonly context: StepContext) {}

  page(lane: number): Promise<Session> {
    const page = this.#pages.get(lane) ?? this.context.session.openPage(this.context.callSignal());
    this.#pages.set(lane, page);
    return page;
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#pages.values()].map((page) => page.then((opened) => opened.close()).catch(() => null)),
    );
  }
}
