import type { RecordFilter, Schedule } from '@runnel/contracts';
import { newId, ScheduleListStore, ScheduleStore } from '@runnel/store';
import {
  createSchedule,
  deleteRobot,
  deleteSchedule,
  emptyTarget,
  InvalidInputError,
  KeyReusedError,
  runNow,
  saveFile,
  skipNext,
  updateSchedule,
} from '../src';
import { daily, keyOf, midnight, once, pathsOf, pattern, TestSchedules } from './test-schedules';
import { startTestServices, type TestServices } from './test-services';

let services: TestServices;
let schedules: TestSchedules;

beforeAll(async () => {
  services = await startTestServices();
  schedules = new TestSchedules(services);
});

afterAll(async () => {
  await services.close();
});

describe('a new schedule', () => {
  test('has all that nobody said as usual, its robot’s name, and its next moment', async () => {
    const schedule = await schedules.create();
    expect(schedule).toMatchObject({
      ...{ name: 'Books', type: 'recurring', cron: daily, timezone: 'UTC', runAt: null },
      ...{ maxFires: null, jitterSeconds: 0, overlapPolicy: 'skip', misfirePolicy: 'fire_once' },
      ...{ misfireWindowSeconds: 3600, catchUpMax: 100, pauseAfterFailures: null, maxAttempts: null },
      ...{ target: emptyTarget, executionOptions: {}, pausedAt: null, pausedBy: null, pauseNote: null },
      ...{ waiting: 0, fired: 0, revision: 1, lastRunId: null, lastRunAt: null, fileIds: [] },
      ...{ idempotencyKey: null, fingerprint: null },
    });
    expect(schedule.nextMoment).toEqual(midnight(1));
    expect(schedule.dueAt).toEqual(schedule.nextMoment);
    expect(await schedules.store.find(keyOf(schedule))).toEqual({
      ...schedule,
      ...{ robotName: 'Books', lastRunStatus: null },
    });
  });

  test('keeps all that was said of it', async () => {
    const said = {
      ...{ name: 'Nightly', maxFires: 3, jitterSeconds: 600, overlapPolicy: 'queue_one' as const },
      ...{ misfirePolicy: 'catch_up' as const, misfireWindowSeconds: 60, catchUpMax: 5 },
      ...{ pauseAfterFailures: 2, maxAttempts: 1, executionOptions: { chunkSize: 200 } },
      target: { ...emptyTarget, inputs: { page: 7 }, recordType: 'book' },
    };
    const trigger = pattern('30 2 * * *', {
      timezone: 'Europe/Berlin',
      startAt: midnight(10),
      endAt: midnight(40),
    });
    const schedule = await schedules.create({ ...said, trigger, isPaused: true });
    expect(schedule).toMatchObject({ ...said, ...trigger, pausedBy: 'person' });
    expect(schedule.pausedAt).not.toBeNull();
    const late = schedule.dueAt!.getTime() - schedule.nextMoment!.getTime();
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThanOrEqual(600_000);
    expect(schedule.nextMoment! >= midnight(10)).toBe(true);
  });

  test('of one time has one moment', async () => {
    const runAt = midnight(5);
    expect(await schedules.create({ trigger: once(runAt) })).toMatchObject({
      runAt,
      cron: null,
      nextMoment: runAt,
    });
  });

  test('with faults is told all of them, by the words of the domain', async () => {
    const wrong = schedules.create({
      ...{ trigger: pattern('61 * * * *', { timezone: 'Europe/Bärlin' }), maxFires: 0, jitterSeconds: 3601 },
      ...{ misfireWindowSeconds: -1, catchUpMax: 1.5, pauseAfterFailures: 101, maxAttempts: 21 },
      target: { ...emptyTarget, inputs: { page: 'many' } },
    });
    expect(await pathsOf(wrong)).toEqual([
      ...['maxFires', 'jitterSeconds', 'misfireWindowSeconds', 'catchUpMax', 'pauseAfterFailures'],
      ...['maxAttempts', 'cron', 'timezone', 'target.inputs.page'],
    ]);
    expect(await pathsOf(schedules.create({ trigger: pattern('0 0 30 2 *') }))).toEqual(['cron']);
    expect(await pathsOf(schedules.create({ trigger: once(midnight(-1)) }))).toEqual(['runAt']);
  });

  test('is refused when its robot has nothing published, or its target is not there', async () => {
    const robotId = await schedules.aRobot({ publish: false });
    expect(await pathsOf(schedules.create({ robotId }))).toEqual(['stage']);
    const gone = { ...emptyTarget, fileIds: [newId()] };
    expect(await pathsOf(schedules.create({ target: gone }))).toEqual(['target.fileIds[0]']);
    const records = [{ kind: 'file' as const, fileId: newId(), index: 0, id: 'a' }];
    expect(await pathsOf(schedules.create({ target: { ...emptyTarget, records } }))).toEqual([
      'target.records[0]',
    ]);
  });

  test('keeps each file that its target names once', async () => {
    const bytes = Buffer.from('page\n1\n2\n');
    const file = { name: 'pages.csv', contentType: 'text/csv', kind: 'records' as const, bytes };
    const fileId = (await saveFile(services.dataSource, { spaceId: services.spaceId, ...file }))?.id ?? '';
    const records = [0, 1].map((index) => ({ kind: 'file' as const, fileId, index, id: `f.${index}` }));
    expect(await schedules.create({ target: { ...emptyTarget, records } })).toMatchObject({
      fileIds: [fileId],
    });
    expect(await schedules.create({ target: { ...emptyTarget, fileIds: [fileId] } })).toMatchObject({
      fileIds: [fileId],
    });
  });

  test('may take rows of a robot that has not run yet', async () => {
    const filter: RecordFilter = {
      ...{ robotId: await schedules.aRobot(), list: null, where: [], inputs: {}, id: null, limit: 10 },
    };
    expect(await schedules.create({ target: { ...emptyTarget, recordFilter: filter } })).toMatchObject({
      target: { recordFilter: filter },
    });
  });

  test('of a robot that is not there is none', async () => {
    const { deps, spaceId } = services;
    const given = { trigger: pattern(daily), asked: {}, idempotencyKey: null };
    expect(await createSchedule(deps, { ...given, spaceId, robotId: newId() })).toBeNull();
    expect(
      await createSchedule(deps, { ...given, spaceId: newId(), robotId: await schedules.aRobot() }),
    ).toBeNull();
  });
});

