import { isSame } from './is-same';
import type { Problem } from './problem';

/** Collects what is not as it has to be, of one run. */
export class Claims {
  readonly problems: Problem[] = [];

  constructor(private readonly runId: string) {}

  say(kind: Problem['kind'], what: string): void {
    this.problems.push({ kind, runId: this.runId, what });
  }

  holds(isTrue: boolean, kind: Problem['kind'], what: string): void {
    if (!isTrue) this.say(kind, what);
  }

  /** Else it is wrong. */
  equal(what: string, found: unknown, due: unknown): void {
    const isEqual = isSame(found, due);
    this.holds(isEqual, 'wrong', `${what} is ${JSON.stringify(found)}, due is ${JSON.stringify(due)}`);
  }
}
