import type { RunStatus, Stage } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { Conditions } from './conditions';
import { rowsOf } from './sql';

/** Whose runs: a space's, or one robot's. */
export interface RunOwner {
  spaceId: string;
  /** Null: those of all robots. */
  robotId: string | null;
}

export interface RunFilter extends RunOwner {
  stage: Stage | null;
  statuses: RunStatus[] | null;
  tag: string | null;
  from: Date | null;
  to: Date | null;
}

/** Which runs `r` are wanted, and their order. */
export interface RunsOf {
  where: Conditions;
  newestFirst: string;
}

/**
 * The runs `r` of an owner that readers see, and their order, newest first. An array of one and an order by all of the
 * index leave Postgres no other way than this index, backward: believing that all runs have one owner, it would read
 * those of everybody by their ids and find few of this one.
 */
export function runsOf({ spaceId, robotId }: RunOwner): RunsOf {
  const where = new Conditions();
  if (robotId === null) {
    where.given([spaceId], (ids) => `r.space_id = ANY(${ids}::uuid[])`).always('r.removed_at IS NULL');
    return { where, newestFirst: 'r.space_id DESC, r.id DESC' };
  }
  const own = `SELECT b.id FROM robots b WHERE b.id = ${where.place(robotId)} AND b.space_id = ${where.place(spaceId)}`;
  where.always(`r.robot_id = ANY(ARRAY(${own}))`).always('r.removed_at IS NULL');
  return { where, newestFirst: 'r.robot_id DESC, r.id DESC' };
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
  if (stage !== null) where.always(`r.stage = '${stage}'`);
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

/** How many runs an owner has, and how many tasks: added up where runs are inserted and removed. */
export async function tallyOf(
  manager: EntityManager,
  { spaceId, robotId }: RunOwner,
): Promise<{ runs: number; tasks: number }> {
  const where = new Conditions();
  where.given(spaceId, (place) => `space_id = ${place}`).given(robotId, (place) => `robot_id = ${place}`);
  const [tally] = await rowsOf<{ runs: number; tasks: number }>(
    manager,
    `SELECT coalesce(sum(runs), 0)::float8 AS runs, coalesce(sum(tasks), 0)::float8 AS tasks
     FROM run_tallies WHERE ${where.text}`,
    where.values,
  );
  return tally ?? { runs: 0, tasks: 0 };
}
