import { Readable } from 'node:stream';

const MiB = 1024 ** 2;
/** Node's longest string is 512 MiB, and what is read is in memory several times. */
const maxBytes = 64 * MiB;
/** What Puppeteer hears and nobody listens to here. */
const unheard =
  /^\{"method":"(Runtime\.(consoleAPICalled|exceptionThrown)|Log\.entryAdded|Network\.webSocketFrame\w+)"/;
const endBytes = 100;
const second = 1_000;

/** What a browser answers in place of more than it may say at once. */
export const tooMuchAtOnce = `the answer is larger than ${maxBytes / MiB} MiB`;

/** What a browser may tell of one page in a second, unasked: to hear it takes time from all others. */
export interface TalkLimits {
  messages: number;
  /** Of what is written to the console. */
  bytes: number;
}

/**
 * Stands between a browser's pipe and Puppeteer, which takes messages of any size and any number: one that is too
 * long for a string would end this process. Such an answer becomes an error, such an event is dropped.
 */
export class MessageFilter {
  /** Of the message that is coming; of one that is too long its first and its last two. */
  #parts: Buffer[] = [];
  #bytes = 0;
  readonly #readers: ((part: Buffer) => void)[] = [];
  readonly #told = new Map<string, TalkLimits>();
  #since = 0;
  readonly #listeners = new Map<string, () => void>();

  constructor(
    pipe: unknown,
    private readonly limits: TalkLimits,
  ) {
    if (!(pipe instanceof Readable)) return;
    this.#readers = pipe.listeners('data') as ((part: Buffer) => void)[];
    pipe.removeAllListeners('data');
    pipe.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /** `tell` is called when more comes from a session than may. */
  listen(sessionId: string, tell: () => void): void {
    this.#listeners.set(sessionId, tell);
  }

  unlisten(sessionId: string): void {
    this.#listeners.delete(sessionId);
  }

  /** Messages end with a NUL. */
  #take(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      this.#add(chunk.subarray(start, end + 1));
      this.#end();
      start = end + 1;
    }
    if (start < chunk.length) this.#add(chunk.subarray(start));
  }

  #add(part: Buffer): void {
    this.#bytes += part.length;
    const last = this.#parts.at(-1);
    // So that the first and the last two are enough to know a message by.
    if (last && last.length < endBytes) this.#parts[this.#parts.length - 1] = Buffer.concat([last, part]);
    else this.#parts.push(part);
    if (this.#bytes > maxBytes) this.#parts.splice(1, this.#parts.length - 3);
  }

  #end(): void {
    const [parts, bytes] = [this.#parts, this.#bytes];
    this.#parts = [];
    this.#bytes = 0;
    const head = text(parts.slice(0, 2), (part) => part.subarray(0, endBytes));
    const tail = text(parts.slice(-2), (part) => part.subarray(-endBytes));
    const sessionId = /"sessionId":"(\w+)"\}\0$/.exec(tail)?.[1];
    const id = /^\{"id":(\d+),/.exec(head)?.[1];
    const isHeard = !unheard.test(head);
    if (id === undefined && sessionId !== undefined) this.#count(sessionId, isHeard ? 0 : bytes);
    if (bytes > maxBytes) this.#refuse(id, sessionId);
    else if (isHeard) for (const part of parts) this.#pass(part);
  }

  #pass(part: Buffer): void {
    for (const reader of this.#readers) reader(part);
  }

  /** Who waits for the answer is told; for an event nobody waits. */
  #refuse(id: string | undefined, sessionId: string | undefined): void {
    if (id === undefined) return;
    const answer = { id: Number(id), error: { code: -32000, message: tooMuchAtOnce }, sessionId };
    this.#pass(Buffer.from(`${JSON.stringify(answer)}\0`));
  }

  #count(sessionId: string, bytes: number): void {
    const now = performance.now();
    if (now - this.#since > second) {
      this.#since = now;
      this.#told.clear();
    }
    const told = this.#told.get(sessionId) ?? { messages: 0, bytes: 0 };
    this.#told.set(sessionId, told);
    told.messages += 1;
    told.bytes += bytes;
    if (told.messages > this.limits.messages || told.bytes > this.limits.bytes) {
      this.#listeners.get(sessionId)?.();
    }
  }
}

function text(parts: Buffer[], cut: (part: Buffer) => Buffer): string {
  return Buffer.concat(parts.map(cut)).toString('latin1');
}
