import {
  runStatusesBefore,
  type Failure,
  type RowData,
  type Run,
  type RunEvent,
  type RunStatus,
} from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { runSchema } from './entities/run';
import { abortChannel, columnsOf, rowsOf, tellOf } from './sql';

/** A run as a client sees it. */
export interface RunView extends Run {
  firstTaskId: string;
  /** The highest attempt of its tasks. */
  attempts: number;
  rowCount: number;
  /** Rows in each list, in the order in which the first task began them. */
  lists: Record<string, number>;
  failure: Failure | null;
  /** The first hundred, in the order of their tasks. */
  artifacts: { taskId: string; name: string; contentType: string; size: number }[];
  /** The first rows of all lists, in order: at most as many as were asked for. */
  rows: RowData[];
}

export interface RunFilter {
  spaceId: string;
  robotId: string;
  statuses: RunStatus[] | null;
  tag: string | null;
  from: Date | null;
  to: Date | null;
}

/** Those of other tasks are listed with their tasks. */
const artifactsInView = 100;

/** Artifacts and rows count for readers when they are of their task's newest attempt. */
const viewColumns = `${columnsOf(runSchema, 'r')},
  (SELECT t.id FROM tasks t WHERE t.run_id = r.id AND t.ordinal = 0) AS "firstTaskId",
  total.attempts, total."rowCount", total.lists,
  (SELECT t.failure FROM tasks t WHERE t.run_id = r.id AND t.failure IS NOT NULL AND t.status <> 'succeeded'
   ORDER BY t.ordinal LIMIT 1) AS failure,
  (SELECT coalesce(json_agg(x), '[]') FROM (
     SELECT t.id AS "taskId", a.name, a.content_type AS "contentType", a.size
     FROM tasks t CROSS JOIN LATERAL (
       SELECT * FROM artifacts WHERE task_id = t.id AND attempt = t.attempt ORDER BY id LIMIT ${artifactsInView}) a
     WHERE t.run_id = r.id ORDER BY t.ordinal, a.id LIMIT ${artifactsInView}) x) AS artifacts`;

const viewSources = `runs r
  CROSS JOIN LATERAL (
    SELECT coalesce(max(t.attempt), 0) AS attempts, coalesce(sum(t.row_count), 0)::int AS "rowCount",
      coalesce(json_agg(t.lists ORDER BY t.ordinal) FILTER (WHERE t.row_count > 0), '[]') AS lists
    FROM tasks t WHERE t.run_id = r.id) total`;

/** Bytes of rows that stand in a view at most: the rest is read page by page. */
const viewBytes = 8_000_000;

const rowsColumn = (limit: string): string => `
  (SELECT coalesce(json_agg(y.data), '[]') FROM (
     SELECT x.data, sum(octet_length(x.data::text)) OVER (ORDER BY x.ordinal, x.position) AS bytes FROM (
       SELECT w.data, t.ordinal, w.position FROM tasks t JOIN rows w ON w.task_id = t.id AND w.attempt = t.attempt
       WHERE t.run_id = r.id ORDER BY t.ordinal, w.position LIMIT ${limit}) x) y WHERE y.bytes <= ${viewBytes}) AS rows`;

type RawView = Omit<RunView, 'lists'> & { lists: Record<string, number>[] };

export class RunStore {
  constructor(private readonly manager: EntityManager) {}

  /** The run with at most `rows` of its rows, or null. */
  async find(
    key: { spaceId: string; robotId: string; runId: string },
    rows: number,
  ): Promise<RunView | null> {
    const [view] = await rowsOf<RawView>(
      this.manager,
      `SELECT ${viewColumns}, ${rowsColumn('$4')} FROM ${viewSources}
       WHERE r.space_id = $1 AND r.robot_id = $2 AND r.id = $3 AND r.removed_at IS NULL`,
      [key.spaceId, key.robotId, key.runId, rows],
    );
    return view ? toView(view) : null;
  }

  /** Newest first, each with at most `rows` rows. `before`: only runs older than this one. */
  async list(
    filter: RunFilter,
    page: { limit: number; before: string | null; rows: number },
  ): Promise<{ totalCount: number; items: RunView[] }> {
    const { spaceId, robotId, statuses, tag, from, to } = filter;
    const values = [spaceId, robotId, statuses, tag, from, to];
    const matching = `r.space_id = $1 AND r.robot_id = $2 AND r.removed_at IS NULL AND ($3::text[] IS NULL OR r.status = ANY($3))
      AND ($4::text IS NULL OR $4 = ANY(r.tags)) AND ($5::timestamptz IS NULL OR r.created_at >= $5)
      AND ($6::timestamptz IS NULL OR r.created_at <= $6)`;
    const items = await rowsOf<RawView>(
      this.manager,
      `SELECT ${viewColumns}, ${rowsColumn('$9')} FROM ${viewSources}
       WHERE ${matching} AND ($7::uuid IS NULL OR r.id < $7) ORDER BY r.id DESC LIMIT $8`,
      [...values, page.before, page.limit, page.rows],
    );
    const [total] = await rowsOf<{ count: number }>(
      this.manager,
      `SELECT count(*)::int AS count FROM runs r WHERE ${matching}`,
      values,
    );
    return { totalCount: total?.count ?? 0, items: items.map(toView) };
  }

  /** Moves a run to `aborting`; false when it has ended or is there already. */
  async markAborting(key: { spaceId: string; robotId: string; runId: string }): Promise<boolean> {
    const event: RunEvent = { kind: 'run.aborting' };
    const done = await rowsOf(
      this.manager,
      `WITH numbered AS (
         UPDATE runs SET status = 'aborting', seq = seq + 1
         WHERE space_id = $1 AND robot_id = $2 AND id = $3 AND status = ANY($4) AND removed_at IS NULL
         RETURNING id, seq, status),
       logged AS (INSERT INTO events (run_id, seq, event) SELECT id, seq, $5::json FROM numbered),
       called AS (SELECT pg_notify('${abortChannel}', id::text) FROM numbered)
       ${tellOf('numbered')} CROSS JOIN called`,
      [key.spaceId, key.robotId, key.runId, runStatusesBefore('aborting'), JSON.stringify(event)],
    );
    return done.length > 0;
  }
}

/** A run that was inserted just now, as a client sees it. */
export function newView(run: Run, firstTaskId: string): RunView {
  return { ...run, firstTaskId, attempts: 0, rowCount: 0, lists: {}, failure: null, artifacts: [], rows: [] };
}

function toView(raw: RawView): RunView {
  const lists = new Map<string, number>();
  for (const counts of raw.lists) {
    for (const [list, count] of Object.entries(counts)) lists.set(list, (lists.get(list) ?? 0) + count);
  }
  return { ...raw, lists: Object.fromEntries(lists) };
}
