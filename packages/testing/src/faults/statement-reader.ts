/** A statement whose answer is whole. */
export interface Answered {
  statement: string;
  /** The server's own word on it: `SELECT 0`, `UPDATE 1`, `ERROR`; empty where the protocol has none. */
  tag: string;
}

/** Understands what one connection carries, as far as crash points need it. */
export interface StatementReader {
  /** Statements that the server can begin with when it has this chunk as well. */
  sent(chunk: Buffer): string[];
  /** Statements whose answer is whole with this chunk. */
  answered(chunk: Buffer): Answered[];
}
