import type { Fire, RecordFilter, Schedule, ScheduleTarget, Trigger } from '@runnel/contracts';
import { newId, ScheduleStore } from '@runnel/store';
import { aDocument } from '@runnel/testing';
import {
  AnotherMomentError,
  backfillSchedule,
  createRobot,
  createSchedule,
  deleteRobot,
  deleteSchedule,
  InvalidInputError,
  KeyReusedError,
  NothingToSkipError,
  pauseSchedule,
  pauseSchedules,
  resumeSchedule,
  resumeSchedules,
  runNow,
  saveFile,
  SchedulePausedError,
  skipNext,
  updateSchedule,
  type NewSchedule,
} from '../src';
import { startTestServices, type TestServices } from './test-services';

let services: TestServices;

beforeAll(async () => {
  services = await startTestServices();
});

afterAll(async () => {
  await services.close();
});

const pattern = (cron: string, parts: Partial<Trigger> = {}): Trigger => ({
  ...{ type: 'recurring', cron, timezone: 'UTC', runAt: null, startAt: null, endAt: null },
  ...parts,
});
const daily = '0 0 * * *';
const once = (runAt: Date): Trigger => ({ ...pattern(''), type: 'one_time', cron: null, runAt });
const emptyTarget: ScheduleTarget = {
  ...{ inputs: {}, recordType: null, records: [], fileIds: [], recordFilter: null },
};
const store = () => new ScheduleStore(services.dataSource.manager);
const keyOf = ({ id, spaceId }: Pick<Schedule, 'id' | 'spaceId'>) => ({ spaceId, scheduleId: id });
const query = <T>(statement: string, values: unknown[]): Promise<T[]> =>
  services.dataSource.query(statement, values);
const dayMs = 86_400_000;
/** A midnight: 0 is the last, 1 the next. */
const midnight = (shift: number) => new Date((Math.floor(Date.now() / dayMs) + shift) * dayMs);

async function aRobot(
  parts: { name?: string; publish?: boolean; definition?: object } = {},
): Promise<string> {
  const { dataSource, spaceId } = services;
  const definition = aDocument({ inputs: [{ name: 'page', type: 'number', required: false }] });
  const robot = { spaceId, name: 'Books', publish: true, definition, ...parts };
  return (await createRobot(dataSource, robot)).id;
}

async function create(parts: Partial<NewSchedule> = {}): Promise<Schedule> {
  const { deps, spaceId } = services;
  const robotId = parts.robotId ?? (await aRobot());
  const given = { spaceId, trigger: pattern(daily), asked: {}, idempotencyKey: null };
  const made = await createSchedule(deps, { ...given, ...parts, robotId });
  if (!made) throw new Error('there is no such robot');
  return made.schedule;
}

async function edit(schedule: Schedule, change: Partial<NewSchedule>): Promise<Schedule> {
  const saved = await updateSchedule(services.deps, keyOf(schedule), () => change);
  if (!saved) throw new Error('there is no such schedule');
  return saved;
}

async function read(schedule: Schedule): Promise<Schedule> {
  const found = await store().find(keyOf(schedule));
  if (!found) throw new Error('there is no such schedule');
  return found;
}

/** As the tick leaves a moment that waits for a run to end. */
async function wait({ id, spaceId }: Schedule, kind: Fire['kind'] = 'cron'): Promise<void> {
  await query(
    `INSERT INTO fires (id, space_id, schedule_id, kind, scheduled_for) VALUES ($1, $2, $3, $4, now())`,
    [newId(), spaceId, id, kind],
  );
  await query('UPDATE schedules SET waiting = waiting + 1 WHERE id = $1', [id]);
}

const firesOf = ({ id }: Schedule) =>
  query<Pick<Fire, 'kind' | 'scheduledFor' | 'outcome' | 'reason'>>(
    `SELECT kind, scheduled_for AS "scheduledFor", outcome, reason FROM fires WHERE schedule_id = $1 ORDER BY id`,
    [id],
  );

async function pathsOf(refused: Promise<unknown>): Promise<string[]> {
  const error = await refused.catch((thrown: unknown) => thrown);
  if (error instanceof InvalidInputError) return error.faults.map(({ path }) => path);
  throw error ?? new Error('it was not refused');
}

