import { isRunEnded, runStatuses } from '@runnel/contracts';
import type { DataSource } from 'typeorm';
import { lowestIdAt } from './lowest-id-at';
import { isKeyed, valuesOf, type RunKey } from './run-key';
import { rowsOf } from './sql';

/** How much one statement deletes, so that none holds locks or the disk for long. */
export interface PruneLimits {
  /** So many rows of whatever table. */
  items: number;
  /** And so many bytes, but for one that has more. */
  bytes: number;
  /** A removed run lies for so long before it is taken apart: who has just found it may go on reading. */
  graceMs: number;
}

const ended = runStatuses.filter(isRunEnded);

/**
 * Runs that ended longer ago than their space keeps them, or before as many others as it keeps. A living run has no
 * end; and one whose idempotency key is there may be asked for by it.
 */
const oldRuns = `
  SELECT old.id FROM spaces s
  LEFT JOIN LATERAL (
    SELECT r.finished_at FROM runs r
    WHERE r.space_id = s.id AND r.finished_at IS NOT NULL AND r.removed_at IS NULL AND s.keep_runs IS NOT NULL
    ORDER BY r.finished_at DESC OFFSET greatest(s.keep_runs, 1) - 1 LIMIT 1) last ON true
  CROSS JOIN LATERAL (
    SELECT r.id FROM runs r
    WHERE r.space_id = s.id AND r.removed_at IS NULL
      AND r.finished_at < greatest(now() - s.keep_days * interval '1 day', last.finished_at)
      AND NOT EXISTS (SELECT FROM idempotency_keys k WHERE k.run_id = r.id)
    ORDER BY r.finished_at LIMIT $1 FOR UPDATE SKIP LOCKED) old
  LIMIT $1`;

/** Chosen before anything is joined to them: however many were removed, they are found by their index. */
const firstRemoved = `
  SELECT r.id FROM runs r WHERE r.removed_at < now() - $2 * interval '1 ms' ORDER BY r.removed_at LIMIT $1`;

/** What somebody else deletes at this moment is left to him. */
const removedTasks = `
  WITH first AS MATERIALIZED (${firstRemoved})
  SELECT task.id FROM first CROSS JOIN LATERAL (
    SELECT t.id FROM tasks t WHERE t.run_id = first.id ORDER BY t.ordinal LIMIT $1 FOR UPDATE SKIP LOCKED) task
  LIMIT $1`;

/** The limit makes Postgres look into the index for each run, whatever it believes of how many tasks there are. */
const emptyRuns = `
  WITH first AS MATERIALIZED (${firstRemoved})
  SELECT r.id FROM runs r WHERE r.id IN (SELECT id FROM first)
    AND (SELECT 1 FROM tasks t WHERE t.run_id = r.id LIMIT 1) IS NULL
  FOR UPDATE OF r SKIP LOCKED`;

/** Of a few owners by the index that has the owner first; as many as the limits allow, and one at least. */
const partsOf = (table: string, part: { owner: string; order: string; bytes: string }): string => `
  DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
    SELECT y.ctid FROM (
      SELECT x.ctid, x.bytes, sum(x.bytes) OVER (ROWS UNBOUNDED PRECEDING) AS so_far FROM (
        SELECT p.ctid, p.bytes FROM unnest($3::uuid[]) AS owner (id) CROSS JOIN LATERAL (
          SELECT o.ctid, ${part.bytes} AS bytes FROM ${table} o WHERE o.${part.owner} = owner.id
          ORDER BY ${part.order} LIMIT $1) p
        LIMIT $1) x) y
    WHERE y.so_far - y.bytes < $2)) RETURNING 1`;

const rowsOfTasks = partsOf('rows', {
  owner: 'task_id',
  order: 'o.attempt, o.position',
  bytes: 'pg_column_size(o.data)',
});
const artifactsOfTasks = partsOf('artifacts', {
  owner: 'task_id',
  order: 'o.attempt, o.name',
  bytes: 'o.size',
});
const eventsOfRuns = partsOf('events', {
  owner: 'run_id',
  order: 'o.seq',
  bytes: 'pg_column_size(o.event)',
});

const oldKeys = `
  DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
    SELECT k.ctid FROM idempotency_keys k WHERE k.created_at < now() - $2 * interval '1 hour'
    ORDER BY k.created_at LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING 1`;

/** A file that a schedule names is kept. */
const oldFiles = `
  DELETE FROM files WHERE ctid = ANY(ARRAY(
    SELECT y.ctid FROM (
      SELECT x.ctid, x.size, sum(x.size) OVER (ROWS UNBOUNDED PRECEDING) AS so_far FROM (
        SELECT old.ctid, old.size FROM spaces s CROSS JOIN LATERAL (
          SELECT f.ctid, f.size FROM files f
          WHERE f.space_id = s.id AND f.created_at < now() - s.keep_days * interval '1 day'
            AND NOT EXISTS (SELECT FROM schedules c
              WHERE c.space_id = s.id AND c.file_ids <> '{}' AND f.id = ANY(c.file_ids))
          ORDER BY f.created_at LIMIT $1 FOR UPDATE SKIP LOCKED) old
        LIMIT $1) x) y
    WHERE y.so_far - y.size < $2)) RETURNING 1`;

/** Ids grow with time: those of a space that are old are the first of its index. What waits may still start. */
const oldFires = `
  DELETE FROM fires WHERE ctid = ANY(ARRAY(
    SELECT old.ctid FROM spaces s CROSS JOIN LATERAL (
      SELECT f.ctid FROM fires f
      WHERE f.space_id = s.id AND f.id < ${lowestIdAt(`(now() - s.keep_days * interval '1 day')`)}
        AND f.outcome IS NOT NULL
      ORDER BY f.space_id, f.id LIMIT $1 FOR UPDATE SKIP LOCKED) old
    LIMIT $1)) RETURNING 1`;

