import type { DataSource } from 'typeorm';
import { rowsOf } from './sql';

/** A task whose job is to be added. */
export interface DispatchedTask {
  id: string;
  runId: string;
  attempt: number;
  reminders: number;
}

/** Any number will do, if nothing else on the server uses it. */
const dispatchLock = 7_276_637;

/** One at a time, so that limits hold; a process that stops in the middle gives way after a second. */
export const takeTurn = `SELECT set_config('idle_in_transaction_session_timeout', '1000', true),
  pg_advisory_xact_lock(${dispatchLock})`;

/** It waits for nothing but its turn. */
const isWaiting = (task: string): string =>
  `${task}.status = 'queued' AND ${task}.dispatched_at IS NULL AND ${task}.not_before IS NULL`;

/** Tasks that waited for their time wait for their turn now. They stand apart, so that thousands slow down nobody. */
const wake = `
  UPDATE tasks SET not_before = NULL WHERE id = ANY(ARRAY(
    SELECT id FROM tasks WHERE status = 'queued' AND not_before <= now() ORDER BY not_before LIMIT 1000
    FOR UPDATE SKIP LOCKED))`;

/**
 * Each space has at hand at most its share of what runs now, so workers never wait for it and nobody waits long behind
 * another's thousands; and no more than its limit of running tasks. Spaces take turns.
 */
const choice = `
  WITH RECURSIVE waiting AS (
    (SELECT space_id FROM tasks WHERE ${isWaiting('tasks')} ORDER BY space_id LIMIT 1)
    UNION ALL
    SELECT (SELECT t.space_id FROM tasks t WHERE ${isWaiting('t')} AND t.space_id > w.space_id
      ORDER BY t.space_id LIMIT 1)
    FROM waiting w WHERE w.space_id IS NOT NULL),
  running AS (SELECT space_id, count(*) AS count FROM tasks WHERE status = 'running' GROUP BY space_id),
  at_hand AS (
    SELECT space_id, count(*) AS count FROM tasks WHERE status = 'queued' AND dispatched_at IS NOT NULL
    GROUP BY space_id),
  share AS (
    SELECT greatest($1, ceil((SELECT coalesce(sum(count), 0) FROM running)
      / greatest(1, (SELECT count(space_id) FROM waiting)))) AS count),
  room AS (
    SELECT s.id AS space_id, least(share.count - coalesce(at_hand.count, 0),
      s.max_running - coalesce(running.count, 0) - coalesce(at_hand.count, 0)) AS count
    FROM waiting w CROSS JOIN share JOIN spaces s ON s.id = w.space_id
    LEFT JOIN running ON running.space_id = s.id LEFT JOIN at_hand ON at_hand.space_id = s.id),
  chosen AS (
    SELECT next.id, row_number() OVER (PARTITION BY room.space_id
      ORDER BY next.priority DESC, next.run_id, next.ordinal) AS turn
    FROM room CROSS JOIN LATERAL (
      SELECT t.id, t.priority, t.run_id, t.ordinal FROM tasks t
      WHERE t.space_id = room.space_id AND ${isWaiting('t')}
      ORDER BY t.priority DESC, t.run_id, t.ordinal LIMIT greatest(0, room.count)) next),
  dispatched AS (
    UPDATE tasks SET dispatched_at = now(), reminders = 0
    WHERE id = ANY(ARRAY(
      SELECT t.id FROM tasks t WHERE t.id = ANY(ARRAY(SELECT chosen.id FROM chosen))
        AND t.status = 'queued' AND t.dispatched_at IS NULL FOR UPDATE SKIP LOCKED))
    RETURNING id, run_id AS "runId", attempt, reminders)
  SELECT dispatched.* FROM dispatched JOIN chosen ON chosen.id = dispatched.id ORDER BY chosen.turn, dispatched.id`;

/** Chooses the tasks whose turn it is and notes that the queue is told of them: the caller does so next. */
export async function dispatchTasks(dataSource: DataSource, leastAtHand: number): Promise<DispatchedTask[]> {
  return dataSource.transaction(async (manager) => {
    await rowsOf(manager, takeTurn, []);
    await rowsOf(manager, wake, []);
    return rowsOf<DispatchedTask>(manager, choice, [leastAtHand]);
  });
}
