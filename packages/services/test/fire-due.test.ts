import type { Schedule, Trigger } from '@runnel/contracts';
import { endTasks, ScheduleStore } from '@runnel/store';
import { aDefinition } from '@runnel/testing';
import {
  backfillSchedule,
  createRobot,
  createSchedule,
  fireDue,
  pauseSchedule,
  resumeSchedule,
  runNow,
  saveFile,
  ScheduleBusyError,
  updateSchedule,
} from '../src';
import { startTestServices, type TestServices } from './test-services';

interface ToldFire {
  id: string;
  kind: string;
  moment: Date;
  outcome: string | null;
  reason: string | null;
  status: string | null;
}

const hourly: Trigger = {
  type: 'recurring',
  cron: '0 * * * *',
  timezone: 'UTC',
  runAt: null,
  startAt: null,
  endAt: null,
};

/** What is due fires, in Postgres, whoever looks and however often. */
describe('firing what is due', () => {
  let services: TestServices;
  let robotId: string;
  const errors: unknown[] = [];

  beforeAll(async () => {
    services = await startTestServices();
    const inputs = [{ name: 'page', type: 'string', required: false }];
    const given = {
      spaceId: services.spaceId,
      name: 'R',
      definition: aDefinition({ inputs }),
      publish: true,
      domains: null,
    };
    robotId = (await createRobot(services.deps, given)).id;
  });

  afterEach(async () => {
    await query('DELETE FROM schedules');
    await query(`UPDATE runs SET status = 'aborted', finished_at = now() WHERE finished_at IS NULL`);
    await query(`UPDATE tasks SET status = 'aborted', finished_at = now() WHERE finished_at IS NULL`);
    expect(errors.splice(0)).toEqual([]);
  });

  afterAll(() => services.close());

  const query = <T = unknown>(sql: string, values: unknown[] = []): Promise<T[]> =>
    services.dataSource.query(sql, values);
  const fire = () => fireDue({ ...services.deps, onError: (error) => errors.push(error) });

  /** A schedule whose moments are the whole hours; `hours` of them are due. */
  const aSchedule = async (parts: object = {}, hours = 1): Promise<Schedule> => {
    const made = await createSchedule(services.deps, {
      spaceId: services.spaceId,
      robotId,
      trigger: hourly,
      asked: {},
      idempotencyKey: null,
      ...parts,
    });
    if (!made) throw new Error('no robot');
    await come(made.schedule, hours);
    return made.schedule;
  };
  /** The last so many whole hours are due; of these all but the newest are missed, and it as well: it is an hour old. */
  const come = ({ id }: Schedule, hours: number): Promise<unknown> =>
    query(
      `UPDATE schedules SET next_moment = date_trunc('hour', now()) - $2 * interval '1 hour',
         due_at = date_trunc('hour', now()) - $2 * interval '1 hour', end_at = date_trunc('hour', now()) - interval '1 hour',
         misfire_window_seconds = 604800 WHERE id = $1`,
      [id, hours],
    );
  /** The same moments again, as of another day. */
  const comeNow = ({ id }: Schedule): Promise<unknown> =>
    query(
      `UPDATE schedules SET next_moment = date_trunc('second', clock_timestamp()), end_at = NULL,
         due_at = date_trunc('second', clock_timestamp()) WHERE id = $1`,
      [id],
    );
  const fires = ({ id }: Schedule): Promise<ToldFire[]> =>
    query(
      `SELECT f.id, f.kind, f.scheduled_for AS moment, f.outcome, f.reason, r.status FROM fires f
       LEFT JOIN runs r ON r.id = f.id WHERE f.schedule_id = $1 ORDER BY f.scheduled_for, f.id`,
      [id],
    );
  /** What it has fired was a day before. */
  const earlier = ({ id }: Schedule): Promise<unknown> =>
    query(`UPDATE fires SET scheduled_for = scheduled_for - interval '1 day' WHERE schedule_id = $1`, [id]);
  const stateOf = ({ id }: Schedule) =>
    new ScheduleStore(services.dataSource.manager).find({ spaceId: services.spaceId, scheduleId: id });
  const outcomes = async (schedule: Schedule) => (await fires(schedule)).map(({ outcome }) => outcome);
  const endRuns = async (schedule: Schedule, status: 'succeeded' | 'failed'): Promise<void> => {
    const active = '(SELECT id FROM runs WHERE schedule_id = $1 AND finished_at IS NULL)';
    await query(`UPDATE tasks SET status = 'running', attempt = 1 WHERE run_id IN ${active}`, [schedule.id]);
    await query(`UPDATE runs SET status = 'running' WHERE id IN ${active}`, [schedule.id]);
    const tasks = await query<{ id: string }>(`SELECT id FROM tasks WHERE run_id IN ${active}`, [
      schedule.id,
    ]);
    for (const { id } of tasks) {
      await endTasks(services.dataSource, { taskId: id, attempt: 1 }, { status, failure: null });
    }
  };

  test('starts a run with the id of its fire, its schedule and its inputs', async () => {
    const target = {
      inputs: { page: 'tea' },
      recordType: null,
      records: [],
      fileIds: [],
      recordFilter: null,
    };
    const schedule = await aSchedule({ target });
    expect(await fire()).toMatchObject({ due: 1, started: 1 });
    const [fired] = await fires(schedule);
    expect(fired).toMatchObject({ kind: 'catch_up', outcome: 'started', reason: null, status: 'queued' });
    const [run] = await query(
      `SELECT r.id, r.origin, r.schedule_id AS "scheduleId", t.inputs FROM runs r JOIN tasks t ON t.run_id = r.id
       WHERE r.schedule_id = $1`,
      [schedule.id],
    );
    expect(run).toMatchObject({
      id: fired?.id,
      origin: 'schedule',
      scheduleId: schedule.id,
      inputs: { page: 'tea' },
    });
    const key = { spaceId: services.spaceId, scheduleId: schedule.id };
    const after = await new ScheduleStore(services.dataSource.manager).find(key);
    expect(after).toMatchObject({ lastRunId: fired?.id, nextMoment: null, fired: 1 });
  });

  test('fires each moment once, however many look at once', async () => {
    const schedules = await Promise.all(
      Array.from({ length: 12 }, () => aSchedule({ misfirePolicy: 'catch_up', overlapPolicy: 'allow' }, 5)),
    );
    while ((await Promise.all([fire(), fire(), fire()])).some(({ due }) => due > 0));
    for (const schedule of schedules) {
      expect(await outcomes(schedule)).toEqual(Array.from({ length: 5 }, () => 'started'));
    }
    const [runs] = await query('SELECT count(*)::int AS count FROM runs WHERE finished_at IS NULL');
    expect(runs).toEqual({ count: 60 });
  });

  test.each([
    ['skip', 0],
    ['fire_once', 1],
    ['catch_up', 10],
  ])('with %s, of ten missed moments %d start', async (misfirePolicy, count) => {
    const schedule = await aSchedule({ misfirePolicy }, 10);
    for (let round = 0; round < 12; round += 1) {
      await fire();
      await endRuns(schedule, 'succeeded');
    }
    const all = await outcomes(schedule);
    expect(all).toHaveLength(10);
    expect(all.filter((outcome) => outcome === 'started')).toHaveLength(count);
    expect(all.filter((outcome) => outcome === 'skipped_misfire')).toHaveLength(10 - count);
  });

  test('what waits starts when the run before it has ended', async () => {
    const schedule = await aSchedule({ misfirePolicy: 'catch_up' }, 3);
    await fire();
    expect(await outcomes(schedule)).toEqual(['started', null, null]);
    expect(await fire()).toMatchObject({ due: 0 });
    await endRuns(schedule, 'succeeded');
    await fire();
    expect(await outcomes(schedule)).toEqual(['started', 'started', null]);
  });

  test('a moment cancels the run before it, and starts when that has ended', async () => {
    const schedule = await aSchedule({ overlapPolicy: 'cancel_previous' }, 0);
    await comeNow(schedule);
    await fire();
    await earlier(schedule);
    await comeNow(schedule);
    await fire();
    expect((await fires(schedule))[0]?.reason).toBe('a later moment took the place of its run');
    // Nobody had begun the first run: it ends at once.
    expect((await fires(schedule)).map(({ outcome, status }) => [outcome, status])).toEqual([
      ['started', 'aborted'],
      [null, null],
    ]);
    await fire();
    expect(await outcomes(schedule)).toEqual(['started', 'started']);
  });

  test('what cannot start is told with its reason, and the schedule goes on', async () => {
    const wrong = await aSchedule();
    await query(
      `UPDATE schedules SET target = jsonb_set(target::jsonb, '{fileIds}', $2::jsonb) WHERE id = $1`,
      [wrong.id, JSON.stringify([wrong.id])],
    );
    const right = await aSchedule();
    await fire();
    expect(await fires(wrong)).toMatchObject([
      { outcome: 'error', reason: 'The body is not right: fileIds[0] there is no such file' },
    ]);
    expect(await outcomes(right)).toEqual(['started']);
  });

  describe('what reads files first', () => {
    const slowOne = async (): Promise<Schedule> => {
      const bytes = Buffer.from('[{"page":"green"},{"page":"black"}]');
      const file = { spaceId: services.spaceId, name: 'teas.json', contentType: 'application/json', bytes };
      const id = (await saveFile(services.dataSource, { ...file, kind: 'records' }))?.id ?? '';
      const target = { inputs: {}, recordType: 'tea', records: [], fileIds: [id], recordFilter: null };
      return aSchedule({ target });
    };

    test('is done aside, and nobody waits for it', async () => {
      const [slow, quick] = [await slowOne(), await aSchedule()];
      const put: (() => Promise<void>)[] = [];
      const aside = (work: () => Promise<void>) => put.push(work);
      await fireDue({ ...services.deps, onError: (error) => errors.push(error), aside });
      expect([await outcomes(slow), await outcomes(quick)]).toEqual([[], ['started']]);
      await put[0]?.();
      expect(await outcomes(slow)).toEqual(['started']);
      const named = `SELECT record->>'type' AS type FROM tasks t JOIN runs r ON r.id = t.run_id WHERE schedule_id = $1`;
      expect(await query(named, [slow.id])).toEqual([{ type: 'tea' }, { type: 'tea' }]);
    });

    test('keeps no other from its turn, however many they are', async () => {
      const slow = await slowOne();
      await query(
        `INSERT INTO schedules SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid()))).*
         FROM schedules s, generate_series(1, 300) WHERE s.id = $1`,
        [slow.id],
      );
      const quick = await aSchedule();
      await fireDue({ ...services.deps, onError: (error) => errors.push(error), aside: () => undefined });
      expect(await outcomes(quick)).toEqual(['started']);
    });
  });

  test('where a space has no room for all, a large run takes none from the small ones', async () => {
    const record = { kind: 'given', id: null, name: null, inputs: {} };
    const records = Array.from({ length: 19 }, () => record);
    const target = { inputs: {}, recordType: null, fileIds: [], recordFilter: null };
    const large = await aSchedule({ target: { ...target, records } });
    const small = [await aSchedule(), await aSchedule()];
    const also = await aSchedule({ target: { ...target, records: records.slice(0, 17) } });
    await query('UPDATE spaces SET max_queued = 18');
    await fire();
    await query('UPDATE spaces SET max_queued = 10000');
    expect(await Promise.all(small.map(outcomes))).toEqual([['started'], ['started']]);
    const reason =
      'The run is too large for this space: records make 19 tasks; of this space 18 may wait at a time';
    expect(await fires(large)).toMatchObject([{ outcome: 'error', reason }]);
    const full = '2 tasks of this space wait already, and 18 may: there is no room for 17 more now';
    expect(await fires(also)).toMatchObject([{ outcome: 'error', reason: full }]);
  });

  test('the limit of a schedule counts what started, and nothing else', async () => {
    const schedule = await aSchedule({ maxFires: 2, overlapPolicy: 'queue_one' }, 0);
    const fired = async () => (await stateOf(schedule))?.fired;
    await query('UPDATE spaces SET max_queued = 0');
    await comeNow(schedule);
    await fire();
    await query('UPDATE spaces SET max_queued = 10000');
    expect([await outcomes(schedule), await fired()]).toEqual([['error'], 0]);
    for (const outcome of ['started', null]) {
      await earlier(schedule);
      await comeNow(schedule);
      await fire();
      expect((await outcomes(schedule)).at(-1)).toBe(outcome);
    }
    await pauseSchedule(services.deps, { spaceId: services.spaceId, scheduleId: schedule.id }, null);
    expect(await stateOf(schedule)).toMatchObject({ fired: 1, nextMoment: expect.any(Date) });
    await resumeSchedule(services.deps, { spaceId: services.spaceId, scheduleId: schedule.id });
    await endRuns(schedule, 'succeeded');
    await earlier(schedule);
    await comeNow(schedule);
    await fire();
    expect(await stateOf(schedule)).toMatchObject({ fired: 2, nextMoment: null });
  });

  test('after hours without a scheduler each schedule of every second fires, and what was missed is told', async () => {
    const many = await Promise.all(
      Array.from({ length: 30 }, () => aSchedule({ trigger: { ...hourly, cron: '* * * * * *' } }, 4)),
    );
    while ((await fire()).due > 0);
    for (const schedule of many) {
      const told = await fires(schedule);
      expect(told.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
      expect(told[0]?.reason).toMatch(/so it was for all moments from this one to before/);
    }
  });

  test('after failures in a row it pauses, with a note; what was aborted does not count', async () => {
    const schedule = await aSchedule({ pauseAfterFailures: 2 });
    for (const end of ['failed', 'abort', 'failed'] as const) {
      await fire();
      if (end === 'abort')
        await query(`UPDATE runs SET status = 'aborted', finished_at = now() WHERE finished_at IS NULL`);
      else await endRuns(schedule, end);
      await comeNow(schedule);
      await earlier(schedule);
    }
    await fire();
    expect(await outcomes(schedule)).toEqual(['started', 'started', 'started', 'skipped_paused']);
    const key = { spaceId: services.spaceId, scheduleId: schedule.id };
    expect(await new ScheduleStore(services.dataSource.manager).find(key)).toMatchObject({
      pausedBy: 'failures',
      pauseNote: 'the last 2 runs failed',
    });
  });

  test('one that cannot be fired at all does not hold up the others, and goes on', async () => {
    const broken = await aSchedule();
    const right = await aSchedule();
    const [{ moment }] = (await query('SELECT next_moment AS moment FROM schedules WHERE id = $1', [
      broken.id,
    ])) as [{ moment: Date }];
    // A moment has one fire: this one has it already.
    await query(
      `INSERT INTO fires (id, space_id, schedule_id, kind, scheduled_for, outcome, fired_at)
       VALUES (gen_random_uuid(), $1, $2, 'cron', $3, 'started', now())`,
      [services.spaceId, broken.id, moment],
    );
    await fire();
    expect(await outcomes(right)).toEqual(['started']);
    expect(await outcomes(broken)).toEqual(['started']);
    expect(errors.splice(0).map(String)).toEqual([expect.stringContaining('fires_moment')]);
    expect(await fire()).toMatchObject({ due: 0 });
  });

  test('what waits and cannot start takes no other moment with it', async () => {
    const schedule = await aSchedule({}, 0);
    const key = { spaceId: services.spaceId, scheduleId: schedule.id };
    const toCome = `date_trunc('hour', now()) + interval '1 hour'`;
    const moved = `UPDATE schedules SET next_moment = ${toCome}, due_at = ${toCome}, end_at = NULL WHERE id = $1`;
    await query(moved, [schedule.id]);
    const at = new Date(Date.now() - 7_200_000);
    await backfillSchedule(services.deps, key, { from: at, until: new Date(Date.now() - 60_000) });
    const before = await stateOf(schedule);
    await query(`ALTER TABLE runs ADD CONSTRAINT refused CHECK (schedule_id IS NULL) NOT VALID`);
    await fire();
    await query('ALTER TABLE runs DROP CONSTRAINT refused');
    expect(errors.splice(0)).toHaveLength(1);
    expect(new Set(await outcomes(schedule))).toEqual(new Set(['error']));
    const again = await backfillSchedule(services.deps, key, {
      from: at,
      until: new Date(Date.now() - 60_000),
    });
    expect(again?.added).toBe(again?.moments);
    await pauseSchedule(services.deps, key, null);
    expect(await stateOf(schedule)).toMatchObject({ waiting: 0, nextMoment: before?.nextMoment });
  });

  test('one whose zone is not known here pauses, and the others go on', async () => {
    const [lost, right] = [await aSchedule(), await aSchedule()];
    await query(`UPDATE schedules SET timezone = 'Atlantis/Capital', end_at = NULL WHERE id = $1`, [lost.id]);
    await fire();
    expect(errors.splice(0)).toHaveLength(1);
    expect(await outcomes(right)).toEqual(['started']);
    expect(await stateOf(lost)).toMatchObject({ nextMoment: null, pausedBy: 'failures' });
    const key = { spaceId: services.spaceId, scheduleId: lost.id };
    const refused = await resumeSchedule(services.deps, key).catch((error: unknown) => error);
    expect(refused).toMatchObject({ faults: [{ path: 'timezone' }] });
    await query(`UPDATE schedules SET timezone = 'UTC' WHERE id = $1`, [lost.id]);
    const resumed = await resumeSchedule(services.deps, key);
    expect(resumed).toMatchObject({ pausedAt: null, nextMoment: expect.any(Date) });
  });

  test('an edit between the look and the lock is seen', async () => {
    const schedule = await aSchedule();
    const key = { spaceId: services.spaceId, scheduleId: schedule.id };
    // Whoever edits has the row; the look passes over it.
    await services.dataSource.transaction(async (manager) => {
      await new ScheduleStore(manager).lock(key);
      expect(await fire()).toMatchObject({ due: 1, started: 0 });
    });
    const target = {
      inputs: { page: 'new' },
      recordType: null,
      records: [],
      fileIds: [],
      recordFilter: null,
    };
    await updateSchedule(services.deps, key, () => ({ target }));
    await fire();
    const [task] = await query(
      'SELECT t.inputs FROM tasks t JOIN runs r ON r.id = t.run_id WHERE r.schedule_id = $1',
      [schedule.id],
    );
    expect(task).toMatchObject({ inputs: { page: 'new' } });
  });

  describe('by hand', () => {
    const press = (schedule: Schedule, parts: object = {}) =>
      runNow(services.deps, {
        key: { spaceId: services.spaceId, scheduleId: schedule.id },
        ...{ asked: {}, overlapPolicy: null, idempotencyKey: null },
        ...parts,
      });

    test('it starts beside its moments, and is noted', async () => {
      const schedule = await aSchedule({}, 0);
      const started = await press(schedule);
      expect(await fires(schedule)).toMatchObject([
        { id: started?.run.id, kind: 'manual', outcome: 'started' },
      ]);
    });

    test('pressed twice at once with one key it starts one run', async () => {
      const schedule = await aSchedule({}, 0);
      const both = await Promise.all([1, 2].map(() => press(schedule, { idempotencyKey: 'pressed' })));
      expect(new Set(both.map((started) => started?.run.id)).size).toBe(1);
      expect(both.map((started) => started?.isReplayed).sort()).toEqual([false, true]);
      expect(await fires(schedule)).toHaveLength(1);
    });

    test('it keeps to the overlap policy, or to the one it is given', async () => {
      const schedule = await aSchedule({}, 0);
      const first = await press(schedule);
      await expect(press(schedule)).rejects.toThrow(ScheduleBusyError);
      await press(schedule, { overlapPolicy: 'allow' });
      await press(schedule, { overlapPolicy: 'cancel_previous' });
      const told = await fires(schedule);
      expect(told.map(({ status }) => status).sort()).toEqual(['aborted', 'aborted', 'queued']);
      expect(told.find(({ id }) => id === first?.run.id)?.status).toBe('aborted');
    });

    test('it takes the place of a moment that waits as well', async () => {
      const schedule = await aSchedule({ overlapPolicy: 'cancel_previous' });
      await fire();
      await query(
        `UPDATE tasks SET status = 'running' WHERE run_id IN (SELECT id FROM runs WHERE schedule_id = $1)`,
        [schedule.id],
      );
      await comeNow(schedule);
      await fire();
      expect((await outcomes(schedule)).at(-1)).toBeNull();
      const started = await press(schedule);
      expect(await outcomes(schedule)).toEqual(['started', 'skipped_overlap', 'started']);
      await fire();
      expect((await fires(schedule)).find(({ id }) => id === started?.run.id)?.status).toBe('queued');
    });

    test('of those pressed at once without a key one starts', async () => {
      const schedule = await aSchedule({}, 0);
      const pressed = await Promise.allSettled([press(schedule), press(schedule), press(schedule)]);
      expect(pressed.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    });
  });
});
