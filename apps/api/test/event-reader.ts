import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { key, type Body } from './test-api';

interface Told {
  id: string;
  event: string;
  data: Body;
}

/** Reads a stream of events as a browser's EventSource does. */
export class EventReader {
  readonly told: Told[] = [];
  comments = 0;
  retryMs = 0;
  #rest = '';
  readonly #watchers = new Set<() => void>();
  /** Resolves when the stream is over; false when it was cut off. */
  readonly over: Promise<boolean>;

  private constructor(
    private readonly asked: ClientRequest,
    readonly answer: IncomingMessage,
  ) {
    answer.setEncoding('utf8');
    this.over = new Promise((resolve) => {
      answer.on('close', () => resolve(answer.complete));
    });
    answer.on('error', () => undefined);
    answer.on('data', (text: string) => this.#read(text));
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const asked = request(url, { agent: false, headers: { 'x-api-key': key, ...headers } });
    asked.on('error', () => undefined);
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      asked.once('response', resolve).once('error', reject);
    });
    asked.end();
    return new EventReader(asked, await answered);
  }

  get status(): number {
    return this.answer.statusCode ?? 0;
  }

  get numbers(): number[] {
    return this.told.map(({ id }) => Number(id));
  }

  /** Resolves as soon as what was read fits. */
  async until(fits: (reader: EventReader) => boolean): Promise<void> {
    while (!fits(this)) await new Promise<void>((resolve) => this.#watchers.add(resolve));
  }

  close(): void {
    this.asked.destroy();
  }

  #read(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) this.#take(block.split('\n'));
    for (const look of this.#watchers) look();
    this.#watchers.clear();
  }

  #take(lines: string[]): void {
    const field = (name: string) =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
    if (lines[0]?.startsWith(':')) this.comments += 1;
    else if (field('retry') !== '') this.retryMs = Number(field('retry'));
    else this.told.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) });
  }
}
