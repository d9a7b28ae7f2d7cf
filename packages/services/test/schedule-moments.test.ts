import type { Schedule } from '@runnel/contracts';
import { newId, ScheduleStore } from '@runnel/store';
import { aDocument } from '@runnel/testing';
import {
  AnotherMomentError,
  backfillSchedule,
  createRobot,
  NothingToSkipError,
  pauseSchedule,
  pauseSchedules,
  resumeSchedule,
  resumeSchedules,
  SchedulePausedError,
  skipNext,
} from '../src';
import { keyOf, midnight, once, pathsOf, pattern, TestSchedules } from './test-schedules';
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

describe('a schedule that is paused', () => {
  test('keeps its note and its next moment; what waited was skipped', async () => {
    const { deps } = services;
    const schedule = await schedules.create();
    await schedules.wait(schedule);
    await schedules.wait(schedule, 'backfill');
    const paused = await pauseSchedule(deps, keyOf(schedule), 'site is down');
    expect(paused).toMatchObject({ pausedBy: 'person', pauseNote: 'site is down', waiting: 0 });
    expect(paused?.nextMoment).toEqual(schedule.nextMoment);
    const skipped = { outcome: 'skipped_paused', reason: 'the schedule is paused: site is down' };
    expect(await schedules.firesOf(schedule)).toMatchObject([
      { kind: 'cron', ...skipped },
      { kind: 'backfill', ...skipped },
    ]);
    const again = await pauseSchedule(deps, keyOf(schedule), null);
    expect(again).toMatchObject({ pausedAt: paused?.pausedAt, pauseNote: 'site is down' });
    expect(await pauseSchedule(deps, { ...keyOf(schedule), spaceId: newId() }, null)).toBeNull();
  });

  test('goes on when it is resumed, and earlier failures do not count', async () => {
    const { deps } = services;
    const schedule = await schedules.create({ isPaused: true });
    const resumed = await resumeSchedule(deps, keyOf(schedule));
    expect(resumed).toMatchObject({ pausedAt: null, pausedBy: null, pauseNote: null });
    expect(resumed?.nextMoment).toEqual(schedule.nextMoment);
    expect(resumed!.failuresSince > schedule.failuresSince).toBe(true);
    expect(await resumeSchedule(deps, keyOf(schedule))).toEqual(resumed);
    expect(await resumeSchedule(deps, { ...keyOf(schedule), scheduleId: newId() })).toBeNull();
  });

  test('may be paused and resumed by an edit', async () => {
    const schedule = await schedules.create();
    await schedules.wait(schedule);
    expect(await schedules.edit(schedule, { isPaused: true })).toMatchObject({
      pausedBy: 'person',
      waiting: 0,
    });
    expect(await schedules.edit(schedule, { isPaused: true, name: 'x' })).toMatchObject({
      pausedBy: 'person',
    });
    expect(await schedules.edit(schedule, { isPaused: false })).toMatchObject({
      pausedAt: null,
      pausedBy: null,
    });
    expect(await schedules.firesOf(schedule)).toMatchObject([{ outcome: 'skipped_paused' }]);
  });

  test('is paused with all others of its space, and resumed with them', async () => {
    const { deps } = services;
    const spaceId = newId();
    await schedules.query(`INSERT INTO spaces (id, name) VALUES ($1, 'pausing')`, [spaceId]);
    const robot = { spaceId, name: 'R', publish: true, domains: null, definition: aDocument() };
    const { id: robotId } = await createRobot(deps, robot);
    const parts = { spaceId, robotId };
    const [first, second, third] = [
      await schedules.create(parts),
      await schedules.create(parts),
      await schedules.create(parts),
    ];
    await pauseSchedule(deps, keyOf(third), 'mine');
    await schedules.query(`UPDATE schedules SET paused_at = now(), paused_by = 'failures' WHERE id = $1`, [
      second.id,
    ]);
    await schedules.wait(first);
    const elsewhere = await schedules.create();
    expect(await pauseSchedules(deps, spaceId, 'all of it')).toBe(1);
    expect(await schedules.read(first)).toMatchObject({
      pausedBy: 'person',
      pauseNote: 'all of it',
      waiting: 0,
    });
    expect(await schedules.firesOf(first)).toMatchObject([
      { outcome: 'skipped_paused', reason: 'the schedule is paused: all of it' },
    ]);
    expect(await schedules.read(third)).toMatchObject({ pauseNote: 'mine' });
    expect(await schedules.read(elsewhere)).toMatchObject({ pausedAt: null });
    expect(await resumeSchedules(deps, spaceId)).toBe(3);
    for (const schedule of [first, second, third]) {
      expect(await schedules.read(schedule)).toMatchObject({
        pausedAt: null,
        pausedBy: null,
        pauseNote: null,
      });
    }
    expect([await resumeSchedules(deps, spaceId), await pauseSchedules(deps, spaceId, null)]).toEqual([0, 3]);
  });

  test('leaves nothing waiting, whatever came to wait while it was locked', async () => {
    const { deps, dataSource, spaceId } = services;
    const schedule = await schedules.create();
    const pausings: Promise<unknown>[] = [];
    await dataSource.transaction(async (manager) => {
      await new ScheduleStore(manager).lock(keyOf(schedule));
      const pausing = pauseSchedules(deps, spaceId, null);
      pausings.push(pausing);
      expect(await services.isLockedOut(pausing)).toBe(true);
      await manager.query(
        `INSERT INTO fires (id, space_id, schedule_id, kind, scheduled_for) VALUES ($1, $2, $3, 'cron', now())`,
        [newId(), spaceId, schedule.id],
      );
      await manager.query('UPDATE schedules SET waiting = 1 WHERE id = $1', [schedule.id]);
    });
    await Promise.all(pausings);
    expect(await schedules.read(schedule)).toMatchObject({ pausedBy: 'person', waiting: 0 });
    expect(await schedules.firesOf(schedule)).toMatchObject([{ outcome: 'skipped_paused' }]);
  });
});

