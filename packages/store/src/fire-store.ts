import { runStatuses, type Fire, type FireOutcome, type Run, type RunStatus } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { Conditions } from './conditions';
import { fireSchema } from './entities/schedule';
import { fireSparklines, fireStats, type FireSparkline, type FireStats } from './fire-stats';
import { boundOf, partsWith } from './runs-of';
import type { ScheduleKey } from './schedule-store';
import { columnsOf, rowsOf } from './sql';

/** What is to be told of the run that a fire started. */
export type FireRun = Pick<
  Run,
  | 'id'
  | 'status'
  | 'taskCount'
  | 'tasksSucceeded'
  | 'tasksFailed'
  | 'tasksTimedOut'
  | 'tasksAborted'
  | 'createdAt'
  | 'startedAt'
  | 'finishedAt'
>;

/** A fire as a client sees it. */
export interface FireView extends Fire {
  scheduleName: string;
  /** The robot that it started; of one that started none, the one that its schedule has now. */
  robotId: string;
  robotName: string;
  /** Null: it started none, or that one is not kept any more. */
  run: FireRun | null;
  /** Why the run failed or ran out of time, as its first task tells. */
  failure: string | null;
}

/** Where a fire is: what became of it, or how far its run is; `removed`: that one is not kept any more. */
export type FireState = 'waiting' | 'skipped' | 'error' | 'removed' | RunStatus;

export interface FireFilter {
  /** Null: those of all schedules of the space. */
  scheduleId: string | null;
  /** Null: all. */
  states: FireState[] | null;
}

const runColumns = `r.id, r.status, r.task_count AS "taskCount", r.tasks_succeeded AS "tasksSucceeded",
  r.tasks_failed AS "tasksFailed", r.tasks_timed_out AS "tasksTimedOut", r.tasks_aborted AS "tasksAborted",
  r.created_at AS "createdAt", r.started_at AS "startedAt", r.finished_at AS "finishedAt"`;

type StartedRun = FireRun & Pick<FireView, 'robotId' | 'robotName' | 'failure'>;

/** What became of moments, as readers see it; newest first. */
export class FireStore {
  constructor(private readonly manager: EntityManager) {}

  /** The newest ones of a schedule; null when there is no such schedule. */
  async listOf({ spaceId, scheduleId }: ScheduleKey, limit: number): Promise<FireView[] | null> {
    const statement = 'SELECT FROM schedules WHERE id = $1 AND space_id = $2';
    const found = await rowsOf(this.manager, statement, [scheduleId, spaceId]);
    if (found.length === 0) return null;
    return this.#page(firesOf(spaceId, { scheduleId, states: null }), { limit, skip: 0 });
  }

  async list(
    spaceId: string,
    { skip, limit, ...filter }: FireFilter & { skip: number; limit: number },
  ): Promise<{ totalCount: number; items: FireView[] }> {
    if (filter.states?.length === 0) return { totalCount: 0, items: [] };
    const totalCount = await this.#count(firesOf(spaceId, filter));
    return { totalCount, items: await this.#page(firesOf(spaceId, filter), { skip, limit }) };
  }

  async find(spaceId: string, fireId: string): Promise<FireView | null> {
    const where = new Conditions();
    where.always(`f.id = ${where.place(fireId)}`).always(`f.space_id = ${where.place(spaceId)}`);
    const fires = { where, parts: ['FROM fires f WHERE true'], newestFirst: 'f.id DESC' };
    return (await this.#page(fires, { limit: 1, skip: 0 }))[0] ?? null;
  }

  /** What became of a schedule's fires since a moment, or of all; null when there is no such schedule. */
  async stats(key: ScheduleKey, since: Date | null): Promise<FireStats | null> {
    return fireStats(this.manager, key, since);
  }

  /** What became of fires day by day: of these schedules, or of the newest ones, a hundred at most. */
  async sparklines(
    spaceId: string,
    wanted: { scheduleIds: string[] | null; since: Date },
  ): Promise<FireSparkline[]> {
    return fireSparklines(this.manager, spaceId, wanted);
  }

  async #count({ where, parts }: FiresOf): Promise<number> {
    const counts = parts.map((part) => `(SELECT count(*) ${part} AND ${where.text})`);
    const statement = `SELECT (${counts.join(' + ')})::int AS count`;
    return (await rowsOf<{ count: number }>(this.manager, statement, where.values))[0]?.count ?? 0;
  }

  async #page(
    { where, parts, newestFirst }: FiresOf,
    { limit, skip }: { limit: number; skip: number },
  ): Promise<FireView[]> {
    const bounded = `ORDER BY ${newestFirst} LIMIT ${boundOf(limit + skip)}`;
    const all = parts.map((part) => `(SELECT f.* ${part} AND ${where.text} ${bounded})`).join(' UNION ALL ');
    const page = `SELECT * FROM (${all}) f
      ORDER BY f.id DESC LIMIT ${where.place(limit)} OFFSET ${where.place(skip)}`;
    const fires = await rowsOf<Omit<FireView, 'run' | 'failure'>>(
      this.manager,
      `SELECT ${columnsOf(fireSchema, 'f')}, s.name AS "scheduleName", s.robot_id AS "robotId", b.name AS "robotName"
       FROM (${page}) f
       CROSS JOIN LATERAL (SELECT c.name, c.robot_id FROM schedules c WHERE c.id = f.schedule_id LIMIT 1) s
       CROSS JOIN LATERAL (SELECT o.name FROM robots o WHERE o.id = s.robot_id LIMIT 1) b
       ORDER BY f.id DESC`,
      where.values,
    );
    return this.#withRuns(fires);
  }

