import type { PageLoading } from './page-loading';
import { PendingRequests } from './pending-requests';

/** The connections of a session, which its pages share: what hangs in one of them can leave none for the others. */
export class SharedConnections {
  readonly #pages = new Set<PageLoading>();

  add(page: PageLoading): void {
    this.#pages.add(page);
  }

  remove(page: PageLoading): void {
    this.#pages.delete(page);
  }

  /** When there is none left, pages that have their documents, and to which nothing comes any more, stop asking. */
  async free(): Promise<void> {
    const pages = [...this.#pages];
    const taken = pages.reduce((sum, { pending }) => sum + pending.count, 0);
    if (!PendingRequests.isCrowd(taken)) return;
    const stuck = pages.filter(({ isParsed, pending }) => isParsed && pending.isStuck);
    await Promise.all(stuck.map((page) => page.stop()));
  }
}
