import type { Fire, Schedule, Trigger } from '@runnel/contracts';
import { newId, ScheduleStore } from '@runnel/store';
import { aDocument } from '@runnel/testing';
import { createRobot, createSchedule, InvalidInputError, updateSchedule, type NewSchedule } from '../src';
import type { TestServices } from './test-services';

export const pattern = (cron: string, parts: Partial<Trigger> = {}): Trigger => ({
  ...{ type: 'recurring', cron, timezone: 'UTC', runAt: null, startAt: null, endAt: null },
  ...parts,
});
export const daily = '0 0 * * *';
export const once = (runAt: Date): Trigger => ({ ...pattern(''), type: 'one_time', cron: null, runAt });

export const keyOf = ({ id, spaceId }: Pick<Schedule, 'id' | 'spaceId'>) => ({ spaceId, scheduleId: id });

const dayMs = 86_400_000;
/** A midnight: 0 is the last, 1 the next. */
export const midnight = (shift: number) => new Date((Math.floor(Date.now() / dayMs) + shift) * dayMs);

/** The paths of what a verb refuses. */
export async function pathsOf(refused: Promise<unknown>): Promise<string[]> {
  const error = await refused.catch((thrown: unknown) => thrown);
  if (error instanceof InvalidInputError) return error.faults.map(({ path }) => path);
  throw error ?? new Error('it was not refused');
}

/** Schedules of the space of these services: made and changed by the verbs, and looked at in the ledger. */
export class TestSchedules {
  readonly store: ScheduleStore;

  constructor(private readonly services: TestServices) {
    this.store = new ScheduleStore(services.dataSource.manager);
  }

  query<T>(statement: string, values: unknown[]): Promise<T[]> {
    return this.services.dataSource.query(statement, values);
  }

  async aRobot(parts: { name?: string; publish?: boolean; definition?: object } = {}): Promise<string> {
    const { deps, spaceId } = this.services;
    const definition = aDocument({ inputs: [{ name: 'page', type: 'number', required: false }] });
    const robot = { spaceId, name: 'Books', publish: true, domains: null, definition, ...parts };
    return (await createRobot(deps, robot)).id;
  }

  async create(parts: Partial<NewSchedule> = {}): Promise<Schedule> {
    const { deps, spaceId } = this.services;
    const robotId = parts.robotId ?? (await this.aRobot());
    const given = { spaceId, trigger: pattern(daily), asked: {}, idempotencyKey: null };
    const made = await createSchedule(deps, { ...given, ...parts, robotId });
    if (!made) throw new Error('there is no such robot');
    return made.schedule;
  }

  async edit(schedule: Schedule, change: Partial<NewSchedule>): Promise<Schedule> {
    const saved = await updateSchedule(this.services.deps, keyOf(schedule), () => change);
    if (!saved) throw new Error('there is no such schedule');
    return saved;
  }

  async read(schedule: Schedule): Promise<Schedule> {
    const found = await this.store.find(keyOf(schedule));
    if (!found) throw new Error('there is no such schedule');
    return found;
  }

  /** As the tick leaves a moment that waits for a run to end. */
  async wait({ id, spaceId }: Schedule, kind: Fire['kind'] = 'cron'): Promise<void> {
    await this.query(
      `INSERT INTO fires (id, space_id, schedule_id, kind, scheduled_for) VALUES ($1, $2, $3, $4, now())`,
      [newId(), spaceId, id, kind],
    );
    await this.query('UPDATE schedules SET waiting = waiting + 1 WHERE id = $1', [id]);
  }

  firesOf({ id }: Schedule): Promise<Pick<Fire, 'kind' | 'scheduledFor' | 'outcome' | 'reason'>[]> {
    return this.query(
      `SELECT kind, scheduled_for AS "scheduledFor", outcome, reason FROM fires WHERE schedule_id = $1 ORDER BY id`,
      [id],
    );
  }
}