  async #withRuns(fires: Omit<FireView, 'run' | 'failure'>[]): Promise<FireView[]> {
    const started = fires.filter(({ outcome }) => outcome === 'started').map(({ id }) => id);
    const runs = await rowsOf<StartedRun>(
      this.manager,
      `SELECT ${runColumns}, r.robot_id AS "robotId", b.name AS "robotName", CASE WHEN r.status IN ('failed', 'timed_out') THEN (
         SELECT t.failure ->> 'message' FROM tasks t WHERE t.run_id = r.id AND t.failure IS NOT NULL
         ORDER BY t.ordinal LIMIT 1) END AS failure
       FROM runs r JOIN robots b ON b.id = r.robot_id WHERE r.id = ANY($1) AND r.removed_at IS NULL`,
      [started],
    );
    const ofId = new Map(runs.map((run) => [run.id, run]));
    return fires.map((fire) => {
      const run = ofId.get(fire.id);
      if (!run) return { ...fire, run: null, failure: null };
      const { robotId, robotName, failure, ...parts } = run;
      return { ...fire, robotId, robotName, run: parts, failure };
    });
  }
}

/** Which fires `f` are wanted: in one of these parts each, and under conditions of all. */
interface FiresOf {
  where: Conditions;
  parts: string[];
  newestFirst: string;
}

const skips: FireOutcome[] = ['skipped_overlap', 'skipped_misfire', 'skipped_paused'];

/** An array of one, and an order by all of the index: as in `runsOf`. */
function firesOf(spaceId: string, { scheduleId, states }: FireFilter): FiresOf {
  const where = new Conditions();
  where.always(`f.space_id = ANY(${where.place([spaceId])}::uuid[])`);
  if (scheduleId !== null) where.always(`f.schedule_id = ANY(${where.place([scheduleId])}::uuid[])`);
  const newestFirst = `${scheduleId === null ? 'f.space_id' : 'f.schedule_id'} DESC, f.id DESC`;
  if (states === null) return { where, parts: ['FROM fires f WHERE true'], newestFirst };
  const parts = [...partsOfOutcomes(where, states), ...partsOfRuns(where, states, scheduleId === null)];
  return { where, parts, newestFirst };
}

/** Of each by its id, as in statistics. */
const isRemoved = '(SELECT o.id FROM runs o WHERE o.id = f.id AND o.removed_at IS NULL LIMIT 1) IS NULL';

function partsOfOutcomes(where: Conditions, states: FireState[]): string[] {
  const outcomes: FireOutcome[] = [
    ...(states.includes('skipped') ? skips : []),
    ...(states.includes('error') ? (['error'] as const) : []),
  ];
  const parts = [
    ...(states.includes('waiting') ? ['FROM fires f WHERE f.outcome IS NULL'] : []),
    ...(states.includes('removed') ? [`FROM fires f WHERE f.outcome = 'started' AND ${isRemoved}`] : []),
  ];
  if (outcomes.length === 0) return parts;
  return [...parts, `FROM fires f WHERE f.outcome = ANY(${where.place(outcomes)}::text[])`];
}

/**
 * Runs that have not succeeded are few, and have indexes in their space. Those of one schedule, and those that have, are
 * found by the fires: each by its id.
 */
function partsOfRuns(where: Conditions, states: FireState[], isOfSpace: boolean): string[] {
  const statuses = runStatuses.filter((status) => states.includes(status));
  if (statuses.length === 0) return [];
  const wanted = `r.removed_at IS NULL AND r.status = ANY(${where.place(statuses)}::text[])`;
  if (!isOfSpace || statuses.includes('succeeded')) {
    const started = 'FROM fires f CROSS JOIN LATERAL (SELECT * FROM runs o WHERE o.id = f.id LIMIT 1) r';
    return [`${started} WHERE f.outcome = 'started' AND ${wanted}`];
  }
  const ofSpace = `FROM runs r JOIN fires f ON f.id = r.id AND f.space_id = r.space_id
    WHERE r.schedule_id IS NOT NULL AND ${wanted}`;
  return partsWith(statuses).map((part) => `${ofSpace} AND ${part}`);
}
