import { isRunEnded, runStatuses, type RunStatus, type Stage } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { Conditions, isGiven } from './conditions';
import { rowsOf } from './sql';

/** Whose runs: a space's, or one robot's. */
export interface RunOwner {
  spaceId: string;
  /** Without one: those of all robots. */
  robotId?: string | null;
}

/** What is left out or null is not asked for. */
export interface RunFilter extends RunOwner {
  stage?: Stage | null;
  statuses?: RunStatus[] | null;
  tag?: string | null;
  from?: Date | null;
  to?: Date | null;
}

/** Which runs `r` are wanted, in which parts, and their order. */
export interface RunsOf {
  where: Conditions;
  /** Each is in one of these, which have indexes of their own. */
  parts: string[];
  newestFirst: string;
}

/**
 * The runs `r` of an owner that readers see, and their order, newest first. An array of one and an order by all of the
 * index leave Postgres no other way than this index, backward: believing that all runs have one owner, it would read
 * those of everybody by their ids and find few of this one.
 */
export function runsOf({ spaceId, robotId, statuses }: RunFilter): RunsOf {
  const where = new Conditions();
  const parts = partsWith(statuses ?? runStatuses);
  if (!isGiven(robotId)) {
    where.always(`r.space_id = ANY(${where.place([spaceId])}::uuid[])`).always('r.removed_at IS NULL');
    return { where, parts, newestFirst: 'r.space_id DESC, r.id DESC' };
  }
  const own = `SELECT b.id FROM robots b WHERE b.id = ${where.place(robotId)} AND b.space_id = ${where.place(spaceId)}`;
  where.always(`r.robot_id = ANY(ARRAY(${own}))`).always('r.removed_at IS NULL');
  return { where, parts, newestFirst: 'r.robot_id DESC, r.id DESC' };
}

/**
 * Most runs have succeeded. Those that have not are few, and are in two indexes: of the living, and of those that ended
 * otherwise, whose words stand here as in the index.
 */
export function partsWith(statuses: readonly RunStatus[]): string[] {
  if (statuses.includes('succeeded')) return ['true'];
  const living = statuses.some((status) => !isRunEnded(status)) ? ['r.finished_at IS NULL'] : [];
  const failed = statuses.some(isRunEnded)
    ? [`r.status IN ('partial', 'failed', 'timed_out', 'aborted')`]
    : [];
  return [...living, ...failed];
}

/** A statement for each part, one behind the other: Postgres would not use both indexes in one. */
export function ofParts({ where, parts }: RunsOf, statement: (where: string) => string): string {
  return parts.map((part) => `(${statement(`${where.text} AND ${part}`)})`).join(' UNION ALL ');
}

/** When the newest run of a robot was made; by the same index. */
export const newestRunOf = (robot: string): string => `
  SELECT run.created_at FROM runs run WHERE run.robot_id = ANY(ARRAY[${robot}.id]) AND run.removed_at IS NULL
  ORDER BY run.robot_id DESC, run.id DESC LIMIT 1`;

/** The stage stands there as a word: only so do drafts have their index. */
export function filterRuns(
  where: Conditions,
  { stage, statuses, tag, from, to }: Omit<RunFilter, keyof RunOwner>,
): void {
  if (stage) where.always(`r.stage = '${stage}'`);
  where
    .given(statuses, (place) => `r.status = ANY(${place})`)
    .given(tag, (place) => `${place} = ANY(r.tags)`)
    .given(from, (place) => `r.created_at >= ${place}`)
    .given(to, (place) => `r.created_at <= ${place}`);
}

/**
 * Behind so many the rest of a list is not looked at. Postgres does not know how many `LIMIT $1` are and plans for a
 * tenth of all, so it is told a bound as a number: one of few, for each makes a statement of its own.
 */
export function boundOf(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(count, 1)));
}

/**
 * The other states, where those that are wanted hold the one that most are in: what has another is sooner counted, and
 * taken from the total. Else null.
 */
export function othersThan<Status extends string>(
  wanted: readonly Status[],
  all: readonly Status[],
): Status[] | null {
  const most: string = 'succeeded';
  return wanted.some((status) => status === most) ? all.filter((status) => !wanted.includes(status)) : null;
}

/** How many runs an owner has, and how many tasks: added up where runs are inserted and removed. */
export async function tallyOf(
  manager: EntityManager,
  { spaceId, robotId }: RunOwner,
): Promise<{ runs: number; tasks: number }> {
  const where = new Conditions();
  where.always(`space_id = ${where.place(spaceId)}`).given(robotId, (place) => `robot_id = ${place}`);
  const [tally] = await rowsOf<{ runs: number; tasks: number }>(
    manager,
    `SELECT coalesce(sum(runs), 0)::float8 AS runs, coalesce(sum(tasks), 0)::float8 AS tasks
     FROM run_tallies WHERE ${where.text}`,
    where.values,
  );
  return tally ?? { runs: 0, tasks: 0 };
}