/** A list that nobody reads on for so long is begun again. */
const oldWalks = `
  DELETE FROM list_walks WHERE ctid = ANY(ARRAY(
    SELECT w.ctid FROM list_walks w WHERE w.at < now() - $2 * interval '1 hour'
    ORDER BY w.at LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING 1`;

/** What is taken from the tallies of robots when the runs `marked` are seen no more. */
const untallied = `
  INSERT INTO run_tallies (space_id, robot_id, runs, tasks)
  SELECT space_id, robot_id, -count(*), -sum(task_count) FROM marked GROUP BY space_id, robot_id`;

/**
 * Makes one row of many of a robot. Readers see those or this. The robots are held first: who deletes one would
 * otherwise wait for its tallies, and they for it. They stand in order, so that of the first many are taken.
 */
const foldedTallies = `
  WITH crowded AS MATERIALIZED (
    SELECT b.id FROM robots b WHERE b.id IN (SELECT robot_id FROM run_tallies GROUP BY robot_id HAVING count(*) > $2)
    ORDER BY b.id LIMIT $1 FOR KEY SHARE SKIP LOCKED),
  taken AS (
    DELETE FROM run_tallies WHERE ctid = ANY(ARRAY(
      SELECT y.ctid FROM run_tallies y WHERE y.robot_id IN (SELECT id FROM crowded)
      ORDER BY y.robot_id LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING space_id, robot_id, runs, tasks),
  folded AS (
    INSERT INTO run_tallies (space_id, robot_id, runs, tasks)
    SELECT space_id, robot_id, sum(runs), sum(tasks) FROM taken GROUP BY space_id, robot_id RETURNING 1)
  SELECT ((SELECT count(*) FROM taken) - (SELECT count(*) FROM folded))::int AS fewer`;

/**
 * Takes away what is kept no longer. Each call is one small batch and says how much it did; zero: there is no more, or
 * somebody else is at it. A run is marked first, and nobody sees it any more; then its parts are deleted, bit by bit.
 */
export class PruneStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Marks an ended run, so that nobody sees it from now on. */
  async markRemoved(key: RunKey): Promise<boolean> {
    const statement = `
      WITH marked AS (
        UPDATE runs r SET removed_at = now() WHERE ${isKeyed} AND r.status = ANY($4)
        RETURNING r.space_id, r.robot_id, r.task_count),
      untallied AS (${untallied})
      SELECT 1 FROM marked`;
    return (await rowsOf(this.dataSource.manager, statement, [...valuesOf(key), ended])).length > 0;
  }

  /** Marks ended runs that their spaces keep no longer. */
  async markOld({ items }: PruneLimits): Promise<number> {
    const statement = `
      WITH old AS MATERIALIZED (${oldRuns}),
      marked AS (
        UPDATE runs r SET removed_at = now() FROM old WHERE r.id = old.id
        RETURNING r.space_id, r.robot_id, r.task_count),
      untallied AS (${untallied})
      SELECT 1 FROM marked`;
    return (await rowsOf(this.dataSource.manager, statement, [items])).length;
  }

  /** Deletes parts of marked runs, and with the last of them the runs. */
  async deleteMarked(limits: PruneLimits): Promise<number> {
    const tasks = { chosen: removedTasks, parts: [rowsOfTasks, artifactsOfTasks], table: 'tasks' };
    const runs = { chosen: emptyRuns, parts: [eventsOfRuns], table: 'runs' };
    return (await this.#deleteOwners(tasks, limits)) || (await this.#deleteOwners(runs, limits));
  }

  async deleteOldKeys({ items }: PruneLimits, keptHours: number): Promise<number> {
    return (await rowsOf(this.dataSource.manager, oldKeys, [items, keptHours])).length;
  }

  async deleteOldFiles({ items, bytes }: PruneLimits): Promise<number> {
    return (await rowsOf(this.dataSource.manager, oldFiles, [items, bytes])).length;
  }

  async deleteOldFires({ items }: PruneLimits): Promise<number> {
    return (await rowsOf(this.dataSource.manager, oldFires, [items])).length;
  }

  async deleteOldWalks({ items }: PruneLimits, keptHours: number): Promise<number> {
    return (await rowsOf(this.dataSource.manager, oldWalks, [items, keptHours])).length;
  }

  /**
   * Adds up what starts and removals noted of the runs of robots that have more than `most` such notes. By how many
   * there are fewer.
   */
  async foldTallies({ items }: PruneLimits, most: number): Promise<number> {
    const statement = foldedTallies;
    const [folded] = await rowsOf<{ fewer: number }>(this.dataSource.manager, statement, [items, most]);
    return folded?.fewer ?? 0;
  }

  /**
   * Locks owners and deletes of their first kind of parts that there are any of; in the end the owners. Tasks and runs
   * are never locked together, and nobody is waited for: who deletes a whole robot locks its tasks, then its runs.
   */
  async #deleteOwners(
    owners: { chosen: string; parts: string[]; table: string },
    { items, bytes, graceMs }: PruneLimits,
  ): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const found = await rowsOf<{ id: string }>(manager, owners.chosen, [items, graceMs]);
      const ids = found.map(({ id }) => id);
      for (const part of ids.length === 0 ? [] : owners.parts) {
        const { length } = await rowsOf(manager, part, [items, bytes, ids]);
        if (length > 0) return length;
      }
      await rowsOf(manager, `DELETE FROM ${owners.table} WHERE id = ANY($1)`, [ids]);
      return ids.length;
    });
  }
}
