import type { RowCondition, RowData } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { Conditions } from './conditions';
import { rowsOf } from './sql';

export interface MatchingRow {
  /** The place of its task in the run, and its own in the task. */
  task: number;
  position: number;
  taskId: string;
  /** Of its fields those that were asked for. */
  data: RowData;
  /** Of these. */
  bytes: number;
}

export interface WantedRows {
  runId: string;
  /** Null: rows of every list. */
  list: string | null;
  where: RowCondition[];
  fields: string[];
  after: Pick<MatchingRow, 'task' | 'position'> | null;
}

/** Rows in a page; the number stands in the statement, for Postgres plans by it. */
const pageRows = 1_000;

/** And bytes, but for the last of them. */
const pageBytes = 8_000_000;

/**
 * A robot's newest run that succeeded, wholly or in part: its id is null when there is none. Null when the space has no
 * such robot.
 */
export async function newestYield(
  manager: EntityManager,
  { spaceId, robotId }: { spaceId: string; robotId: string },
): Promise<{ runId: string | null } | null> {
  const statement = `
    SELECT (SELECT r.id FROM runs r
      WHERE r.robot_id = ANY(ARRAY[b.id]) AND r.removed_at IS NULL AND r.status IN ('succeeded', 'partial')
      ORDER BY r.robot_id DESC, r.id DESC LIMIT 1) AS "runId"
    FROM robots b WHERE b.id = $1 AND b.space_id = $2`;
  return (await rowsOf<{ runId: string | null }>(manager, statement, [robotId, spaceId]))[0] ?? null;
}

/** A cell as a number: of texts those that are a plain one, of a length that Postgres reads. */
const cellNumber = `
  CASE WHEN x.kind = 'number' OR x.kind = 'string' AND x.text ~ '^ *[-+]?[0-9]{1,30}([.][0-9]{1,30})? *$'
    THEN x.text::numeric END`;

const isEqual = `
  CASE c.kind WHEN 'number' THEN ${cellNumber} = c.value::numeric ELSE x.kind = c.kind AND x.text = c.value END`;

/** A cell that is not there, or null, has no text: what is asked of it holds as little as its opposite. */
const holds = `
  CASE c.op
    WHEN 'eq' THEN ${isEqual}
    WHEN 'ne' THEN (${isEqual}) IS NOT TRUE
    WHEN 'contains' THEN x.kind = 'string' AND strpos(x.text, c.value) > 0
    WHEN 'startsWith' THEN x.kind = 'string' AND starts_with(x.text, c.value)
    WHEN 'gt' THEN ${cellNumber} > c.value::numeric
    WHEN 'gte' THEN ${cellNumber} >= c.value::numeric
    WHEN 'lt' THEN ${cellNumber} < c.value::numeric
    WHEN 'lte' THEN ${cellNumber} <= c.value::numeric
    WHEN 'exists' THEN (x.text IS NOT NULL) = c.value::boolean
  END`;

/**
 * One statement for whatever is asked: else each combination would be prepared. The offsets keep Postgres from reading
 * the row again at each mention of a cell, which takes twice as long.
 */
const allHold = `
  NOT EXISTS (
    SELECT FROM asked c
    CROSS JOIN LATERAL (
      SELECT json_typeof(cell) AS kind, cell #>> '{}' AS text
      FROM (SELECT w.data -> c.field AS cell OFFSET 0) o OFFSET 0) x
    WHERE (${holds}) IS NOT TRUE)`;

/**
 * The next page of a run's rows that match, in order: those of each task's newest attempt. None are behind them when
 * there are none.
 */
export async function matchingRows(manager: EntityManager, wanted: WantedRows): Promise<MatchingRow[]> {
  const { runId, list, where, fields, after } = wanted;
  const rows = new Conditions();
  const asked = [
    where.map(({ field }) => field),
    where.map(({ op }) => op),
    where.map(({ value }) => typeof value),
    where.map(({ value }) => String(value)),
  ].map((values) => `${rows.place(values)}::text[]`);
  const [run, task, position] = [runId, after?.task ?? 0, after?.position ?? -1].map((value) =>
    rows.place(value),
  );
  const wantedFields = rows.place(fields);
  rows
    .always('w.task_id = t.id AND w.attempt = t.attempt')
    .always(`w.position > CASE WHEN t.ordinal = ${task} THEN ${position} ELSE -1 END`)
    .given(list, (place) => `w.list = ${place}`)
    .always(allHold);
  const statement = `
    WITH asked AS MATERIALIZED (SELECT * FROM unnest(${asked.join(', ')}) AS c (field, op, kind, value))
    SELECT p.task, p.position, p."taskId", p.data, p.bytes FROM (
      SELECT m.*, sum(m.bytes) OVER (ORDER BY m.task, m.position) AS so_far FROM (
        SELECT f.task, f.position, f."taskId", d.data, octet_length(d.data::text) AS bytes FROM (
          SELECT t.ordinal AS task, t.id AS "taskId", w.position, w.data FROM tasks t
          CROSS JOIN LATERAL (
            SELECT w.position, w.data FROM rows w WHERE ${rows.text} ORDER BY w.position LIMIT ${pageRows}) w
          WHERE t.run_id = ${run} AND t.ordinal >= ${task}
          ORDER BY t.ordinal, w.position LIMIT ${pageRows}) f
        CROSS JOIN LATERAL (
          SELECT coalesce(json_object_agg(e.key, e.value), '{}') AS data FROM json_each(f.data) e
          WHERE e.key = ANY(${wantedFields})) d) m) p
    WHERE p.so_far - p.bytes < ${pageBytes} ORDER BY p.task, p.position`;
  return rowsOf<MatchingRow>(manager, statement, rows.values);
}
