import { describeOnBothBackends, until, type AppProcess } from '@runnel/testing';
import { serveHeldSite, type HeldSite } from './held-site';
import { TestFleet } from './test-fleet';
import { TestSchedules, yearly, type LedgerFire } from './test-schedules';

/** Runs that take longer than the time between two moments: a site holds them until the test lets them go. */
describeOnBothBackends('a moment that comes while a run of its schedule lasts', (backend) => {
  let fleet: TestFleet;
  let schedules: TestSchedules;
  let site: HeldSite;
  let robotId: string;
  let workers: AppProcess[];

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
    workers = await Promise.all([fleet.startWorker(), fleet.startWorker()]);
  });

  beforeEach(() => {
    site.hold();
  });

  afterEach(async () => {
    site.release();
    await schedules.allEnded();
  });

  afterAll(async () => {
    await schedules.close();
    await fleet.close();
    await site.close();
  });

  const aSchedule = (overlapPolicy?: string): Promise<string> =>
    schedules.create(robotId, { trigger: yearly, ...(overlapPolicy !== undefined && { overlapPolicy }) });
  /** So many moments come, one after the other; gives all that became of the schedule's. */
  const come = async (scheduleId: string, count: number): Promise<LedgerFire[]> => {
    let fires: LedgerFire[] = [];
    for (let come = 0; come < count; come += 1) {
      const moment = (await schedules.comeDue(scheduleId)).getTime();
      fires = await schedules.firesWhen(scheduleId, (all) => all.at(-1)?.scheduledFor.getTime() === moment);
    }
    return fires;
  };
  const settled = (scheduleId: string): Promise<LedgerFire[]> =>
    schedules.firesWhen(scheduleId, (fires) => fires.every(({ outcome }) => outcome !== null));
  const outcomes = (fires: LedgerFire[]) => fires.map(({ outcome }) => outcome);
  const ran = (fires: LedgerFire[]) => fires.filter(({ status }) => status !== null);
  /** No run began before the one before it had ended. */
  const expectOneAtATime = (fires: LedgerFire[]): void => {
    const runs = ran(fires);
    runs.slice(1).forEach(({ firedAt }, index) => {
      expect(firedAt!.getTime()).toBeGreaterThanOrEqual(runs[index]!.finishedAt!.getTime());
    });
  };

  test('skip, which is usual: it starts nothing and is noted, until the run has ended', async () => {
    const scheduleId = await aSchedule();
    await come(scheduleId, 1);
    await until(() => site.held() === 1);
    const during = await come(scheduleId, 2);
    expect(outcomes(during)).toEqual(['started', 'skipped_overlap', 'skipped_overlap']);
    expect(during[1]!.reason).toBe('the run before it has not ended');
    site.release();
    await schedules.allEnded();
    await come(scheduleId, 1);
    await schedules.allEnded();
    const after = await schedules.fires(scheduleId);
    expect(after.map(({ status }) => status)).toEqual(['succeeded', null, null, 'succeeded']);
  });

  test('queue_one: the first of those that come waits, and starts when the run has ended', async () => {
    const scheduleId = await aSchedule('queue_one');
    await come(scheduleId, 1);
    await until(() => site.held() === 1);
    const during = await come(scheduleId, 3);
    expect(outcomes(during)).toEqual(['started', null, 'skipped_overlap', 'skipped_overlap']);
    site.release();
    await settled(scheduleId);
    await schedules.allEnded();
    const after = await schedules.fires(scheduleId);
    expect(after.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', null, null]);
    expectOneAtATime(after);
  });

  test('cancel_previous: the run is aborted, and the newest moment has its own', async () => {
    const scheduleId = await aSchedule('cancel_previous');
    await come(scheduleId, 1);
    await until(() => site.held() === 1);
    // Nobody hears of the abort: when the next moments come, the run has not ended.
    workers.forEach(({ pid }) => process.kill(pid, 'SIGSTOP'));
    try {
      const during = await come(scheduleId, 2);
      expect(outcomes(during)).toEqual(['started', 'skipped_overlap', null]);
      await schedules.firesWhen(scheduleId, ([first]) => first?.status === 'aborting');
    } finally {
      workers.forEach(({ pid }) => process.kill(pid, 'SIGCONT'));
    }
    await settled(scheduleId);
    site.release();
    await schedules.allEnded();
    const after = await schedules.fires(scheduleId);
    expect(after.map(({ status }) => status)).toEqual(['aborted', null, 'succeeded']);
    expectOneAtATime(after);
  });

  test('allow: it starts a run beside the others', async () => {
    const scheduleId = await aSchedule('allow');
    await come(scheduleId, 3);
    await until(() => site.held() === 3);
    const during = await schedules.fires(scheduleId);
    const each = (status: string) => Array.from({ length: 3 }, () => ['started', status]);
    expect(during.map(({ outcome, status }) => [outcome, status])).toEqual(each('running'));
    site.release();
    await schedules.allEnded();
    const after = await schedules.fires(scheduleId);
    expect(after.map(({ outcome, status }) => [outcome, status])).toEqual(each('succeeded'));
  });
});
