import { FaultProxy, PostgresReader, Random, type CrashPoint } from '@runnel/testing';
import { TestFleet } from './test-fleet';
import { secondsFrom, secondsOf, TestSchedules } from './test-schedules';

const scheduleCount = 20;
const momentCount = 10;
const seed = 6;
/** Kills at statements that matter; how many there are in the time of ten moments, the machine decides. */
const enoughKills = 10;

/** Schedulers that are killed all the time, at statements that a seed chooses, and started again. */
describe('three schedulers of which each is killed again and again', () => {
  let fleet: TestFleet;
  let schedules: TestSchedules;

  beforeAll(async () => {
    fleet = await TestFleet.start('postgres');
    schedules = await TestSchedules.open(fleet);
  });

  afterAll(async () => {
    await schedules.close();
    await fleet.close();
  });

  test('start one run for each of 200 moments', async () => {
    const robotId = await fleet.aRobot(
      [{ type: 'navigate', url: 'http://127.0.0.1:9/' }],
      { maxAttempts: 1 },
      { engine: 'http' },
    );
    await fleet.stopSchedulers();
    const random = new Random(seed);
    let rounds = 0;
    for (let kills = 0; kills < enoughKills; rounds += 1) {
      const moments = secondsFrom(await schedules.secondToCome(3), momentCount);
      const more = { trigger: secondsOf(moments), overlapPolicy: 'allow', misfirePolicy: 'catch_up' };
      const ids = await Promise.all(
        Array.from({ length: scheduleCount }, () => schedules.create(robotId, more)),
      );
      kills += await whileKilled(fleet, random, schedules.allQuiet());
      for (const scheduleId of ids) {
        const fires = await schedules.fires(scheduleId);
        expect(fires.map(({ scheduledFor }) => scheduledFor)).toEqual(moments);
        expect(fires.map(({ outcome, robotId: of, inputs }) => [outcome, of, inputs])).toEqual(
          moments.map(() => ['started', robotId, [{}]]),
        );
      }
    }
    const [counted] = await schedules.query<object[]>(
      `SELECT (SELECT count(*)::int FROM fires) AS fires, (SELECT count(*)::int FROM tasks) AS tasks,
         (SELECT count(*)::int FROM runs) AS runs, (SELECT sum(fired)::int FROM schedules) AS fired,
         (SELECT sum(runs)::int FROM run_tallies) AS tallied`,
    );
    const all = rounds * scheduleCount * momentCount;
    expect(counted).toEqual({ fires: all, tasks: all, runs: all, fired: all, tallied: all });
    // Killed between the commit and the queue, none of them is forgotten: each is worked on, and fails as its page does.
    await Promise.all([fleet.startScheduler(), fleet.startWorker({ WORKER_CONCURRENCY: '8' })]);
    await schedules.allEnded();
    const ends = await schedules.query<object[]>('SELECT status, count(*)::int FROM runs GROUP BY status');
    expect(ends).toEqual([{ status: 'failed', count: all }]);
  }, 240_000);
});

/** Keeps three schedulers going, each as long as its next crash point lets it. How often one was killed where it matters. */
async function whileKilled(fleet: TestFleet, random: Random, isOver: Promise<void>): Promise<number> {
  let kills = 0;
  let isGoing = true;
  const over = isOver.then(() => (isGoing = false));
  const live = async (): Promise<void> => {
    const url = new URL(fleet.databaseUrl);
    const proxy = await FaultProxy.open(Number(url.port), () => new PostgresReader());
    url.port = String(proxy.port);
    while (isGoing) {
      const scheduler = await fleet.startScheduler({ DATABASE_URL: url.href });
      const point = aPoint(random);
      const armed = proxy.at(point, async () => {
        if (point.statement === matters) kills += 1;
        await scheduler.kill('SIGKILL');
        return 'drop';
      });
      await Promise.race([scheduler.ended, over]);
      armed.giveUp();
    }
    await fleet.stopSchedulers();
    await proxy.close();
  };
  await Promise.all([live(), live(), live(), over]);
  return kills;
}

const matters = /fires|schedules|INSERT INTO runs/;

/** Any statement, or one of those that matter. */
function aPoint(random: Random): CrashPoint {
  const when = random.pick<CrashPoint['when']>(['before', 'after']);
  return random.chance(0.5)
    ? { statement: /./, when, nth: random.between(1, 40) }
    : { statement: matters, when, nth: random.between(1, 6) };
}