describe('an idempotency key', () => {
  test('finds the schedule that it made, also when it is sent many times at once', async () => {
    const { deps, spaceId } = services;
    const robotId = await schedules.aRobot();
    const given = { spaceId, robotId, trigger: pattern(daily), idempotencyKey: 'many' };
    const asked = { robotId, inputs: { page: 1 } };
    const all = await Promise.all(Array.from({ length: 4 }, () => createSchedule(deps, { ...given, asked })));
    expect(new Set(all.map((made) => made?.schedule.id)).size).toBe(1);
    expect(all.filter((made) => made?.isReplayed === false)).toHaveLength(1);
    const other = createSchedule(deps, { ...given, asked: { robotId, inputs: { page: 2 } } });
    await expect(other).rejects.toThrow(KeyReusedError);
    await expect(other).rejects.toMatchObject({ faults: [{ path: 'inputs.page' }] });
  });
});

describe('an edit', () => {
  test('leaves the next moment where it is, unless the trigger is another', async () => {
    const schedule = await schedules.create();
    // It is due, and nobody has looked yet.
    await schedules.query('UPDATE schedules SET next_moment = $2, due_at = $2 WHERE id = $1', [
      schedule.id,
      midnight(0),
    ]);
    const renamed = await schedules.edit(schedule, {
      name: 'Other',
      target: { ...emptyTarget, inputs: { page: 3 } },
    });
    expect(renamed).toMatchObject({ name: 'Other', nextMoment: midnight(0), revision: 2 });
    expect(renamed.target.inputs).toEqual({ page: 3 });
    expect(await schedules.edit(schedule, { trigger: pattern(daily) })).toMatchObject({
      nextMoment: midnight(0),
    });
    const limited = await schedules.edit(schedule, { maxFires: 5, jitterSeconds: 60 });
    expect(limited.nextMoment).toEqual(midnight(0));
    expect(limited.dueAt!.getTime() - midnight(0).getTime()).toBeLessThanOrEqual(60_000);
    const yearly = await schedules.edit(schedule, { trigger: pattern('0 0 1 1 *') });
    expect(yearly.nextMoment).toEqual(new Date(Date.UTC(new Date().getUTCFullYear() + 1, 0, 1)));
  });

  test('that makes it one of one time clears its pattern and its bounds, and the reverse', async () => {
    const schedule = await schedules.create({ trigger: pattern(daily, { endAt: midnight(3) }) });
    const single = await schedules.edit(schedule, {
      trigger: { ...schedule, type: 'one_time', runAt: midnight(50) },
    });
    expect(single).toMatchObject({ type: 'one_time', cron: null, endAt: null, nextMoment: midnight(50) });
    const again = await schedules.edit(schedule, { trigger: { ...single, type: 'recurring', cron: daily } });
    expect(again).toMatchObject({ runAt: null, nextMoment: midnight(1) });
  });

  test('with faults is refused, and changes nothing', async () => {
    const schedule = await schedules.create();
    const change = { trigger: pattern('x'), catchUpMax: 0, target: { ...emptyTarget, fileIds: [newId()] } };
    expect(await pathsOf(schedules.edit(schedule, change))).toEqual([
      'catchUpMax',
      'cron',
      'target.fileIds[0]',
    ]);
    expect(await pathsOf(schedules.edit(schedule, { robotId: newId() }))).toEqual(['robotId']);
    expect(
      await pathsOf(schedules.edit(schedule, { robotId: await schedules.aRobot({ publish: false }) })),
    ).toEqual(['stage']);
    expect(await schedules.read(schedule)).toMatchObject({ revision: 1, catchUpMax: 100 });
  });

  test('of other parts goes in when its moment has passed, or what it starts is gone', async () => {
    const schedule = await schedules.create({ trigger: once(midnight(1)) });
    await schedules.query(
      'UPDATE schedules SET run_at = $2, next_moment = NULL, due_at = NULL WHERE id = $1',
      [...[schedule.id, midnight(-1)]],
    );
    await schedules.query('UPDATE robots SET published_version = NULL WHERE id = $1', [schedule.robotId]);
    expect(await schedules.edit(schedule, { name: 'Past', jitterSeconds: 5 })).toMatchObject({
      ...{ name: 'Past', nextMoment: null },
    });
  });

  test('lets a schedule whose count is spent go on with a higher one', async () => {
    const schedule = await schedules.create({ maxFires: 2 });
    await schedules.query('UPDATE schedules SET fired = 2, next_moment = NULL, due_at = NULL WHERE id = $1', [
      schedule.id,
    ]);
    expect(await schedules.edit(schedule, { name: 'Spent' })).toMatchObject({ nextMoment: null });
    expect(await schedules.edit(schedule, { maxFires: 3 })).toMatchObject({
      nextMoment: midnight(1),
      fired: 2,
    });
    expect(await schedules.edit(schedule, { maxFires: 1 })).toMatchObject({ nextMoment: null, dueAt: null });
    expect(await schedules.edit(schedule, { maxFires: null })).toMatchObject({ nextMoment: midnight(1) });
  });

  test('may give it another robot, with that one’s name', async () => {
    const schedule = await schedules.create();
    const robotId = await schedules.aRobot({ name: 'Films' });
    expect(await schedules.edit(schedule, { robotId, name: null })).toMatchObject({ robotId, name: 'Films' });
    expect(await schedules.store.find(keyOf(schedule))).toMatchObject({ robotName: 'Films' });
  });

  test('of what is undefined says nothing', async () => {
    const schedule = await schedules.create({ catchUpMax: 7 });
    const change = { name: undefined, catchUpMax: undefined } as object;
    expect(await schedules.edit(schedule, change)).toMatchObject({ name: 'Books', catchUpMax: 7 });
  });

  test('by many at once loses none of them', async () => {
    const schedule = await schedules.create();
    const [one, other] = [await schedules.aRobot({ name: 'One' }), await schedules.aRobot({ name: 'Other' })];
    await Promise.all([
      ...[schedules.edit(schedule, { catchUpMax: 5 }), schedules.edit(schedule, { jitterSeconds: 9 })],
      ...[schedules.edit(schedule, { robotId: one }), schedules.edit(schedule, { robotId: other })],
      ...[
        schedules.edit(schedule, { target: { ...emptyTarget, inputs: { page: 1 } } }),
        schedules.edit(schedule, { isPaused: true }),
      ],
    ]);
    expect(await schedules.read(schedule)).toMatchObject({
      ...{ catchUpMax: 5, jitterSeconds: 9, revision: 7, pausedBy: 'person' },
      target: { inputs: { page: 1 } },
    });
  });

  test('waits for whoever fires the schedule, and keeps what he wrote', async () => {
    const schedule = await schedules.create();
    const editing: Promise<Schedule>[] = [];
    await services.dataSource.transaction(async (manager) => {
      await new ScheduleStore(manager).lock(keyOf(schedule));
      const edit = schedules.edit(schedule, { catchUpMax: 2 });
      editing.push(edit);
      expect(await services.isLockedOut(edit)).toBe(true);
      const fired = 'UPDATE schedules SET fired = 4, next_moment = $2, due_at = $2 WHERE id = $1';
      await manager.query(fired, [schedule.id, midnight(2)]);
    });
    const [edited] = await Promise.all(editing);
    expect(edited).toMatchObject({ fired: 4, catchUpMax: 2, nextMoment: midnight(2) });
  });

  test('of a schedule that is not there is none', async () => {
    const { deps, spaceId } = services;
    const { id } = await schedules.create();
    expect(await updateSchedule(deps, { spaceId, scheduleId: newId() }, () => ({ name: 'x' }))).toBeNull();
    expect(
      await updateSchedule(deps, { spaceId: newId(), scheduleId: id }, () => ({ name: 'x' })),
    ).toBeNull();
  });
});

