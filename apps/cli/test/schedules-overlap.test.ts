import { describeOnBothBackends, until } from '@runnel/testing';
import { serveHeldSite, type HeldSite } from './held-site';
import { TestFleet, type Body } from './test-fleet';
import { secondsFrom, secondsOf, TestSchedules, type LedgerFire } from './test-schedules';

/** Runs that take longer than the time between two moments: a site holds them until the test lets them go. */
describeOnBothBackends('a moment that comes while a run of its schedule lasts', (backend) => {
  let fleet: TestFleet;
  let schedules: TestSchedules;
  let site: HeldSite;
  let robotId: string;

  beforeAll(async () => {
    fleet = await TestFleet.start(backend);
    schedules = await TestSchedules.open(fleet);
    site = await serveHeldSite();
    const steps = [
      { type: 'navigate', url: `${site.url}/` },
      { type: 'extract', name: 'page', fields: { heading: 'h1' } },
    ];
    robotId = await fleet.aRobot(steps, {}, { engine: 'http' });
    // Two of them, with two tasks at a time each.
    await Promise.all([fleet.startWorker(), fleet.startWorker()]);
  });

  beforeEach(() => {
    site.hold();
  });

  afterAll(async () => {
    await schedules.close();
    await fleet.close();
    await site.close();
  });

  /** A schedule with so many moments, a second apart. */
  const aSchedule = async (count: number, more: Body): Promise<{ scheduleId: string; moments: Date[] }> => {
    const moments = secondsFrom(await schedules.secondToCome(), count);
    const scheduleId = await schedules.create(robotId, { trigger: secondsOf(moments), ...more });
    return { scheduleId, moments };
  };
  const outcomes = (fires: LedgerFire[]) => fires.map(({ outcome }) => outcome);
  const ran = (fires: LedgerFire[]) => fires.filter(({ status }) => status !== null);
  /** No run began before the one before it had ended. */
  const expectOneAtATime = (fires: LedgerFire[]): void => {
    const runs = ran(fires).filter(({ startedAt }) => startedAt !== null);
    runs.slice(1).forEach(({ startedAt }, index) => {
      expect(startedAt!.getTime()).toBeGreaterThanOrEqual(runs[index]!.finishedAt!.getTime());
    });
  };

  test('skip, which is usual: it starts nothing and is noted, until the run has ended', async () => {
    const { scheduleId, moments } = await aSchedule(60, {});
    await until(() => site.held() === 1);
    const during = await schedules.firesWhen(scheduleId, (fires) => fires.length >= 4);
    expect(outcomes(during.slice(0, 4))).toEqual([
      'started',
      ...['skipped_overlap', 'skipped_overlap', 'skipped_overlap'],
    ]);
    expect(during.slice(0, 4).map(({ scheduledFor }) => scheduledFor)).toEqual(moments.slice(0, 4));
    expect(during[1]!.reason).toBe('the run before it has not ended');
    site.release();
    const after = await schedules.firesWhen(scheduleId, (fires) => ran(fires).length >= 2);
    await schedules.delete(scheduleId);
    await schedules.allEnded();
    const [first, second] = ran(after);
    expect(second!.firedAt!.getTime()).toBeGreaterThanOrEqual(first!.finishedAt!.getTime());
  });

  test('queue_one: the first of those that come waits, and starts when the run has ended', async () => {
    const { scheduleId, moments } = await aSchedule(4, { overlapPolicy: 'queue_one' });
    const during = await schedules.firesWhen(scheduleId, (fires) => fires.length === 4);
    expect(outcomes(during)).toEqual(['started', null, 'skipped_overlap', 'skipped_overlap']);
    await until(() => site.held() === 1);
    site.release();
    await schedules.allQuiet();
    await schedules.allEnded();
    const after = await schedules.fires(scheduleId);
    expect(after.map(({ scheduledFor }) => scheduledFor)).toEqual(moments);
    expect(outcomes(after)).toEqual(['started', 'started', 'skipped_overlap', 'skipped_overlap']);
    expect(ran(after).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expectOneAtATime(after);
    expect(after[1]!.firedAt!.getTime()).toBeGreaterThanOrEqual(after[0]!.finishedAt!.getTime());
  });

  test('cancel_previous: the run is aborted, and the newest moment has its own', async () => {
    const { scheduleId, moments } = await aSchedule(4, { overlapPolicy: 'cancel_previous' });
    const fires = await schedules.firesWhen(
      scheduleId,
      (some) => some.length === 4 && some[3]!.outcome === 'started' && some[3]!.startedAt !== null,
    );
    await until(() => site.held() === 1);
    expect(fires.map(({ scheduledFor }) => scheduledFor)).toEqual(moments);
    site.release();
    await schedules.allEnded();
    const after = await schedules.fires(scheduleId);
    const runs = ran(after);
    expect(runs.length).toBeGreaterThan(1);
    expect(runs.map(({ status }) => status)).toEqual([...runs.slice(1).map(() => 'aborted'), 'succeeded']);
    expect(after.filter(({ status }) => status === null).map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 4 - runs.length }, () => 'skipped_overlap'),
    );
    expectOneAtATime(after);
  });

  test('allow: it starts a run beside the others', async () => {
    const { scheduleId } = await aSchedule(3, { overlapPolicy: 'allow' });
    await until(() => site.held() === 3);
    const during = await schedules.fires(scheduleId);
    expect(during.map(({ outcome, status }) => [outcome, status])).toEqual(
      during.map(() => ['started', 'running']),
    );
    site.release();
    await schedules.allEnded();
    expect((await schedules.fires(scheduleId)).map(({ status }) => status)).toEqual(
      during.map(() => 'succeeded'),
    );
    expect(during).toHaveLength(3);
  });
});