describe('the next moment of a schedule', () => {
  const skip = (schedule: Schedule, moment: Date | null = null) =>
    skipNext(services.deps, keyOf(schedule), moment);

  test('is skipped, and noted so; the one behind it is next', async () => {
    const schedule = await schedules.create();
    await schedules.wait(schedule);
    const skipped = await skip(schedule, midnight(1));
    expect(skipped).toMatchObject({
      skipped: midnight(1),
      schedule: { nextMoment: midnight(2), waiting: 1 },
    });
    expect(await schedules.firesOf(schedule)).toMatchObject([
      { outcome: null },
      { kind: 'cron', scheduledFor: midnight(1), outcome: 'skipped_paused', reason: 'skipped by request' },
    ]);
    expect(await skip(schedule)).toMatchObject({ skipped: midnight(2) });
    expect(await skip({ ...schedule, id: newId() })).toBeNull();
  });

  test('is skipped once when it is named and asked for twice at once', async () => {
    const schedule = await schedules.create();
    const both = await Promise.allSettled([skip(schedule, midnight(1)), skip(schedule, midnight(1))]);
    expect(both).toMatchObject(both.map(() => ({ status: 'fulfilled', value: { skipped: midnight(1) } })));
    await expect(skip(schedule, midnight(4))).rejects.toThrow(AnotherMomentError);
    expect(await schedules.read(schedule)).toMatchObject({ nextMoment: midnight(2), revision: 2 });
  });

  test('may be the last, and behind it is nothing to skip', async () => {
    const schedule = await schedules.create({ trigger: once(midnight(3)) });
    expect(await skip(schedule)).toMatchObject({ schedule: { nextMoment: null, dueAt: null } });
    await expect(skip(schedule)).rejects.toThrow(NothingToSkipError);
    expect(await schedules.edit(schedule, { jitterSeconds: 5 })).toMatchObject({ nextMoment: null });
  });

  test('that was skipped comes nevertheless when the trigger is another', async () => {
    const schedule = await schedules.create();
    await skip(schedule);
    expect(await schedules.edit(schedule, { jitterSeconds: 5 })).toMatchObject({ nextMoment: midnight(2) });
    const trigger = pattern('0 */12 * * *', { startAt: midnight(1) });
    expect(await schedules.edit(schedule, { trigger })).toMatchObject({ nextMoment: midnight(1) });
    expect(await schedules.firesOf(schedule)).toEqual([]);
  });
});

describe('a backfill', () => {
  const backfill = (schedule: Schedule, from: Date, until: Date) =>
    backfillSchedule(services.deps, keyOf(schedule), { from, until });

  test('makes each moment of its range wait, once, its ends included', async () => {
    const schedule = await schedules.create();
    expect(await backfill(schedule, midnight(-3), midnight(-1))).toEqual({ moments: 3, added: 3 });
    expect(await backfill(schedule, midnight(-4), midnight(0))).toEqual({ moments: 5, added: 2 });
    expect(await backfill(schedule, midnight(-4), midnight(0))).toEqual({ moments: 5, added: 0 });
    expect(await schedules.read(schedule)).toMatchObject({ waiting: 5, fired: 0, nextMoment: midnight(1) });
    const fires = await schedules.firesOf(schedule);
    expect(fires.map(({ scheduledFor }) => scheduledFor)).toEqual([-3, -2, -1, -4, 0].map(midnight));
    expect(fires.every(({ kind, outcome }) => kind === 'backfill' && outcome === null)).toBe(true);
    expect(await backfill({ ...schedule, spaceId: newId() }, midnight(-1), midnight(0))).toBeNull();
  });

  test('is refused when it is of the future, backwards or too large, or the schedule is paused', async () => {
    const schedule = await schedules.create();
    expect(await pathsOf(backfill(schedule, midnight(0), midnight(1)))).toEqual(['until']);
    expect(await pathsOf(backfill(schedule, midnight(0), midnight(-1)))).toEqual(['from']);
    expect(await pathsOf(backfill(schedule, midnight(-1000), midnight(0)))).toEqual(['until']);
    expect(await backfill(schedule, midnight(-999), midnight(0))).toMatchObject({ added: 1_000 });
    await pauseSchedule(services.deps, keyOf(schedule), null);
    await expect(backfill(schedule, midnight(-1), midnight(0))).rejects.toThrow(SchedulePausedError);
  });
});
