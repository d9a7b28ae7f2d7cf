import {
  isRunEnded,
  runStatuses,
  runStatusesBefore,
  type Failure,
  type Robot,
  type RowData,
  type Run,
  type RunEvent,
} from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { isGiven, type Conditions } from './conditions';
import { runSchema } from './entities/run';
import { notBeforeOf } from './held-runs';
import { isKeyed, valuesOf, type RunKey } from './run-key';
import {
  boundOf,
  filterRuns,
  ofParts,
  othersThan,
  runsOf,
  tallyOf,
  type RunFilter,
  type RunsOf,
} from './runs-of';
import { abortChannel, columnsOf, rowsOf, tellOf } from './sql';

/** What is known of a run without a look at all of its tasks. */
export interface RunHead extends Run {
  /** The moment that a run which waits for one may begin at. */
  notBefore: Date | null;
  robotName: string;
  robotHandle: string;
}

/** A run as a client sees it. */
export interface RunView extends RunHead {
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

/** Which of the runs that match: newest first, behind `before` and so many more. */
export interface RunPage {
  limit: number;
  /** Only runs older than this one. */
  before: string | null;
  skip: number;
}

/** Those of other tasks are listed with their tasks. */
const artifactsInView = 100;

const headColumns = `${columnsOf(runSchema, 'r')}, robot.name AS "robotName", robot.handle AS "robotHandle",
  (SELECT ${notBeforeOf('t')} FROM tasks t WHERE t.run_id = r.id AND t.ordinal = 0 AND t.status = 'queued' AND t.attempt = 0)
    AS "notBefore"`;

/** Artifacts and rows count for readers when they are of their task's newest attempt. */
const viewColumns = `${headColumns},
  (SELECT t.id FROM tasks t WHERE t.run_id = r.id AND t.ordinal = 0) AS "firstTaskId",
  total.attempts, total."rowCount", total.lists,
  (SELECT t.failure FROM tasks t WHERE t.run_id = r.id AND t.failure IS NOT NULL AND t.status <> 'succeeded'
   ORDER BY t.ordinal LIMIT 1) AS failure,
  (SELECT coalesce(json_agg(x), '[]') FROM (
     SELECT t.id AS "taskId", a.name, a.content_type AS "contentType", a.size
     FROM tasks t CROSS JOIN LATERAL (
       SELECT * FROM artifacts WHERE task_id = t.id AND attempt = t.attempt ORDER BY id LIMIT ${artifactsInView}) a
     WHERE t.run_id = r.id ORDER BY t.ordinal, a.id LIMIT ${artifactsInView}) x) AS artifacts`;

/** With limits of one, and of what was chosen before: nothing is worked out for a run that is not shown. */
const headSources = (runs: string): string => `${runs} r
  CROSS JOIN LATERAL (SELECT b.name, b.handle FROM robots b WHERE b.id = r.robot_id LIMIT 1) robot`;

const viewSources = (runs: string): string => `${headSources(runs)}
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
  async find(key: RunKey, rows: number): Promise<RunView | null> {
    const [view] = await rowsOf<RawView>(
      this.manager,
      `SELECT ${viewColumns}, ${rowsColumn('$4')} FROM ${viewSources('runs')} WHERE ${isKeyed}`,
      [...valuesOf(key), rows],
    );
    return view ? toView(view) : null;
  }

  /** However many runs there are, only these and those that are skipped are read; with at most `rows` rows in each. */
  async list(filter: RunFilter, page: RunPage & { rows: number }): Promise<RunView[]> {
    if (isOfNone(filter)) return [];
    const { from, where } = pageOf(filter, page);
    const columns = `${viewColumns}, ${rowsColumn(where.place(page.rows))}`;
    const statement = `SELECT ${columns} FROM ${viewSources(from)} ORDER BY r.id DESC`;
    return (await rowsOf<RawView>(this.manager, statement, where.values)).map(toView);
  }

  /** The same runs, without what only their tasks tell. */
  async heads(filter: RunFilter, page: RunPage): Promise<RunHead[]> {
    return isOfNone(filter) ? [] : this.#heads(pageOf(filter, page));
  }

  async count(filter: RunFilter): Promise<number> {
    if (isOfNone(filter)) return 0;
    const { spaceId, robotId, statuses, stage, tag, from, to } = filter;
    const others = othersThan(statuses ?? runStatuses, runStatuses);
    if (others && ![stage, tag, from, to].some(isGiven)) {
      const { runs } = await tallyOf(this.manager, filter);
      return Math.max(0, runs - (await this.count({ spaceId, robotId, statuses: others })));
    }
    const runs = runsOf(filter);
    filterRuns(runs.where, filter);
    return this.#count(runs);
  }

  /** The newest runs of a space that have not ended. */
  async active(spaceId: string, limit: number): Promise<RunHead[]> {
    return this.#heads(pageOfRuns(activeRuns(spaceId), { limit, skip: 0 }));
  }

  /** The runs of a space that ended last, the last first. */
  async lastEnded(spaceId: string, limit: number): Promise<RunHead[]> {
    const runs = runsOf({ spaceId });
    runs.where.always('r.finished_at IS NOT NULL');
    const lastFirst = 'r.space_id DESC, r.finished_at DESC';
    return this.#heads(pageOfRuns({ ...runs, newestFirst: lastFirst }, { limit, skip: 0 }));
  }

  async countActive(spaceId: string): Promise<number> {
    return this.#count(activeRuns(spaceId));
  }

  /** Moves a run to `aborting`; false when it has ended or is there already. */
  async markAborting(key: RunKey): Promise<boolean> {
    const event: RunEvent = { kind: 'run.aborting' };
    const done = await rowsOf(
      this.manager,
      `WITH numbered AS (
         UPDATE runs r SET status = 'aborting', seq = r.seq + 1 WHERE ${isKeyed} AND r.status = ANY($4)
         RETURNING r.id, r.seq, r.status),
       logged AS (INSERT INTO events (run_id, seq, event) SELECT id, seq, $5::json FROM numbered),
       called AS (SELECT pg_notify('${abortChannel}', id::text) FROM numbered)
       ${tellOf('numbered')} CROSS JOIN called`,
      [...valuesOf(key), runStatusesBefore('aborting'), JSON.stringify(event)],
    );
    return done.length > 0;
  }

  async #heads({ from, where, newestFirst }: PageOfRuns): Promise<RunHead[]> {
    const statement = `SELECT ${headColumns} FROM ${headSources(from)} ORDER BY ${newestFirst}`;
    return rowsOf<RunHead>(this.manager, statement, where.values);
  }

  async #count(runs: RunsOf): Promise<number> {
    const all = ofParts(runs, (where) => `SELECT 1 FROM runs r WHERE ${where}`);
    const statement = `SELECT count(*)::int AS count FROM (${all}) r`;
    return (await rowsOf<{ count: number }>(this.manager, statement, runs.where.values))[0]?.count ?? 0;
  }
}

/** No run has any of no states. */
function isOfNone({ statuses }: RunFilter): boolean {
  return statuses?.length === 0;
}

/** What stands for a page of runs in a FROM, the values that it has places for, and its order. */
interface PageOfRuns {
  from: string;
  where: Conditions;
  newestFirst: string;
}

function pageOf(filter: RunFilter, { before, ...page }: RunPage): PageOfRuns {
  const runs = runsOf(filter);
  filterRuns(runs.where, filter);
  runs.where.given(before, (place) => `r.id < ${place}`);
  return pageOfRuns(runs, page);
}

function pageOfRuns(runs: RunsOf, { limit, skip }: Omit<RunPage, 'before'>): PageOfRuns {
  const { where, newestFirst } = runs;
  const bounded = `ORDER BY ${newestFirst} LIMIT ${boundOf(limit + skip)}`;
  const all = ofParts(runs, (conditions) => `SELECT * FROM runs r WHERE ${conditions} ${bounded}`);
  const from = `(SELECT * FROM (${all}) r
    ORDER BY ${newestFirst} LIMIT ${where.place(limit)} OFFSET ${where.place(skip)})`;
  return { from, where, newestFirst };
}

function activeRuns(spaceId: string): RunsOf {
  return runsOf({ spaceId, statuses: runStatuses.filter((status) => !isRunEnded(status)) });
}

/** A run that was inserted just now, as a client sees it. */
export function newView(
  run: Run,
  firstTaskId: string,
  { robot, delayMs }: { robot: Pick<Robot, 'name' | 'handle'>; delayMs: number | null },
): RunView {
  return {
    ...run,
    robotName: robot.name,
    robotHandle: robot.handle,
    notBefore: delayMs ? new Date(run.createdAt.getTime() + delayMs) : null,
    firstTaskId,
    attempts: 0,
    rowCount: 0,
    lists: {},
    failure: null,
    artifacts: [],
    rows: [],
  };
}

function toView(raw: RawView): RunView {
  const lists = new Map<string, number>();
  for (const counts of raw.lists) {
    for (const [list, count] of Object.entries(counts)) lists.set(list, (lists.get(list) ?? 0) + count);
  }
  return { ...raw, lists: Object.fromEntries(lists) };
}
