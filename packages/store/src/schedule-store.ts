import type { RunStatus, Schedule } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { Conditions } from './conditions';
import { scheduleSchema } from './entities/schedule';
import { newId } from './new-id';
import { columnsOf, rowsOf } from './sql';

/** Where a schedule is. */
export interface ScheduleKey {
  spaceId: string;
  scheduleId: string;
}

/** A schedule as a client sees it. */
export interface ScheduleView extends Schedule {
  robotName: string;
  /** How far the run is that it started last; null: there is none any more. */
  lastRunStatus: RunStatus | null;
}

/** What an edit may change. */
const edited = [
  'robotId',
  'keyId',
  'name',
  'type',
  'cron',
  'timezone',
  'runAt',
  'startAt',
  'endAt',
  'maxFires',
  'jitterSeconds',
  'overlapPolicy',
  'misfirePolicy',
  'misfireWindowSeconds',
  'catchUpMax',
  'pauseAfterFailures',
  'target',
  'maxAttempts',
  'executionOptions',
  'pausedAt',
  'pausedBy',
  'pauseNote',
  'failuresSince',
  'nextMoment',
  'dueAt',
  'waiting',
  'aheadRunId',
  'fileIds',
  'readsFirst',
] as const satisfies (keyof Schedule)[];

const created = [...edited, 'id', 'spaceId', 'idempotencyKey', 'fingerprint'] as const;

/** A schedule whose name may still be the robot's: null. */
export type Unnamed<T extends Pick<Schedule, 'name'>> = Omit<T, 'name'> & { name: string | null };

export type CreatedSchedule = Unnamed<Pick<Schedule, (typeof created)[number]>>;
export type EditedSchedule = Unnamed<Pick<Schedule, (typeof edited)[number] | 'id' | 'spaceId'>>;

/** Schedules. Who changes one locks it first: then its fires, then its runs. */
export class ScheduleStore {
  constructor(private readonly manager: EntityManager) {}

  /** By the database's clock, which all schedules go by: this instant, also in a transaction that waited for a lock. */
  async now(): Promise<Date> {
    const [clock] = await rowsOf<{ now: Date }>(this.manager, 'SELECT clock_timestamp() AS now', []);
    if (!clock) throw new Error('the database has no clock');
    return clock.now;
  }

  /** Null when the space has no such robot, or a schedule with this idempotency key. */
  async create(schedule: CreatedSchedule): Promise<Schedule | null> {
    const values = new Conditions();
    const places = created.map((property) => placeOf(values, property, schedule[property]));
    const robot = robotOf(values, schedule);
    const [inserted] = await rowsOf<Schedule>(
      this.manager,
      `INSERT INTO schedules AS s (${created.map(nameOf).join(', ')}) SELECT ${places.join(', ')} FROM ${robot}
       ON CONFLICT (space_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
       RETURNING ${columnsOf(scheduleSchema, 's')}`,
      values.values,
    );
    return inserted ?? null;
  }

  /** The schedule that was made with this idempotency key. */
  async keyed(spaceId: string, idempotencyKey: string): Promise<Schedule | null> {
    const [schedule] = await rowsOf<Schedule>(
      this.manager,
      `SELECT ${columnsOf(scheduleSchema, 's')} FROM schedules s WHERE s.space_id = $1 AND s.idempotency_key = $2`,
      [spaceId, idempotencyKey],
    );
    return schedule ?? null;
  }

  async find({ spaceId, scheduleId }: ScheduleKey): Promise<ScheduleView | null> {
    const statement = `SELECT ${viewColumns} FROM schedules s WHERE s.space_id = $1 AND s.id = $2`;
    return (await rowsOf<ScheduleView>(this.manager, statement, [spaceId, scheduleId]))[0] ?? null;
  }

  /** The schedule, which nobody else changes or fires before this transaction ends. */
  async lock({ spaceId, scheduleId }: ScheduleKey): Promise<Schedule | null> {
    const [schedule] = await rowsOf<Schedule>(
      this.manager,
      `SELECT ${columnsOf(scheduleSchema, 's')} FROM schedules s WHERE s.space_id = $1 AND s.id = $2 FOR UPDATE`,
      [spaceId, scheduleId],
    );
    return schedule ?? null;
  }

  /** Writes what was edited of a schedule that is locked. Null when the space has no such robot. */
  async save(schedule: EditedSchedule): Promise<Schedule | null> {
    const values = new Conditions();
    const changes = edited.map((property) => {
      const place = placeOf(values, property, schedule[property]);
      return `${nameOf(property)} = ${place}`;
    });
    const robot = robotOf(values, schedule);
    const [saved] = await rowsOf<Schedule>(
      this.manager,
      `UPDATE schedules s SET ${changes.join(', ')}, revision = revision + 1, updated_at = clock_timestamp()
       FROM ${robot} WHERE s.id = ${values.place(schedule.id)} AND s.space_id = r.space_id
       RETURNING ${columnsOf(scheduleSchema, 's')}`,
      values.values,
    );
    return saved ?? null;
  }

  /** Removes it with its fires; its runs stay. False when there is no such schedule. */
  async delete({ spaceId, scheduleId }: ScheduleKey): Promise<boolean> {
    const { affected } = await this.manager.delete(scheduleSchema, { spaceId, id: scheduleId });
    return (affected ?? 0) > 0;
  }

