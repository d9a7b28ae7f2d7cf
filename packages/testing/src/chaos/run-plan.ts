import type { FailureCode, RowData } from '@runnel/contracts';
import { Random } from './random';

export const robotNames = ['browser', 'picture', 'http'] as const;
export type RobotName = (typeof robotNames)[number];

/** What the site has for one task. */
export interface TaskPlan {
  pages: number;
  perPage: number;
  /** The site's, for each page. */
  delayMs: number;
  /** How it fails, by the site's doing. */
  fails: FailureCode | null;
}

/** One run of the load: everything about it comes from the seed and its number, so the site and the check know it too. */
export interface RunPlan {
  index: number;
  robot: RobotName;
  tasks: TaskPlan[];
  /** Aborted so long after it was accepted. */
  abortAfterMs: number | null;
  /** The client asks twice at once, with one key. */
  isSentTwice: boolean;
}

/** Which item of a page has no price, on a page that fails by it. */
export const itemWithoutPrice = 2;

const robotOf = (share: number): RobotName => (share < 0.4 ? 'browser' : share < 0.55 ? 'picture' : 'http');

export function planRun(seed: number, index: number): RunPlan {
  const random = new Random(seed ^ Math.imul(index + 1, 0x9e3779b1));
  const robot = robotOf(random.next());
  const fate = random.next();
  const isAborted = fate < 0.08;
  const abortAfterMs = isAborted ? random.between(100, 3_000) : null;
  const count = random.chance(0.1) ? random.between(2, 4) : 1;
  const mayFail = fate > 0.9 || count > 1;
  const tasks = Array.from({ length: count }, () => planTask(random, { isSlow: isAborted, mayFail }));
  return { index, robot, tasks, abortAfterMs, isSentTwice: random.chance(0.15) };
}

function planTask(random: Random, { isSlow, mayFail }: { isSlow: boolean; mayFail: boolean }): TaskPlan {
  const fails =
    mayFail && random.chance(0.6) ? random.pick<FailureCode>(['SELECTOR_NO_MATCH', 'FIELD_REQUIRED']) : null;
  return {
    pages: fails ? 1 : random.between(1, 4),
    perPage: random.between(3, 12),
    delayMs: isSlow ? random.between(800, 2_000) : random.between(100, 1_800),
    fails,
  };
}

/** The rows that the site serves for a task, in order: all that a robot can have read. */
export function rowsOf(run: RunPlan, ordinal: number): RowData[] {
  const task = run.tasks[ordinal];
  if (!task || task.fails === 'SELECTOR_NO_MATCH') return [];
  const count = task.fails ? itemWithoutPrice : task.pages * task.perPage;
  return Array.from({ length: count }, (_, item) => rowOf(run, ordinal, item));
}

export function rowOf(run: RunPlan, ordinal: number, item: number): { name: string; price: number } {
  return { name: `Run ${run.index}, task ${ordinal}, item ${item}`, price: (run.index % 90) + 1 + item / 4 };
}