describe('a new schedule', () => {
  test('has all that nobody said as usual, its robot’s name, and its next moment', async () => {
    const schedule = await create();
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
    expect(await store().find(keyOf(schedule))).toEqual({
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
    const schedule = await create({ ...said, trigger, isPaused: true });
    expect(schedule).toMatchObject({ ...said, ...trigger, pausedBy: 'person' });
    expect(schedule.pausedAt).not.toBeNull();
    const late = schedule.dueAt!.getTime() - schedule.nextMoment!.getTime();
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThanOrEqual(600_000);
    expect(schedule.nextMoment! >= midnight(10)).toBe(true);
  });

  test('of one time has one moment', async () => {
    const runAt = midnight(5);
    expect(await create({ trigger: once(runAt) })).toMatchObject({ runAt, cron: null, nextMoment: runAt });
  });

  test('with faults is told all of them, by the words of the domain', async () => {
    const wrong = create({
      ...{ trigger: pattern('61 * * * *', { timezone: 'Europe/Bärlin' }), maxFires: 0, jitterSeconds: 3601 },
      ...{ misfireWindowSeconds: -1, catchUpMax: 1.5, pauseAfterFailures: 101, maxAttempts: 21 },
      target: { ...emptyTarget, inputs: { page: 'many' } },
    });
    expect(await pathsOf(wrong)).toEqual([
      ...['maxFires', 'jitterSeconds', 'misfireWindowSeconds', 'catchUpMax', 'pauseAfterFailures'],
      ...['maxAttempts', 'cron', 'timezone', 'target.inputs.page'],
    ]);
    expect(await pathsOf(create({ trigger: pattern('0 0 30 2 *') }))).toEqual(['cron']);
    expect(await pathsOf(create({ trigger: once(midnight(-1)) }))).toEqual(['runAt']);
  });

  test('is refused when its robot has nothing published, or its target is not there', async () => {
    const robotId = await aRobot({ publish: false });
    expect(await pathsOf(create({ robotId }))).toEqual(['stage']);
    const gone = { ...emptyTarget, fileIds: [newId()] };
    expect(await pathsOf(create({ target: gone }))).toEqual(['target.fileIds[0]']);
    const records = [{ kind: 'file' as const, fileId: newId(), index: 0, id: 'a' }];
    expect(await pathsOf(create({ target: { ...emptyTarget, records } }))).toEqual(['target.records[0]']);
  });

  test('keeps each file that its target names once', async () => {
    const bytes = Buffer.from('page\n1\n2\n');
    const file = { name: 'pages.csv', contentType: 'text/csv', kind: 'records' as const, bytes };
    const fileId = (await saveFile(services.dataSource, { spaceId: services.spaceId, ...file }))?.id ?? '';
    const records = [0, 1].map((index) => ({ kind: 'file' as const, fileId, index, id: `f.${index}` }));
    expect(await create({ target: { ...emptyTarget, records } })).toMatchObject({ fileIds: [fileId] });
    expect(await create({ target: { ...emptyTarget, fileIds: [fileId] } })).toMatchObject({
      fileIds: [fileId],
    });
  });

  test('may take rows of a robot that has not run yet', async () => {
    const filter: RecordFilter = {
      ...{ robotId: await aRobot(), list: null, where: [], inputs: {}, id: null, limit: 10 },
    };
    expect(await create({ target: { ...emptyTarget, recordFilter: filter } })).toMatchObject({
      target: { recordFilter: filter },
    });
  });

  test('of a robot that is not there is none', async () => {
    const { deps, spaceId } = services;
    const given = { trigger: pattern(daily), asked: {}, idempotencyKey: null };
    expect(await createSchedule(deps, { ...given, spaceId, robotId: newId() })).toBeNull();
    expect(await createSchedule(deps, { ...given, spaceId: newId(), robotId: await aRobot() })).toBeNull();
  });
});

describe('an idempotency key', () => {
  test('finds the schedule that it made, also when it is sent many times at once', async () => {
    const { deps, spaceId } = services;
    const robotId = await aRobot();
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
    const schedule = await create();
    // It is due, and nobody has looked yet.
    await query('UPDATE schedules SET next_moment = $2, due_at = $2 WHERE id = $1', [
      schedule.id,
      midnight(0),
    ]);
    const renamed = await edit(schedule, { name: 'Other', target: { ...emptyTarget, inputs: { page: 3 } } });
    expect(renamed).toMatchObject({ name: 'Other', nextMoment: midnight(0), revision: 2 });
    expect(renamed.target.inputs).toEqual({ page: 3 });
    expect(await edit(schedule, { trigger: pattern(daily) })).toMatchObject({ nextMoment: midnight(0) });
    const limited = await edit(schedule, { maxFires: 5, jitterSeconds: 60 });
    expect(limited.nextMoment).toEqual(midnight(0));
    expect(limited.dueAt!.getTime() - midnight(0).getTime()).toBeLessThanOrEqual(60_000);
    const yearly = await edit(schedule, { trigger: pattern('0 0 1 1 *') });
    expect(yearly.nextMoment).toEqual(new Date(Date.UTC(new Date().getUTCFullYear() + 1, 0, 1)));
  });

  test('that makes it one of one time clears its pattern and its bounds, and the reverse', async () => {
    const schedule = await create({ trigger: pattern(daily, { endAt: midnight(3) }) });
    const single = await edit(schedule, { trigger: { ...schedule, type: 'one_time', runAt: midnight(50) } });
    expect(single).toMatchObject({ type: 'one_time', cron: null, endAt: null, nextMoment: midnight(50) });
    const again = await edit(schedule, { trigger: { ...single, type: 'recurring', cron: daily } });
    expect(again).toMatchObject({ runAt: null, nextMoment: midnight(1) });
  });

  test('with faults is refused, and changes nothing', async () => {
    const schedule = await create();
    const change = { trigger: pattern('x'), catchUpMax: 0, target: { ...emptyTarget, fileIds: [newId()] } };
    expect(await pathsOf(edit(schedule, change))).toEqual(['catchUpMax', 'cron', 'target.fileIds[0]']);
    expect(await pathsOf(edit(schedule, { robotId: newId() }))).toEqual(['robotId']);
    expect(await pathsOf(edit(schedule, { robotId: await aRobot({ publish: false }) }))).toEqual(['stage']);
    expect(await read(schedule)).toMatchObject({ revision: 1, catchUpMax: 100 });
  });

  test('of other parts goes in when its moment has passed, or what it starts is gone', async () => {
    const schedule = await create({ trigger: once(midnight(1)) });
    await query('UPDATE schedules SET run_at = $2, next_moment = NULL, due_at = NULL WHERE id = $1', [
      ...[schedule.id, midnight(-1)],
    ]);
    await query('UPDATE robots SET published_version = NULL WHERE id = $1', [schedule.robotId]);
    expect(await edit(schedule, { name: 'Past', jitterSeconds: 5 })).toMatchObject({
      ...{ name: 'Past', nextMoment: null },
    });
  });

  test('lets a schedule whose count is spent go on with a higher one', async () => {
    const schedule = await create({ maxFires: 2 });
    await query('UPDATE schedules SET fired = 2, next_moment = NULL, due_at = NULL WHERE id = $1', [
      schedule.id,
    ]);
    expect(await edit(schedule, { name: 'Spent' })).toMatchObject({ nextMoment: null });
    expect(await edit(schedule, { maxFires: 3 })).toMatchObject({ nextMoment: midnight(1), fired: 2 });
    expect(await edit(schedule, { maxFires: 1 })).toMatchObject({ nextMoment: null, dueAt: null });
    expect(await edit(schedule, { maxFires: null })).toMatchObject({ nextMoment: midnight(1) });
  });

  test('may give it another robot, with that one’s name', async () => {
    const schedule = await create();
    const robotId = await aRobot({ name: 'Films' });
    expect(await edit(schedule, { robotId, name: null })).toMatchObject({ robotId, name: 'Films' });
    expect(await store().find(keyOf(schedule))).toMatchObject({ robotName: 'Films' });
  });

  test('of what is undefined says nothing', async () => {
    const schedule = await create({ catchUpMax: 7 });
    const change = { name: undefined, catchUpMax: undefined } as object;
    expect(await edit(schedule, change)).toMatchObject({ name: 'Books', catchUpMax: 7 });
  });

  test('by many at once loses none of them', async () => {
    const schedule = await create();
    const [one, other] = [await aRobot({ name: 'One' }), await aRobot({ name: 'Other' })];
    await Promise.all([
      ...[edit(schedule, { catchUpMax: 5 }), edit(schedule, { jitterSeconds: 9 })],
      ...[edit(schedule, { robotId: one }), edit(schedule, { robotId: other })],
      ...[
        edit(schedule, { target: { ...emptyTarget, inputs: { page: 1 } } }),
        edit(schedule, { isPaused: true }),
      ],
    ]);
    expect(await read(schedule)).toMatchObject({
      ...{ catchUpMax: 5, jitterSeconds: 9, revision: 7, pausedBy: 'person' },
      target: { inputs: { page: 1 } },
    });
  });

  test('waits for whoever fires the schedule, and keeps what he wrote', async () => {
    const schedule = await create();
    const editing: Promise<Schedule>[] = [];
    await services.dataSource.transaction(async (manager) => {
      await new ScheduleStore(manager).lock(keyOf(schedule));
      editing.push(edit(schedule, { catchUpMax: 2 }));
      await new Promise((done) => setTimeout(done, 200));
      const fired = 'UPDATE schedules SET fired = 4, next_moment = $2, due_at = $2 WHERE id = $1';
      await manager.query(fired, [schedule.id, midnight(2)]);
    });
    const [edited] = await Promise.all(editing);
    expect(edited).toMatchObject({ fired: 4, catchUpMax: 2, nextMoment: midnight(2) });
  });

  test('of a schedule that is not there is none', async () => {
    const { deps, spaceId } = services;
    const { id } = await create();
    expect(await updateSchedule(deps, { spaceId, scheduleId: newId() }, () => ({ name: 'x' }))).toBeNull();
    expect(
      await updateSchedule(deps, { spaceId: newId(), scheduleId: id }, () => ({ name: 'x' })),
    ).toBeNull();
  });
});

describe('a schedule that is paused', () => {
  test('keeps its note and its next moment; what waited was skipped', async () => {
    const { deps } = services;
    const schedule = await create();
    await wait(schedule);
    await wait(schedule, 'backfill');
    const paused = await pauseSchedule(deps, keyOf(schedule), 'site is down');
    expect(paused).toMatchObject({ pausedBy: 'person', pauseNote: 'site is down', waiting: 0 });
    expect(paused?.nextMoment).toEqual(schedule.nextMoment);
    const skipped = { outcome: 'skipped_paused', reason: 'the schedule is paused: site is down' };
    expect(await firesOf(schedule)).toMatchObject([
      { kind: 'cron', ...skipped },
      { kind: 'backfill', ...skipped },
    ]);
    const again = await pauseSchedule(deps, keyOf(schedule), null);
    expect(again).toMatchObject({ pausedAt: paused?.pausedAt, pauseNote: 'site is down' });
    expect(await pauseSchedule(deps, { ...keyOf(schedule), spaceId: newId() }, null)).toBeNull();
  });

  test('goes on when it is resumed, and earlier failures do not count', async () => {
    const { deps } = services;
    const schedule = await create({ isPaused: true });
    const resumed = await resumeSchedule(deps, keyOf(schedule));
    expect(resumed).toMatchObject({ pausedAt: null, pausedBy: null, pauseNote: null });
    expect(resumed?.nextMoment).toEqual(schedule.nextMoment);
    expect(resumed!.failuresSince > schedule.failuresSince).toBe(true);
    expect(await resumeSchedule(deps, keyOf(schedule))).toEqual(resumed);
    expect(await resumeSchedule(deps, { ...keyOf(schedule), scheduleId: newId() })).toBeNull();
  });

  test('may be paused and resumed by an edit', async () => {
    const schedule = await create();
    await wait(schedule);
    expect(await edit(schedule, { isPaused: true })).toMatchObject({ pausedBy: 'person', waiting: 0 });
    expect(await edit(schedule, { isPaused: true, name: 'x' })).toMatchObject({ pausedBy: 'person' });
    expect(await edit(schedule, { isPaused: false })).toMatchObject({ pausedAt: null, pausedBy: null });
    expect(await firesOf(schedule)).toMatchObject([{ outcome: 'skipped_paused' }]);
  });

  test('is paused with all others of its space, and resumed with them', async () => {
    const { deps, dataSource } = services;
    const spaceId = newId();
    await query(`INSERT INTO spaces (id, name) VALUES ($1, 'pausing')`, [spaceId]);
    const robot = { spaceId, name: 'R', publish: true, definition: aDocument() };
    const { id: robotId } = await createRobot(dataSource, robot);
    const parts = { spaceId, robotId };
    const [first, second, third] = [await create(parts), await create(parts), await create(parts)];
    await pauseSchedule(deps, keyOf(third), 'mine');
    await query(`UPDATE schedules SET paused_at = now(), paused_by = 'failures' WHERE id = $1`, [second.id]);
    await wait(first);
    const elsewhere = await create();
    expect(await pauseSchedules(deps, spaceId, 'all of it')).toBe(1);
    expect(await read(first)).toMatchObject({ pausedBy: 'person', pauseNote: 'all of it', waiting: 0 });
    expect(await firesOf(first)).toMatchObject([
      { outcome: 'skipped_paused', reason: 'the schedule is paused: all of it' },
    ]);
    expect(await read(third)).toMatchObject({ pauseNote: 'mine' });
    expect(await read(elsewhere)).toMatchObject({ pausedAt: null });
    expect(await resumeSchedules(deps, spaceId)).toBe(3);
    for (const schedule of [first, second, third]) {
      expect(await read(schedule)).toMatchObject({ pausedAt: null, pausedBy: null, pauseNote: null });
    }
    expect([await resumeSchedules(deps, spaceId), await pauseSchedules(deps, spaceId, null)]).toEqual([0, 3]);
  });

  test('leaves nothing waiting, whatever came to wait while it was locked', async () => {
    const { deps, dataSource, spaceId } = services;
    const schedule = await create();
    const pausings: Promise<unknown>[] = [];
    await dataSource.transaction(async (manager) => {
      await new ScheduleStore(manager).lock(keyOf(schedule));
      pausings.push(pauseSchedules(deps, spaceId, null));
      await new Promise((done) => setTimeout(done, 200));
      await manager.query(
        `INSERT INTO fires (id, space_id, schedule_id, kind, scheduled_for) VALUES ($1, $2, $3, 'cron', now())`,
        [newId(), spaceId, schedule.id],
      );
      await manager.query('UPDATE schedules SET waiting = 1 WHERE id = $1', [schedule.id]);
    });
    await Promise.all(pausings);
    expect(await read(schedule)).toMatchObject({ pausedBy: 'person', waiting: 0 });
    expect(await firesOf(schedule)).toMatchObject([{ outcome: 'skipped_paused' }]);
  });
});

describe('the next moment of a schedule', () => {
  const skip = (schedule: Schedule, moment: Date | null = null) =>
    skipNext(services.deps, keyOf(schedule), moment);

  test('is skipped, and noted so; the one behind it is next', async () => {
    const schedule = await create();
    await wait(schedule);
    const skipped = await skip(schedule, midnight(1));
    expect(skipped).toMatchObject({
      skipped: midnight(1),
      schedule: { nextMoment: midnight(2), waiting: 1 },
    });
    expect(await firesOf(schedule)).toMatchObject([
      { outcome: null },
      { kind: 'cron', scheduledFor: midnight(1), outcome: 'skipped_paused', reason: 'skipped by request' },
    ]);
    expect(await skip(schedule)).toMatchObject({ skipped: midnight(2) });
    expect(await skip({ ...schedule, id: newId() })).toBeNull();
  });

  test('is skipped once when it is named and asked for twice at once', async () => {
    const schedule = await create();
    const both = await Promise.allSettled([skip(schedule, midnight(1)), skip(schedule, midnight(1))]);
    const refused = both.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(refused).toEqual([expect.any(AnotherMomentError)]);
    expect(refused).toMatchObject([{ next: midnight(2) }]);
    expect(await read(schedule)).toMatchObject({ nextMoment: midnight(2), revision: 2 });
  });

  test('may be the last, and behind it is nothing to skip', async () => {
    const schedule = await create({ trigger: once(midnight(3)) });
    expect(await skip(schedule)).toMatchObject({ schedule: { nextMoment: null, dueAt: null } });
    await expect(skip(schedule)).rejects.toThrow(NothingToSkipError);
    expect(await edit(schedule, { jitterSeconds: 5 })).toMatchObject({ nextMoment: null });
  });

  test('that was skipped comes nevertheless when the trigger is another', async () => {
    const schedule = await create();
    await skip(schedule);
    expect(await edit(schedule, { jitterSeconds: 5 })).toMatchObject({ nextMoment: midnight(2) });
    const trigger = pattern('0 */12 * * *', { startAt: midnight(1) });
    expect(await edit(schedule, { trigger })).toMatchObject({ nextMoment: midnight(1) });
    expect(await firesOf(schedule)).toEqual([]);
  });
});

describe('a backfill', () => {
  const backfill = (schedule: Schedule, from: Date, until: Date) =>
    backfillSchedule(services.deps, keyOf(schedule), { from, until });

  test('makes each moment of its range wait, once, its ends included', async () => {
    const schedule = await create();
    expect(await backfill(schedule, midnight(-3), midnight(-1))).toEqual({ moments: 3, added: 3 });
    expect(await backfill(schedule, midnight(-4), midnight(0))).toEqual({ moments: 5, added: 2 });
    expect(await backfill(schedule, midnight(-4), midnight(0))).toEqual({ moments: 5, added: 0 });
    expect(await read(schedule)).toMatchObject({ waiting: 5, fired: 0, nextMoment: midnight(1) });
    const fires = await firesOf(schedule);
    expect(fires.map(({ scheduledFor }) => scheduledFor)).toEqual([-3, -2, -1, -4, 0].map(midnight));
    expect(fires.every(({ kind, outcome }) => kind === 'backfill' && outcome === null)).toBe(true);
    expect(await backfill({ ...schedule, spaceId: newId() }, midnight(-1), midnight(0))).toBeNull();
  });

  test('is refused when it is of the future, backwards or too large, or the schedule is paused', async () => {
    const schedule = await create();
    expect(await pathsOf(backfill(schedule, midnight(0), midnight(1)))).toEqual(['until']);
    expect(await pathsOf(backfill(schedule, midnight(0), midnight(-1)))).toEqual(['from']);
    expect(await pathsOf(backfill(schedule, midnight(-1000), midnight(0)))).toEqual(['until']);
    expect(await backfill(schedule, midnight(-999), midnight(0))).toMatchObject({ added: 1_000 });
    await pauseSchedule(services.deps, keyOf(schedule), null);
    await expect(backfill(schedule, midnight(-1), midnight(0))).rejects.toThrow(SchedulePausedError);
  });
});

describe('a schedule that is deleted', () => {
  test('is gone with its fires, and its runs go on', async () => {
    const { deps } = services;
    const schedule = await create();
    const started = await runNow(deps, {
      key: keyOf(schedule),
      asked: {},
      overlapPolicy: null,
      idempotencyKey: null,
    });
    await wait(schedule);
    expect(await store().find(keyOf(schedule))).toMatchObject({ lastRunStatus: 'queued' });
    expect(await deleteSchedule(deps, { ...keyOf(schedule), spaceId: newId() })).toBe(false);
    expect(await deleteSchedule(deps, keyOf(schedule))).toBe(true);
    expect(await deleteSchedule(deps, keyOf(schedule))).toBe(false);
    expect(await firesOf(schedule)).toEqual([]);
    expect(await query('SELECT status FROM runs WHERE id = $1', [started?.run.id])).toEqual([
      { status: 'queued' },
    ]);
  });

  test('is so with its robot, whoever edits or makes one of it at that moment', async () => {
    const { deps, dataSource, spaceId } = services;
    for (let time = 0; time < 5; time += 1) {
      const robotId = await aRobot();
      const [schedule, mover] = [await create({ robotId }), await create()];
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
      expect(await store().count(spaceId, { search: null, robotId })).toBe(0);
    }
  });
});
