import { FaultProxy, PostgresReader, until, type CrashPoint } from '@runnel/testing';
import { TestFleet, type Body } from './test-fleet';
import { secondsFrom, secondsOf, TestSchedules, yearly } from './test-schedules';

type Reach = (proxy: FaultProxy, act: () => Promise<'drop' | 'pass'>) => Promise<boolean>;

const at =
  (point: CrashPoint): Reach =>
  (proxy, act) =>
    proxy.at(point, act).reached;

const locks: CrashPoint = { statement: /FROM schedules[^]*FOR (NO KEY )?UPDATE/, when: 'before', nth: 1 };
const inserts: CrashPoint = { statement: /INSERT INTO runs/, when: 'before', nth: 1 };
const advances: CrashPoint = { statement: /UPDATE schedules/, when: 'before', nth: 1 };

/** The end of the transaction of a fire: other work of the same process commits as well. */
const commits =
  (when: CrashPoint['when']): Reach =>
  (proxy, act) =>
    new Promise((resolve) => {
      void proxy.at({ ...advances, when: 'after' }, () => {
        void at({ statement: /^COMMIT/, when, nth: 1 })(proxy, act).then(resolve);
        return Promise.resolve('pass');
      });
    });

const before: [string, Reach][] = [
  ['before it takes a schedule', at(locks)],
  ['before the runs are inserted', at(inserts)],
  ['before the schedule goes on', at(advances)],
  ['before all of it is committed', commits('before')],
];
const after: [string, Reach][] = [
  ['after it took a schedule', at({ ...locks, when: 'after' })],
  ['after the runs are inserted', at({ ...inserts, when: 'after' })],
  ['after the schedule went on', at({ ...advances, when: 'after' })],
  ['after all of it is committed', commits('after')],
];

