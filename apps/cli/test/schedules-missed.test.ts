import { TestFleet, type Body } from './test-fleet';
import { secondsFrom, secondsOf, TestSchedules, yearly } from './test-schedules';

const hour = 3_600_000;

/** Moments at which no scheduler was there. */
describe('moments that came while all schedulers were down', () => {
  let fleet: TestFleet;
  let schedules: TestSchedules;
  let robotId: string;

  beforeAll(async () => {
    fleet = await TestFleet.start('postgres');
    schedules = await TestSchedules.open(fleet);
    robotId = await fleet.aRobot(
      [{ type: 'navigate', url: 'http://127.0.0.1:9/' }],
      { maxAttempts: 1 },
      { engine: 'http' },
    );
    await fleet.stopSchedulers();
  });

  beforeEach(() => fleet.stopSchedulers());

  afterAll(async () => {
    await schedules.close();
    await fleet.close();
  });

  /** A schedule whose ten moments, an hour apart, are over: no more moment comes. */
  const downForTenHours = async (more: Body): Promise<{ scheduleId: string; moments: Date[] }> => {
    const scheduleId = await schedules.create(robotId, {
      ...{ trigger: yearly, overlapPolicy: 'allow', misfireWindowSeconds: 86_400, ...more },
    });
    const last = Math.floor((await schedules.now()).getTime() / hour) * hour;
    const moments = Array.from({ length: 10 }, (_, index) => new Date(last - (10 - index) * hour));
    await schedules.query(
      `UPDATE schedules SET cron = '0 * * * *', start_at = $2, end_at = $3, next_moment = $2, due_at = $2 WHERE id = $1`,
      [scheduleId, moments[0], moments[9]],
    );
    return { scheduleId, moments };
  };

  const nine = <T>(word: T): T[] => Array.from({ length: 9 }, () => word);
  const policies: [string, Body, string[]][] = [
    ['skip starts none', { misfirePolicy: 'skip' }, [...nine('skipped_misfire'), 'skipped_misfire']],
    ['fire_once starts the newest', { misfirePolicy: 'fire_once' }, [...nine('skipped_misfire'), 'catch_up']],
    ['fire_once is what is usual', {}, [...nine('skipped_misfire'), 'catch_up']],
    [
      'fire_once starts none that is older than its window',
      { misfirePolicy: 'fire_once', misfireWindowSeconds: 60 },
      [...nine('skipped_misfire'), 'skipped_misfire'],
    ],
    ['catch_up starts all', { misfirePolicy: 'catch_up' }, [...nine('catch_up'), 'catch_up']],
    [
      'catch_up starts as many as it may, the newest',
      { misfirePolicy: 'catch_up', catchUpMax: 4 },
      [...nine('skipped_misfire').slice(3), ...nine('catch_up').slice(5)],
    ],
    [
      'catch_up starts those within its window',
      { misfirePolicy: 'catch_up', misfireWindowSeconds: 4 * 3_600 },
      [...nine('skipped_misfire').slice(2), ...nine('catch_up').slice(6)],
    ],
  ];

  test.each(policies)('%s', async (_, more, expected) => {
    const { scheduleId, moments } = await downForTenHours(more);
    await fleet.startScheduler();
    await schedules.allQuiet();
    const fires = await schedules.fires(scheduleId);
    expect(fires.map(({ scheduledFor }) => scheduledFor)).toEqual(moments);
    expect(fires.map(({ kind, outcome }) => (outcome === 'started' ? kind : outcome))).toEqual(expected);
    const started = fires.filter(({ status }) => status !== null);
    expect(started).toHaveLength(expected.filter((word) => word === 'catch_up').length);
    for (const { outcome, reason } of fires)
      expect([outcome, reason]).toEqual([
        outcome,
        outcome === 'started' ? null : expect.stringContaining('no scheduler'),
      ]);
    expect(await schedules.look(scheduleId)).toMatchObject({ nextRunAt: null });
  });

  test('the newest of ten seconds comes in time, whatever the policy', async () => {
    const moments = secondsFrom(await schedules.secondToCome(), 10);
    const trigger = secondsOf(moments);
    const create = (misfirePolicy: string) =>
      schedules.create(robotId, { trigger, overlapPolicy: 'allow', misfirePolicy });
    const ids = await Promise.all(['skip', 'fire_once', 'catch_up'].map(create));
    await schedules.passed(moments[9]!);
    await fleet.startScheduler();
    await schedules.allQuiet();
    const became = await Promise.all(
      ids.map(async (id) =>
        (await schedules.fires(id)).map(({ kind, outcome }) => (outcome === 'started' ? kind : outcome)),
      ),
    );
    const skipped = [...nine('skipped_misfire'), 'cron'];
    // Who makes up for all that was missed has it as the last of them.
    expect(became).toEqual([skipped, skipped, [...nine('catch_up'), 'catch_up']]);
  });

  test('catch_up makes up for them one after the other, unless runs may overlap', async () => {
    const { scheduleId, moments } = await downForTenHours({
      misfirePolicy: 'catch_up',
      overlapPolicy: 'skip',
    });
    await Promise.all([fleet.startScheduler(), fleet.startWorker()]);
    await schedules.allQuiet();
    await schedules.allEnded();
    const fires = await schedules.fires(scheduleId);
    expect(fires.map(({ scheduledFor, outcome }) => [scheduledFor, outcome])).toEqual(
      moments.map((moment) => [moment, 'started']),
    );
    fires.slice(1).forEach(({ startedAt }, index) => {
      expect(startedAt!.getTime()).toBeGreaterThanOrEqual(fires[index]!.finishedAt!.getTime());
    });
    await fleet.stopWorkers();
  });
});
