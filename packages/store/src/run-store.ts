import {
  runStatusesBefore,
  type Failure,
  type Inputs,
  type RowData,
  type Run,
  type RunEvent,
  type RunStatus,
} from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { uuidv7 } from 'uuidv7';
import { runSchema } from './entities/run';
import { columnsOf, rowsOf, runChannel } from './sql';

export interface NewRun {
  spaceId: string;
  robotId: string;
  robotVersion: number;
  name: string;
  origin: Run['origin'];
  tags: string[];
  tasks: { inputs: Inputs; maxAttempts: number; deadlineMs: number }[];
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

const rowsColumn = (limit: string): string => `
  (SELECT coalesce(json_agg(x.data), '[]') FROM (
     SELECT w.data FROM tasks t JOIN rows w ON w.task_id = t.id AND w.attempt = t.attempt
     WHERE t.run_id = r.id ORDER BY t.ordinal, w.position LIMIT ${limit}) x) AS rows`;

type RawView = Omit<RunView, 'lists'> & { lists: Record<string, number>[] };

export class RunStore {
  constructor(private readonly manager: EntityManager) {}

  /** Commits a run and its tasks, queued. */
  async insert(run: NewRun): Promise<{ run: RunView; taskIds: string[] }> {
    const runId = uuidv7();
    const tasks = run.tasks.map((task, ordinal) => ({ id: uuidv7(), ordinal, ...task }));
    const event: RunEvent = { kind: 'run.queued', tasks: tasks.length };
    const [inserted] = await rowsOf<Run>(
      this.manager,
      `WITH run AS (
         INSERT INTO runs (id, space_id, robot_id, robot_version, name, status, origin, tags, task_count, seq)
         VALUES ($1, $2, $3, $4, $5, 'queued', $6, $7, $8, 1) RETURNING *),
       logged AS (INSERT INTO events (run_id, seq, event) SELECT id, 1, $9::json FROM run),
       added AS (INSERT INTO tasks (id, run_id, ordinal, status, inputs, max_attempts, deadline_ms)
       SELECT t.id, run.id, t.ordinal, 'queued', t.inputs, t."maxAttempts", t."deadlineMs" FROM run,
         json_to_recordset($10::json) AS t (id uuid, ordinal int, inputs json, "maxAttempts" int, "deadlineMs" int))
       SELECT ${columnsOf(runSchema, 'run')} FROM run`,
      [
        runId,
        run.spaceId,
        run.robotId,
        run.robotVersion,
        run.name,
        run.origin,
        run.tags,
        tasks.length,
        JSON.stringify(event),
        JSON.stringify(tasks),
      ],
    );
    const taskIds = tasks.map((task) => task.id);
    const [firstTaskId] = taskIds;
    if (!inserted || firstTaskId === undefined) throw new Error('a run has at least one task');
    const nothingYet = { attempts: 0, rowCount: 0, lists: {}, failure: null, artifacts: [], rows: [] };
    return { run: { ...inserted, firstTaskId, ...nothingYet }, taskIds };
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
  const lists: Record<string, number> = {};
  for (const counts of raw.lists) {
    for (const [list, count] of Object.entries(counts)) lists[list] = (lists[list] ?? 0) + count;
  }
  return { ...raw, lists };
}