  /** What waits of schedules that are locked waits no more: it was skipped. */
  async endWaiting(scheduleIds: string[], reason: string): Promise<void> {
    await rowsOf(
      this.manager,
      `UPDATE fires SET outcome = 'skipped_paused', reason = $2, fired_at = clock_timestamp()
       WHERE schedule_id = ANY($1) AND outcome IS NULL`,
      [scheduleIds, reason],
    );
  }

  /** True when the moment was noted for this reason. */
  async hasNoted(scheduleId: string, { moment, reason }: { moment: Date; reason: string }): Promise<boolean> {
    const statement = `SELECT 1 FROM fires
      WHERE schedule_id = $1 AND scheduled_for = $2 AND kind IN ('cron', 'catch_up') AND reason = $3`;
    return (await rowsOf(this.manager, statement, [scheduleId, moment, reason])).length > 0;
  }

  /** Of a schedule that is locked: moments that were skipped before they came may come again. */
  async forgetSkipped(scheduleId: string, now: Date): Promise<void> {
    await rowsOf(
      this.manager,
      `DELETE FROM fires WHERE schedule_id = $1 AND kind = 'cron' AND scheduled_for > $2`,
      [scheduleId, now],
    );
  }

  /** Fires for moments of a schedule that is locked, which wait; also where one started nothing. How many there are. */
  async backfill({ spaceId, scheduleId }: ScheduleKey, moments: Date[]): Promise<number> {
    const added = await rowsOf(
      this.manager,
      `INSERT INTO fires (id, space_id, schedule_id, kind, scheduled_for)
       SELECT m.id, $1, $2, 'backfill', m.moment FROM unnest($3::uuid[], $4::timestamptz[]) AS m (id, moment)
       ON CONFLICT (schedule_id, scheduled_for) WHERE kind = 'backfill'
         DO UPDATE SET outcome = NULL, reason = NULL, fired_at = NULL
         WHERE fires.outcome IS NOT NULL AND fires.outcome <> 'started' RETURNING id`,
      [spaceId, scheduleId, moments.map(() => newId()), moments],
    );
    return added.length;
  }

  /** Pauses all of a space, or of one key in it, that are not, and have something to come. In a transaction. How many they were. */
  async pauseAll(
    spaceId: string,
    { note, reason, keyId = null }: { note: string | null; reason: string; keyId?: string | null },
  ): Promise<number> {
    const wanted = 'paused_at IS NULL AND (next_moment IS NOT NULL OR waiting > 0)';
    const ids = await this.#lockAll(spaceId, wanted, keyId);
    await rowsOf(
      this.manager,
      `UPDATE schedules SET paused_at = clock_timestamp(), paused_by = 'person', pause_note = $2, waiting = 0,
         revision = revision + 1, updated_at = clock_timestamp() WHERE id = ANY($1)`,
      [ids, note],
    );
    // Behind the lock in a statement of its own, it sees all that came to wait before.
    await this.endWaiting(ids, reason);
    return ids.length;
  }

  /** Takes back what paused those of a space. In a transaction. How many they were. */
  async resumeAll(spaceId: string): Promise<number> {
    const ids = await this.#lockAll(spaceId, 'paused_at IS NOT NULL');
    await rowsOf(
      this.manager,
      `UPDATE schedules SET paused_at = NULL, paused_by = NULL, pause_note = NULL, failures_since = clock_timestamp(),
         revision = revision + 1, updated_at = clock_timestamp() WHERE id = ANY($1)`,
      [ids],
    );
    return ids.length;
  }

  /** In the same order by everybody, so that nobody waits for who waits for him. */
  async #lockAll(spaceId: string, condition: string, keyId: string | null = null): Promise<string[]> {
    const statement = `SELECT id FROM schedules
      WHERE space_id = $1 AND ($2::uuid IS NULL OR key_id = $2) AND ${condition} ORDER BY id FOR UPDATE`;
    return (await rowsOf<{ id: string }>(this.manager, statement, [spaceId, keyId])).map(({ id }) => id);
  }
}

/** For each that is shown, and for no other. */
export const viewColumns = `${columnsOf(scheduleSchema, 's')},
  (SELECT r.name FROM robots r WHERE r.id = s.robot_id) AS "robotName",
  (SELECT r.status FROM runs r WHERE r.id = s.last_run_id AND r.removed_at IS NULL) AS "lastRunStatus"`;

const columns = new Map(Object.entries(scheduleSchema.options.columns));

function nameOf(property: keyof Schedule): string {
  return columns.get(property)?.name ?? property;
}

/** Where the property's value stands in a statement that has the robot `r`. */
function placeOf(values: Conditions, property: keyof Schedule, value: unknown): string {
  const type = columns.get(property)?.type;
  const place = values.place(type === 'json' && value !== null ? JSON.stringify(value) : value);
  const typed = `${place}::${String(type)}${Array.isArray(value) ? '[]' : ''}`;
  return property === 'name' ? `coalesce(${typed}, r.name)` : typed;
}

/** The schedule's robot, which stays until the transaction ends. */
function robotOf(values: Conditions, { spaceId, robotId }: Pick<Schedule, 'spaceId' | 'robotId'>): string {
  return `(SELECT space_id, name FROM robots
    WHERE space_id = ${values.place(spaceId)} AND id = ${values.place(robotId)} FOR KEY SHARE) r`;
}