/** One process is made to end, or to stand still, at each statement by which a moment becomes a run. */
describe('a scheduler', () => {
  let fleet: TestFleet;
  let schedules: TestSchedules;
  let proxy: FaultProxy;
  let robotId: string;
  let environment: Record<string, string>;

  beforeAll(async () => {
    fleet = await TestFleet.start('postgres');
    schedules = await TestSchedules.open(fleet);
    const url = new URL(fleet.databaseUrl);
    proxy = await FaultProxy.open(Number(url.port), () => new PostgresReader());
    url.port = String(proxy.port);
    environment = { DATABASE_URL: url.href };
    robotId = await fleet.aRobot(
      [{ type: 'navigate', url: 'http://127.0.0.1:9/' }],
      {},
      { engine: 'http', inputs: [{ name: 'word' }] },
    );
  });

  beforeEach(() => fleet.stopSchedulers());

  let goOn = (): void => undefined;
  // Else it would not end.
  afterEach(() => {
    goOn();
    goOn = () => undefined;
  });

  afterAll(async () => {
    await schedules.close();
    await fleet.close();
    await proxy.close();
  });

  /** Two moments: the one at which it happens, and the next. */
  const aSchedule = async (): Promise<{ scheduleId: string; moments: Date[] }> => {
    const moments = secondsFrom(await schedules.secondToCome(), 2);
    const more = { trigger: secondsOf(moments), overlapPolicy: 'allow', misfirePolicy: 'catch_up' };
    const scheduleId = await schedules.create(robotId, more);
    // Where all is slow, it may be there too late for the first.
    const [{ made }] = await schedules.query<[{ made: Date }]>(
      'SELECT created_at AS made FROM schedules WHERE id = $1',
      [scheduleId],
    );
    return { scheduleId, moments: moments.filter((moment) => moment > made) };
  };

  /** Each moment has one fire with one run, and that has its one task. */
  const expectOnce = async ({ scheduleId, moments }: { scheduleId: string; moments: Date[] }) => {
    await schedules.allQuiet();
    const fires = await schedules.fires(scheduleId);
    expect(fires.map(({ scheduledFor, outcome, inputs }) => [scheduledFor, outcome, inputs])).toEqual(
      moments.map((moment) => [moment, 'started', [{}]]),
    );
    const counts = `SELECT (SELECT fired FROM schedules WHERE id = $1) AS fired,
      (SELECT count(*)::int FROM runs WHERE schedule_id = $1) AS runs`;
    expect(await schedules.query(counts, [scheduleId])).toEqual([
      { fired: moments.length, runs: moments.length },
    ]);
  };

  test.each([...before, ...after])('that dies %s leaves each moment to another, once', async (_, reach) => {
    const scheduler = await fleet.startScheduler(environment);
    const died = reach(proxy, async () => {
      await scheduler.kill('SIGKILL');
      return 'drop';
    });
    const schedule = await aSchedule();
    expect(await died).toBe(true);
    await fleet.startScheduler();
    await expectOnce(schedule);
  });

  test.each([...before, ...after.slice(-1)])(
    'that stands still %s, and goes on later, fires no moment again',
    async (_, reach) => {
      const scheduler = await fleet.startScheduler(environment);
      const stopped = reach(proxy, () => {
        process.kill(scheduler.pid, 'SIGSTOP');
        return new Promise((resolve) => {
          goOn = () => {
            process.kill(scheduler.pid, 'SIGCONT');
            resolve('pass');
          };
        });
      });
      const schedule = await aSchedule();
      expect(await stopped).toBe(true);
      await fleet.startScheduler();
      await schedules.allQuiet();
      goOn();
      goOn = () => undefined;
      // What it was about to do is done, or refused, when it has ended.
      await scheduler.kill('SIGTERM');
      await expectOnce(schedule);
    },
  );

  describe('that fires a schedule', () => {
    const edited = {
      inputs: { word: 'new' },
      trigger: { ...yearly, startAt: null, endAt: null },
    };
    const oneMoment = async (): Promise<{ trigger: Body; inputs: Body }> => {
      const trigger = secondsOf([await schedules.secondToCome()]);
      return { trigger, inputs: { word: 'old' } };
    };
    const words = async (scheduleId: string) =>
      (await schedules.fires(scheduleId)).map(({ outcome, inputs }) => [outcome, inputs]);

    test('knows of an edit that came before it took the schedule', async () => {
      await fleet.startScheduler(environment);
      const { trigger, inputs } = await oneMoment();
      const scheduleId = await schedules.create(robotId, { trigger, inputs });
      const reached = at(locks)(proxy, async () => {
        await schedules.change(scheduleId, { inputs: edited.inputs });
        return 'pass';
      });
      expect(await reached).toBe(true);
      // To edit it is to look for its moments anew, but for the one that is due.
      const [fire] = await schedules.firesWhen(scheduleId, (fires) => fires.length > 0);
      expect(fire).toMatchObject({ outcome: 'started', inputs: [edited.inputs] });
    });

    test('lets an edit wait, which is not lost', async () => {
      await fleet.startScheduler(environment);
      const { trigger, inputs } = await oneMoment();
      const scheduleId = await schedules.create(robotId, { trigger, inputs });
      let isChanged = false;
      let changing: Promise<unknown> = Promise.resolve();
      const reached = at(inserts)(proxy, async () => {
        changing = schedules.change(scheduleId, edited).finally(() => (isChanged = true));
        await until(async () => isChanged || (await schedules.isSomebodyLockedOut()));
        return 'pass';
      });
      expect(await reached).toBe(true);
      await changing;
      expect(await words(scheduleId)).toEqual([['started', [inputs]]]);
      const { nextRunAt } = await schedules.look(scheduleId);
      expect(nextRunAt).toMatch(/-01-01T00:00:00/);
      await schedules.delete(scheduleId);
    });

    test('does not fire a moment again that has fired, whatever the schedule says', async () => {
      await fleet.startScheduler();
      const { trigger, inputs } = await oneMoment();
      const scheduleId = await schedules.create(robotId, { trigger, inputs, overlapPolicy: 'allow' });
      await schedules.allQuiet();
      await schedules.query('UPDATE schedules SET next_moment = start_at, due_at = start_at WHERE id = $1', [
        scheduleId,
      ]);
      await schedules.allQuiet();
      expect(await words(scheduleId)).toEqual([['started', [inputs]]]);
      expect(await schedules.query('SELECT FROM runs WHERE schedule_id = $1', [scheduleId])).toHaveLength(1);
    });
  });
});
