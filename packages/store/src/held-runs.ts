import type { EntityManager } from 'typeorm';
import { rowsOf } from './sql';

/**
 * When a task begins whose run is held: never by itself, but when its schedule lets the run go. It is behind every
 * moment, so whoever looks for tasks whose time has come passes over it without knowing of it.
 */
export const heldUntil = `'infinity'::timestamptz`;

/** The moment that a task waits for; of a run that is held: when its schedule is due, wherever that is moved. */
export const notBeforeOf = (task: string): string => `
  CASE WHEN ${task}.not_before = ${heldUntil}
    THEN (SELECT s.due_at FROM runs h JOIN schedules s ON s.id = h.schedule_id WHERE h.id = ${task}.run_id)
    ELSE ${task}.not_before END`;

/** The runs first, as by whoever aborts one: of a release and an abort at once, one sees the other. */
const releasing = `
  WITH held AS MATERIALIZED (
    SELECT id FROM runs WHERE id = ANY($1) AND status = 'queued' AND removed_at IS NULL
    ORDER BY id FOR NO KEY UPDATE),
  released AS (
    UPDATE tasks t SET not_before = NULL FROM held
    WHERE t.run_id = held.id AND t.status = 'queued' AND t.not_before = ${heldUntil} RETURNING t.run_id)
  SELECT DISTINCT run_id AS id FROM released`;

/** Lets held runs begin, all at once. Gives those that were: others were aborted before. */
export async function releaseRuns(manager: EntityManager, runIds: string[]): Promise<string[]> {
  if (runIds.length === 0) return [];
  return (await rowsOf<{ id: string }>(manager, releasing, [runIds])).map(({ id }) => id);
}
