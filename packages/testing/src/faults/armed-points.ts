import type { ArmedPoint, CrashPoint, Verdict } from './crash-point';

interface Waiting {
  point: CrashPoint;
  left: number;
  act: () => Promise<Verdict>;
  settle: (isReached: boolean) => void;
}

/** The crash points of one proxy, each for one time. */
export class ArmedPoints {
  readonly #waiting = new Set<Waiting>();

  arm(point: CrashPoint, act: () => Promise<Verdict>): ArmedPoint {
    let settle: (isReached: boolean) => void = () => undefined;
    const reached = new Promise<boolean>((resolve) => (settle = resolve));
    const waiting = { point, left: point.nth, act, settle };
    this.#waiting.add(waiting);
    const giveUp = (): void => {
      this.#waiting.delete(waiting);
      settle(false);
    };
    return { reached, giveUp };
  }

  /** What is to be done now that one of the statements has come; null: nothing. */
  met(statements: string[], when: CrashPoint['when']): (() => Promise<Verdict>) | null {
    for (const waiting of this.#waiting) {
      if (waiting.point.when !== when) continue;
      waiting.left -= statements.filter((statement) => waiting.point.statement.test(statement)).length;
      if (waiting.left > 0) continue;
      this.#waiting.delete(waiting);
      return () => {
        waiting.settle(true);
        return waiting.act();
      };
    }
    return null;
  }
}
