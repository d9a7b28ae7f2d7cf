import type { FireKind, FireOutcome, Inputs, RunStatus } from '@runnel/contracts';
import { openDataSource, type DataSource } from '@runnel/store';
import { isSomebodyLockedOut, until, type Answer } from '@runnel/testing';
import { prefixed, uuidIn } from './dialects/id-words';
import type { Body, TestFleet } from './test-fleet';

/** A fire as the ledger has it, with its run. */
export interface LedgerFire {
  id: string;
  kind: FireKind;
  scheduledFor: Date;
  /** Null: it waits. */
  outcome: FireOutcome | null;
  reason: string | null;
  firedAt: Date | null;
  robotId: string | null;
  /** Null: it started none. */
  status: RunStatus | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Of its tasks, but for the address that each robot has by itself. */
  inputs: Inputs[];
}

export const everySecond = { type: 'recurring', cron: '* * * * * *', timezone: 'UTC' };
/** Of a schedule whose moments the test makes itself. */
export const yearly = { ...everySecond, cron: '0 0 1 1 *' };

/** Schedules of a fleet: made and changed as a client does it, and looked at in the ledger. */
export class TestSchedules {
  private constructor(
    readonly fleet: TestFleet,
    readonly dataSource: DataSource,
  ) {}

  static async open(fleet: TestFleet): Promise<TestSchedules> {
    const dataSource = await openDataSource({ url: fleet.databaseUrl, poolSize: 2, application: 'test' });
    return new TestSchedules(fleet, dataSource);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  /** A schedule of a robot; `more` is what its body has beside its target. */
  async create(robotId: string, { target = {}, ...more }: Body = {}): Promise<string> {
    const body = { target: { flowId: prefixed('flow', robotId), ...target }, trigger: everySecond, ...more };
    const made = await this.fleet.client.post<Body>('/v1/schedules', body);
    if (made.status !== 201) throw new Error(`it was not made: ${JSON.stringify(made.body)}`);
    return uuidIn(made.body['id']);
  }

  async change(scheduleId: string, body: Body): Promise<void> {
    const text = JSON.stringify(body);
    const changed = await this.fleet.client.send<Body>('PUT', pathOf(scheduleId), { body: text });
    if (changed.status !== 200) throw new Error(`it was not changed: ${JSON.stringify(changed.body)}`);
  }

  /** Does a verb: `pause`, `run-now`, and the like. */
  ask(scheduleId: string, verb: string, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    return this.fleet.client.post<Body>(`${pathOf(scheduleId)}/${verb}`, {}, headers);
  }

  async look(scheduleId: string): Promise<Body> {
    return (await this.fleet.client.get<Body>(pathOf(scheduleId))).body;
  }

  async delete(scheduleId: string): Promise<void> {
    await this.fleet.client.send('DELETE', pathOf(scheduleId));
  }

  /** The database's clock, which is the only one that counts. */
  async now(): Promise<Date> {
    const [{ now }] = await this.query<[{ now: Date }]>('SELECT clock_timestamp() AS now');
    return now;
  }

  /** Resolves when the database's clock is past a moment. */
  async passed(moment: Date): Promise<void> {
    await until(async () => (await this.now()) > moment);
  }

  /** A whole second to come, so many beyond the next that leaves time to make a schedule. */
  async secondToCome(more = 0): Promise<Date> {
    return new Date((Math.ceil((await this.now()).getTime() / 1000) + 1 + more) * 1000);
  }

  /** Gives the schedule a moment that is due now, as if it were theirs. Gives the moment. */
  async comeDue(scheduleId: string): Promise<Date> {
    const [[due]] = await this.query<[[{ moment: Date }]]>(
      `UPDATE schedules SET next_moment = date_trunc('milliseconds', clock_timestamp()), due_at = now() WHERE id = $1
       RETURNING next_moment AS moment`,
      [scheduleId],
    );
    return due.moment;
  }

  /** Its fires by their moments. */
  fires(scheduleId: string): Promise<LedgerFire[]> {
    return this.query<LedgerFire[]>(
      `SELECT f.id, f.kind, f.scheduled_for AS "scheduledFor", f.outcome, f.reason, f.fired_at AS "firedAt",
         r.robot_id AS "robotId", r.status, r.started_at AS "startedAt", r.finished_at AS "finishedAt",
         (SELECT coalesce(json_agg(t.inputs::jsonb - 'originUrl' ORDER BY t.ordinal), '[]') FROM tasks t WHERE t.run_id = r.id) AS inputs
       FROM fires f LEFT JOIN runs r ON r.id = f.id AND r.schedule_id = f.schedule_id
       WHERE f.schedule_id = $1 ORDER BY f.scheduled_for, f.id`,
      [scheduleId],
    );
  }

  /** The fire of a moment when it has an outcome. */
  outcomeOf(scheduleId: string, moment: Date): Promise<LedgerFire> {
    return until(async () =>
      (await this.fires(scheduleId)).find(
        ({ scheduledFor, outcome }) => scheduledFor.getTime() === moment.getTime() && outcome !== null,
      ),
    );
  }

  /** Gives the schedule's fires as soon as they are as they should be. */
  firesWhen(scheduleId: string, isSo: (fires: LedgerFire[]) => boolean): Promise<LedgerFire[]> {
    return until(async () => {
      const fires = await this.fires(scheduleId);
      return isSo(fires) && fires;
    });
  }

  /** Resolves when no schedule has a moment left, and none a fire that waits. */
  async allQuiet(): Promise<void> {
    const busy = 'SELECT FROM schedules WHERE next_moment IS NOT NULL OR waiting > 0 LIMIT 1';
    await until(async () => (await this.query<object[]>(busy)).length === 0);
  }

  /** Resolves when no run of any schedule is active. */
  async allEnded(): Promise<void> {
    const active = 'SELECT FROM runs WHERE schedule_id IS NOT NULL AND finished_at IS NULL LIMIT 1';
    await until(async () => (await this.query<object[]>(active)).length === 0);
  }

  /** True while a statement waits for what another has locked. */
  isSomebodyLockedOut(): Promise<boolean> {
    return isSomebodyLockedOut(this.dataSource);
  }

  query<T>(statement: string, values: unknown[] = []): Promise<T> {
    return this.dataSource.query<T>(statement, values);
  }
}

function pathOf(scheduleId: string): string {
  return `/v1/schedules/${prefixed('sch', scheduleId)}`;
}

/** Moments a second apart, the first and the last included. */
export function secondsFrom(first: Date, count: number): Date[] {
  return Array.from({ length: count }, (_, index) => new Date(first.getTime() + index * 1000));
}

/** A trigger whose moments are these seconds. */
export function secondsOf(moments: Date[]): Body {
  return { ...everySecond, startAt: moments[0]?.toISOString(), endAt: moments.at(-1)?.toISOString() };
}
