import { MessageFrames } from './message-frames';
import type { Answered, StatementReader } from './statement-reader';

/**
 * Reads Postgres' protocol: which statement a client has the server run, also one that was prepared long ago and
 * comes by its name alone, and when its answer is whole. Not for TLS, which would hide everything.
 */
export class PostgresReader implements StatementReader {
  readonly #client = new MessageFrames(true);
  readonly #server = new MessageFrames(false);
  readonly #prepared = new Map<string, string>();
  /** Bound, but the server is not told to finish yet. */
  #bound: string[] = [];
  /** What each `ReadyForQuery` to come will answer; the first one ends the login. */
  readonly #asked: string[][] = [[]];
  #tag = '';

  sent(chunk: Buffer): string[] {
    return this.#client.read(chunk).flatMap(({ type, body }) => {
      if (type === 'Q') return this.#ask([textAt(body, 0)]);
      if (type === 'S') return this.#ask(this.#bound.splice(0));
      if (type === 'P') this.#prepared.set(textAt(body, 0), textAt(body, 1));
      if (type === 'B') this.#bound.push(this.#prepared.get(textAt(body, 1)) ?? '');
      return [];
    });
  }

  answered(chunk: Buffer): Answered[] {
    return this.#server.read(chunk).flatMap(({ type, body }) => {
      if (type === 'C') this.#tag = textAt(body, 0);
      // A client acts on an error before the server is ready for more.
      if (type === 'E') return this.#tell('ERROR');
      if (type !== 'Z') return [];
      const told = this.#tell(this.#tag);
      this.#asked.shift();
      return told;
    });
  }

  #tell(tag: string): Answered[] {
    return (this.#asked[0] ?? []).splice(0).map((statement) => ({ statement, tag }));
  }

  #ask(statements: string[]): string[] {
    this.#asked.push([...statements]);
    return statements;
  }
}

/** The n-th of the texts that a message begins with, each closed by a zero. */
function textAt(body: Buffer, place: number): string {
  let start = 0;
  for (let skipped = 0; skipped < place; skipped += 1) start = body.indexOf(0, start) + 1;
  return body.toString('utf8', start, body.indexOf(0, start));
}
