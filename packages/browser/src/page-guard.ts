import { failure, type Failure } from '@runnel/contracts';
import type { CDPSession, Page, Protocol } from 'puppeteer';
import { MemoryWatch } from './memory-watch';
import type { MessageFilter } from './message-filter';
import { ownClient } from './own-client';
import type { PageLimits } from './page-limits';

const MiB = 1024 ** 2;

/** What a page is guarded by. */
export interface Guards {
  limits: PageLimits;
  /** What ends processes that take too much memory. */
  memory: MemoryWatch;
  /** What hears all that the browser says. */
  messages: MessageFilter;
}

/** Tells when a page takes more than it may, and when its process ended. */
export class PageGuard {
  #document: string | null = null;
  /** Bytes of each answer that is coming. */
  readonly #files = new Map<string, number>();
  #loadedBytes = 0;
  readonly #heard = new Set<string>();
  readonly #id: string;
  readonly #client: CDPSession;
  readonly #connection: ReturnType<CDPSession['connection']>;

  constructor(
    private readonly page: Page,
    private readonly guards: Guards,
    private readonly tell: (found: Failure) => void,
  ) {
    const client = ownClient(page);
    this.#client = client;
    this.#id = (page.mainFrame() as unknown as { _id: string })._id;
    this.#connection = client.connection();
    this.#connection?.on('Target.targetCrashed', this.#crashed);
    guards.memory.listen(this.#tidyUp);
    this.#listen(client);
  }

  stop(): void {
    this.guards.memory.unlisten(this.#tidyUp);
    for (const id of this.#heard) this.guards.messages.unlisten(id);
    this.#connection?.off('Target.targetCrashed', this.#crashed);
  }

  /** To the page, its frames that Chromium runs elsewhere, and its workers. */
  #listen(client: CDPSession): void {
    this.#heard.add(client.id());
    this.guards.messages.listen(client.id(), () =>
      this.#tooLarge('asks for, changes or says more in a second than can be heard'),
    );
    client.on('Network.dataReceived', ({ requestId, dataLength }) => this.#count(requestId, dataLength));
    client.on('Network.loadingFinished', ({ requestId }) => this.#files.delete(requestId));
    client.on('Network.loadingFailed', ({ requestId }) => this.#files.delete(requestId));
    client.on('Network.responseReceived', (answered) => this.#began(answered));
    client.on('sessionattached', (inner) => this.#listen(inner));
  }

  #began({ type, frameId, requestId }: Protocol.Network.ResponseReceivedEvent): void {
    if (type !== 'Document' || frameId !== this.#id) return;
    this.#document = requestId;
    this.#files.clear();
    this.#loadedBytes = 0;
  }

  #count(requestId: string, bytes: number): void {
    const { documentBytes, fileBytes, loadedBytes } = this.guards.limits;
    const fileSoFar = (this.#files.get(requestId) ?? 0) + bytes;
    this.#files.set(requestId, fileSoFar);
    this.#loadedBytes += bytes;
    if (requestId === this.#document) {
      if (fileSoFar > documentBytes) this.#tooLarge(`is larger than ${inMiB(documentBytes)}`);
    } else if (fileSoFar > fileBytes) {
      this.#tooLarge(`loads a file of more than ${inMiB(fileBytes)}`);
    }
    if (this.#loadedBytes > loadedBytes) this.#tooLarge(`loads more than ${inMiB(loadedBytes)}`);
  }

  /** A page that has much gives free what earlier documents left. It may be gone by now. */
  readonly #tidyUp = (): void => {
    this.#client.send('HeapProfiler.collectGarbage').catch(() => null);
  };

  readonly #crashed = ({ targetId, status, errorCode }: Protocol.Target.TargetCrashedEvent): void => {
    if (targetId !== this.#id) return;
    const { memory } = this.guards;
    if (MemoryWatch.isEndOf(errorCode)) {
      const [taken, limit] = [inMiB(memory.lastTaken), inMiB(memory.limits.page)];
      this.#tooLarge(`takes more memory than a page may: ${taken}; the limit is ${limit}`);
    } else {
      const how = status === 'killed' ? 'was killed, as systems do that run out of memory,' : 'crashed';
      this.tell(failure('BROWSER_CRASHED', `The page ${how} while it showed ${this.page.url()}`));
    }
  };

  #tooLarge(what: string): void {
    const url = this.page.url();
    this.tell(failure('PAGE_TOO_LARGE', `${url} ${what}`, { url }));
  }
}

function inMiB(bytes: number): string {
  return `${Math.round(bytes / MiB)} MiB`;
}
