import {
  runStatusesBefore,
  type Failure,
  type Inputs,
  type RowData,
  type Run,
  type RunEvent,
  type RunStatus,
  type Stage,
} from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { runSchema } from './entities/run';
import { columnsOf, rowsOf, runChannel } from './sql';

export interface NewRun {
  /** Made by whoever starts it: inserting it again changes nothing. */
  id: string;
  spaceId: string;
  robotId: string;
  robotVersion: number;
  /** The stage that must still name this version; null when the version was asked for by its number. */
  stage: Stage | null;
  /** Null: the robot's. */
  name: string | null;
  origin: Run['origin'];
  tags: string[];
  tasks: { id: string; inputs: Inputs; maxAttempts: number; deadlineMs: number }[];
}

/** A run as a client sees it. */
export interface RunView extends Run {
  firstTaskId: string;
  /** The highest attempt of its tasks. */
  attempts: number;
  rowCount: number;
  /** Rows in each list, in the order in which the first task began them. */
  lists: Record<string, number>;
  failure: Failure | null;
  artifacts: { name: string; contentType: string; size: number; createdAt: string }[];
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

/** Artifacts and rows count for readers when they are of their task's newest attempt. */
const viewColumns = `${columnsOf(runSchema, 'r')},
  (SELECT t.id FROM tasks t WHERE t.run_id = r.id AND t.ordinal = 0) AS "firstTaskId",
  total.attempts, total."rowCount", total.lists,
  (SELECT t.failure FROM tasks t WHERE t.run_id = r.id AND t.failure IS NOT NULL AND t.status <> 'succeeded'
   ORDER BY t.ordinal LIMIT 1) AS failure,
  (SELECT coalesce(json_agg(json_build_object('name', a.name, 'contentType', a.content_type, 'size', a.size,
     'createdAt', a.created_at) ORDER BY t.ordinal, a.id), '[]')
   FROM artifacts a JOIN tasks t ON t.id = a.task_id AND t.attempt = a.attempt WHERE a.run_id = r.id) AS artifacts`;

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

const insertRuns = `
  WITH given AS (
    SELECT * FROM json_to_recordset($1::json) AS g (id uuid, "spaceId" uuid, "robotId" uuid, "robotVersion" int,
      stage text, name text, origin text, tags text[], event json, tasks json)),
  run AS (
    INSERT INTO runs (id, space_id, robot_id, robot_version, name, status, origin, tags, task_count, seq)
    SELECT g.id, r.space_id, r.id, g."robotVersion", coalesce(g.name, r.name), 'queued', g.origin, g.tags,
      json_array_length(g.tasks), 1
    FROM given g JOIN robots r ON r.id = g."robotId" AND r.space_id = g."spaceId"
      AND g."robotVersion" = CASE g.stage WHEN 'draft' THEN r.latest_version WHEN 'published' THEN r.published_version
        ELSE g."robotVersion" END
    ON CONFLICT (id) DO NOTHING RETURNING *),
  logged AS (
    INSERT INTO events (run_id, seq, event) SELECT g.id, 1, g.event FROM given g JOIN run ON run.id = g.id),
  added AS (
    INSERT INTO tasks (id, run_id, ordinal, status, inputs, max_attempts, deadline_ms, dispatched_at)
    SELECT t.id, g.id, t.ordinal, 'queued', t.inputs, t."maxAttempts", t."deadlineMs", now()
    FROM given g JOIN run ON run.id = g.id, json_to_recordset(g.tasks)
      AS t (id uuid, ordinal int, inputs json, "maxAttempts" int, "deadlineMs" int))
  SELECT ${columnsOf(runSchema, 'run')} FROM run`;

type RawView = Omit<RunView, 'lists'> & { lists: Record<string, number>[] };

export class RunStore {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Commits runs and their tasks, queued, as if their jobs were added now: the caller does so next. Gives, for each,
   * the run as a client sees it, or null when its robot is gone or its stage names another version.
   */
  async insert(runs: NewRun[]): Promise<(RunView | null)[]> {
    const given = runs.map((run) => ({
      ...run,
      event: { kind: 'run.queued', tasks: run.tasks.length } satisfies RunEvent,
      tasks: run.tasks.map((task, ordinal) => ({ ordinal, ...task })),
    }));
    const inserted = await rowsOf<Run>(this.manager, insertRuns, [JSON.stringify(given)]);
    const known = inserted.length === runs.length ? [] : await this.#known(runs.map(({ id }) => id));
    const byId = new Map([...known, ...inserted].map((run) => [run.id, run]));
    return runs.map(({ id, tasks }) => {
      const run = byId.get(id);
      const nothingYet = { attempts: 0, rowCount: 0, lists: {}, failure: null, artifacts: [], rows: [] };
      return run ? { ...run, firstTaskId: tasks[0]?.id ?? '', ...nothingYet } : null;
    });
  }

  /** Those of the runs that are there. */
  async #known(ids: string[]): Promise<Run[]> {
    const statement = `SELECT ${columnsOf(runSchema, 'r')} FROM runs r WHERE r.id = ANY($1)`;
    return rowsOf<Run>(this.manager, statement, [ids]);
  }

  /** The run with at most `rows` of its rows, or null. */
  async find(
    key: { spaceId: string; robotId: string; runId: string },
    rows: number,
  ): Promise<RunView | null> {
    const [view] = await rowsOf<RawView>(
      this.manager,
      `SELECT ${viewColumns}, ${rowsColumn('$4')} FROM ${viewSources}
       WHERE r.space_id = $1 AND r.robot_id = $2 AND r.id = $3`,
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
    const matching = `r.space_id = $1 AND r.robot_id = $2 AND ($3::text[] IS NULL OR r.status = ANY($3))
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
         WHERE space_id = $1 AND robot_id = $2 AND id = $3 AND status = ANY($4) RETURNING id, seq),
       logged AS (INSERT INTO events (run_id, seq, event) SELECT id, seq, $5::json FROM numbered)
       SELECT pg_notify('${runChannel}', id::text) FROM numbered`,
      [key.spaceId, key.robotId, key.runId, runStatusesBefore('aborting'), JSON.stringify(event)],
    );
    return done.length > 0;
  }
}

function toView(raw: RawView): RunView {
  const lists = new Map<string, number>();
  for (const counts of raw.lists) {
    for (const [list, count] of Object.entries(counts)) lists.set(list, (lists.get(list) ?? 0) + count);
  }
  return { ...raw, lists: Object.fromEntries(lists) };
}
