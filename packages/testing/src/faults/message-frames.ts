const typeBytes = 1;
const lengthBytes = 4;

export interface Message {
  /** One letter; empty for the first message of a client, which has none. */
  type: string;
  body: Buffer;
}

/** Cuts one direction of a Postgres connection into messages, however they come in. */
export class MessageFrames {
  #rest: Buffer = Buffer.alloc(0);

  /** `isClient`: the first message is a client's, without a type. */
  constructor(private isClient: boolean) {}

  read(chunk: Buffer): Message[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    for (let message = this.#next(); message; message = this.#next()) messages.push(message);
    return messages;
  }

  /** Null: the next message is not whole yet. */
  #next(): Message | null {
    const head = this.isClient ? 0 : typeBytes;
    if (this.#rest.length < head + lengthBytes) return null;
    const end = head + this.#rest.readInt32BE(head);
    if (this.#rest.length < end) return null;
    const type = this.#rest.toString('latin1', 0, head);
    const body = this.#rest.subarray(head + lengthBytes, end);
    this.#rest = this.#rest.subarray(end);
    this.isClient = false;
    return { type, body };
  }
}
