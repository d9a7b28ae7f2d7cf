/** A moment in what a process says to a server. */
export interface CrashPoint {
  /** Of the statement's text; on Redis, of the bytes. */
  statement: RegExp;
  /** Before the server has it, or when it has answered and the process does not know yet. */
  when: 'before' | 'after';
  /** At the first, the second, … statement that matches from now on. */
  nth: number;
}

/** What becomes of the statement, or of its answer, when everything is done that the point is for. */
export type Verdict = 'pass' | 'drop';

/** A crash point that waits for its moment. */
export interface ArmedPoint {
  /** Resolves with true when the moment has come, with false when it was given up. */
  reached: Promise<boolean>;
  giveUp(): void;
}
