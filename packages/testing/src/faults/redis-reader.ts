import type { Answered, StatementReader } from './statement-reader';

/** Takes each chunk that a client of Redis sends as one statement, answered by whatever comes next. */
export class RedisReader implements StatementReader {
  #asked: string[] = [];

  sent(chunk: Buffer): string[] {
    const statement = chunk.toString('latin1');
    this.#asked.push(statement);
    return [statement];
  }

  answered(): Answered[] {
    return this.#asked.splice(0).map((statement) => ({ statement, tag: '' }));
  }
}