describe('a schedule that is deleted', () => {
  test('is gone with its fires, and its runs go on', async () => {
    const { deps } = services;
    const schedule = await schedules.create();
    const started = await runNow(deps, {
      key: keyOf(schedule),
      asked: {},
      overlapPolicy: null,
      idempotencyKey: null,
    });
    await schedules.wait(schedule);
    expect(await schedules.store.find(keyOf(schedule))).toMatchObject({ lastRunStatus: 'queued' });
    expect(await deleteSchedule(deps, { ...keyOf(schedule), spaceId: newId() })).toBe(false);
    expect(await deleteSchedule(deps, keyOf(schedule))).toBe(true);
    expect(await deleteSchedule(deps, keyOf(schedule))).toBe(false);
    expect(await schedules.firesOf(schedule)).toEqual([]);
    expect(await schedules.query('SELECT status FROM runs WHERE id = $1', [started?.run.id])).toEqual([
      { status: 'queued' },
    ]);
  });

  test('is so with its robot, whoever edits or makes one of it at that moment', async () => {
    const { deps, dataSource, spaceId } = services;
    for (let time = 0; time < 5; time += 1) {
      const robotId = await schedules.aRobot();
      const [schedule, mover] = [await schedules.create({ robotId }), await schedules.create()];
      const given = { spaceId, robotId, trigger: pattern(daily), asked: {}, idempotencyKey: null };
      const [deleted, ...others] = await Promise.allSettled([
        deleteRobot(dataSource, spaceId, robotId),
        ...[updateSchedule(deps, keyOf(schedule), () => ({ name: 'x' })), createSchedule(deps, given)],
        ...[updateSchedule(deps, keyOf(mover), () => ({ robotId })), skipNext(deps, keyOf(schedule), null)],
      ]);
      expect(deleted).toMatchObject({ status: 'fulfilled', value: true });
      for (const each of others) {
        if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(InvalidInputError);
      }
      const left = await new ScheduleListStore(dataSource.manager).count(spaceId, { search: null, robotId });
      expect(left).toBe(0);
    }
  });
});
