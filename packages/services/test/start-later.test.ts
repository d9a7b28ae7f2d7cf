import type { Schedule } from '@runnel/contracts';
import { RunStore, ScheduleStore, TaskListStore } from '@runnel/store';
import { aDefinition } from '@runnel/testing';
import {
  abortRun,
  AheadRunEndedError,
  backfillSchedule,
  createRobot,
  deleteSchedule,
  fireDue,
  InvalidInputError,
  KeyReusedError,
  pauseSchedule,
  recoverTasks,
  replaceRobot,
  resumeSchedule,
  runNow,
  skipNext,
  SpaceFullError,
  startLater,
  startRun,
  updateSchedule,
  type StartLater,
} from '../src';
import { startTestServices, type TestServices } from './test-services';

/** A run that is made now and begins at its moment: what its schedule does with it. */
describe('starting a run later', () => {
  let services: TestServices;
  let robotId: string;
  const errors: unknown[] = [];

  beforeAll(async () => {
    services = await startTestServices();
    const inputs = [
      { name: 'page', type: 'string', required: false },
      { name: 'context', type: 'string', required: false },
    ];
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
    expect(errors.splice(0)).toEqual([]);
    await query('DELETE FROM schedules');
    await query(`UPDATE runs SET status = 'aborted', finished_at = now() WHERE finished_at IS NULL`);
    await query(`UPDATE tasks SET status = 'aborted', finished_at = now() WHERE finished_at IS NULL`);
  });

  afterAll(() => services.close());

  const query = <T = unknown>(sql: string, values: unknown[] = []): Promise<T[]> =>
    services.dataSource.query(sql, values);
  const onError = (error: unknown): unknown => errors.push(error);
  const fire = () => fireDue({ ...services.deps, onError });
  const inAnHour = () => new Date(Date.now() + 3_600_000);
  const record = (page: string) => ({ id: page, name: null, type: 'T', inputs: { page }, isText: true });

  const start = (parts: Partial<StartLater['start']> = {}, at = inAnHour()) =>
    startLater(services.deps, {
      start: {
        ...{ spaceId: services.spaceId, robotId, asked: {}, inputs: { context: 'c' } },
        records: () => [record('a'), record('b')],
        ...parts,
      },
      at,
      name: 'later',
    });
  /** The run, its schedule and where that is. */
  const made = async (at = inAnHour()) => {
    const started = await start({}, at);
    const runId = started!.run.id;
    const scheduleId = started!.run.scheduleId!;
    return { runId, key: { spaceId: services.spaceId, scheduleId } };
  };
  type Key = Awaited<ReturnType<typeof made>>['key'];
  const read = (key: Key) => new ScheduleStore(services.dataSource.manager).find(key);
  const runOf = (runId: string) =>
    new RunStore(services.dataSource.manager).find({ spaceId: services.spaceId, robotId, runId }, 0);
  const fires = ({ scheduleId }: Key) =>
    query('SELECT id, kind, outcome, reason FROM fires WHERE schedule_id = $1', [scheduleId]);
  /** Tasks that a worker could have: their moment has come. */
  const free = async (runId: string): Promise<number> => {
    const statement = `SELECT id FROM tasks WHERE run_id = $1 AND status = 'queued' AND not_before IS NULL`;
    return (await query(statement, [runId])).length;
  };
  const come = ({ scheduleId }: Key, seconds = 1): Promise<unknown> =>
    query(
      `UPDATE schedules SET next_moment = date_trunc('second', now()) - $2 * interval '1 s', due_at = date_trunc('second', now()) - $2 * interval '1 s',
         run_at = date_trunc('second', now()) - $2 * interval '1 s' WHERE id = $1`,
      [scheduleId, seconds],
    );
  const ended = { status: 'aborted', failure: { code: 'ABORTED' } };

  test('makes the run at once, which waits, and a schedule that tells of it', async () => {
    const at = inAnHour();
    const { runId, key } = await made(at);
    expect(await runOf(runId)).toMatchObject({
      ...{ status: 'queued', taskCount: 2, notBefore: at, origin: 'schedule', scheduleId: key.scheduleId },
    });
    expect(await read(key)).toMatchObject({
      ...{ type: 'one_time', name: 'later', runAt: at, nextMoment: at, dueAt: at, aheadRunId: runId },
      ...{
        overlapPolicy: 'allow',
        misfirePolicy: 'fire_once',
        misfireWindowSeconds: 604_800,
        lastRunId: null,
      },
      target: {
        ...{ inputs: { context: 'c' }, recordType: 'T', fileIds: [], recordFilter: null },
        records: [
          { kind: 'given', id: 'a', name: null, inputs: { page: 'a' } },
          { kind: 'given', id: 'b', name: null, inputs: { page: 'b' } },
        ],
      },
    });
    const page = { statuses: null, after: null, skip: 0, limit: 10 };
    const tasks = await new TaskListStore(services.dataSource.manager).list(
      { spaceId: services.spaceId, robotId, runId },
      page,
    );
    expect(tasks?.items?.map(({ notBefore }) => notBefore)).toEqual([at, at]);
    await fire();
    await recoverTasks({ ...services.deps, onError });
    expect(await free(runId)).toBe(0);
  });

  test('at its moment the run begins, and is the one of the fire', async () => {
    const { runId, key } = await made();
    await come(key);
    expect(await fire()).toMatchObject({ due: 1, started: 1 });
    expect(await free(runId)).toBe(2);
    expect(await fires(key)).toEqual([{ id: runId, kind: 'cron', outcome: 'started', reason: null }]);
    expect(await read(key)).toMatchObject({ nextMoment: null, aheadRunId: null, lastRunId: runId, fired: 1 });
    expect(await runOf(runId)).toMatchObject({ status: 'queued', notBefore: null });
    const [counted] = await query('SELECT count(*)::int FROM runs WHERE schedule_id = $1', [key.scheduleId]);
    expect(counted).toEqual({ count: 1 });
  });

  test('of many who look at once one begins it', async () => {
    const { runId, key } = await made();
    await come(key);
    const looks = await Promise.all([fire(), fire(), fire()]);
    expect(looks.reduce((sum, { started }) => sum + started, 0)).toBe(1);
    expect([await free(runId), await fires(key)]).toMatchObject([2, [{ outcome: 'started' }]]);
  });

  test('it begins also when no scheduler was there for days, or its policy became skip', async () => {
    const late = await made();
    await come(late.key, 6 * 86_400);
    const alone = await made();
    await updateSchedule(services.deps, alone.key, () => ({ overlapPolicy: 'skip' }));
    await come(alone.key);
    expect(await fire()).toMatchObject({ started: 2 });
    expect(await fires(late.key)).toMatchObject([{ kind: 'catch_up', outcome: 'started' }]);
    expect(await fires(alone.key)).toMatchObject([{ kind: 'cron', outcome: 'started' }]);
  });

  test.each<[string, (key: Key) => Promise<unknown>, object[]]>([
    [
      'missed too long',
      async (key) => {
        await come(key, 8 * 86_400);
        await fire();
      },
      [{ outcome: 'skipped_misfire' }],
    ],
    [
      'paused when it is due',
      async (key) => {
        await pauseSchedule(services.deps, key, null);
        await come(key);
        await fire();
      },
      [{ outcome: 'skipped_paused' }],
    ],
    ['skipped', (key) => skipNext(services.deps, key, null), [{ outcome: 'skipped_paused' }]],
    ['deleted', (key) => deleteSchedule(services.deps, key), []],
  ])('when its moment is %s the run ends', async (_, end, noted) => {
    const { runId, key } = await made();
    await end(key);
    expect(await runOf(runId)).toMatchObject({ ...ended, tasksAborted: 2 });
    expect(await fires(key)).toMatchObject(noted);
    expect((await read(key))?.aheadRunId ?? null).toBeNull();
  });

  describe('when the process ends in between', () => {
    /** The last write to the schedule is refused: what was written before in its transaction is taken back. */
    const refusing = async (check: string, act: () => Promise<unknown>): Promise<void> => {
      await query(`ALTER TABLE schedules ADD CONSTRAINT refused CHECK (${check}) NOT VALID`);
      try {
        await expect(act()).rejects.toThrow('refused');
      } finally {
        await query('ALTER TABLE schedules DROP CONSTRAINT refused');
      }
    };

    test('neither a run nor its key is left without a schedule', async () => {
      const sent = { idempotencyKey: 'again' };
      await refusing(`name <> 'later'`, () => start(sent));
      expect(await query('SELECT id FROM runs WHERE finished_at IS NULL')).toEqual([]);
      expect(await start(sent)).toMatchObject({ isReplayed: false });
    });

    test('the run and its moment are as they were, and go on', async () => {
      const { runId, key } = await made();
      await refusing('ahead_run_id IS NOT NULL', () => skipNext(services.deps, key, null));
      await come(key);
      await refusing('ahead_run_id IS NOT NULL', async () => {
        await fire();
        // The second is of passing it over.
        const [error, ...more] = errors.splice(0);
        expect(more).toHaveLength(1);
        throw error;
      });
      expect([await free(runId), await fires(key)]).toEqual([0, []]);
      await fire();
      expect([await free(runId), await fires(key)]).toMatchObject([2, [{ outcome: 'started' }]]);
    });

    test('one that cannot be fired at all is passed over, and its run ends', async () => {
      const { runId, key } = await made();
      await come(key);
      // A moment has one fire: this one has it already.
      await query(
        `INSERT INTO fires (id, space_id, schedule_id, kind, scheduled_for, outcome, fired_at)
         SELECT gen_random_uuid(), space_id, id, 'cron', next_moment, 'error', now() FROM schedules WHERE id = $1`,
        [key.scheduleId],
      );
      await fire();
      expect(errors.splice(0)).toHaveLength(1);
      expect(await runOf(runId)).toMatchObject(ended);
      expect(await read(key)).toMatchObject({ aheadRunId: null, nextMoment: null });
    });
  });

  test('paused and resumed before its moment it begins', async () => {
    const { runId, key } = await made();
    await pauseSchedule(services.deps, key, 'wait');
    await resumeSchedule(services.deps, key);
    await come(key);
    await fire();
    expect(await free(runId)).toBe(2);
  });

  test('its moment moves, and nothing else of what it starts', async () => {
    const { runId, key } = await made();
    const at = new Date(Date.now() + 7_200_000);
    const { type, cron, timezone, startAt, endAt } = (await read(key)) as Schedule;
    const trigger = { type, cron, timezone, startAt, endAt };
    await updateSchedule(services.deps, key, () => ({ trigger: { ...trigger, runAt: at }, name: 'moved' }));
    expect(await runOf(runId)).toMatchObject({ status: 'queued', notBefore: at });
    const target = { inputs: {}, recordType: null, records: [], fileIds: [], recordFilter: null };
    const recurring = { ...trigger, type: 'recurring', cron: '0 * * * *', runAt: null } as const;
    const edit = updateSchedule(services.deps, key, () => ({ target, trigger: recurring, maxAttempts: 2 }));
    const refused = await edit.catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidInputError);
    const message = expect.stringMatching(/made already/);
    expect(refused).toMatchObject({
      faults: [
        { path: 'type', message },
        { path: 'target', message },
        { path: 'maxAttempts', message },
      ],
    });
    expect(await read(key)).toMatchObject({ name: 'moved', runAt: at, aheadRunId: runId });
  });

  test('a run that was aborted before its moment is told as an error', async () => {
    const { runId, key } = await made();
    await abortRun(services.dataSource, { spaceId: services.spaceId, robotId, runId });
    await come(key);
    expect(await fire()).toMatchObject({ started: 0 });
    expect(await fires(key)).toEqual([
      { id: expect.not.stringMatching(runId), kind: 'cron', outcome: 'error', reason: expect.any(String) },
    ]);
    expect(await read(key)).toMatchObject({ aheadRunId: null, nextMoment: null, lastRunId: null });
  });

  test('sent again with its key it finds the run, also at once and when the moment has passed', async () => {
    const asked = { a: 1 };
    const sent = { asked, idempotencyKey: 'once' };
    const at = inAnHour();
    const both = await Promise.all([start(sent, at), start(sent, at)]);
    expect(both.map((started) => started?.isReplayed).sort()).toEqual([false, true]);
    const again = await start(sent, new Date(0));
    expect(again).toMatchObject({ isReplayed: true, run: { id: both[0]?.run.id } });
    expect(await query('SELECT id FROM schedules')).toHaveLength(1);
    await expect(start({ ...sent, asked: { a: 2 } })).rejects.toThrow(KeyReusedError);
  });

  test('a robot that is published meanwhile starts as it is then', async () => {
    const given = {
      spaceId: services.spaceId,
      name: 'P',
      definition: aDefinition({}),
      publish: true,
      domains: null,
    };
    const robot = await createRobot(services.deps, given);
    await start({ robotId: robot.id, records: null, inputs: {} });
    const definition = aDefinition({ inputs: [{ name: 'new', type: 'string', required: true }] });
    await replaceRobot(services.deps, { ...given, id: robot.id, definition });
    const refused = start({ robotId: robot.id, records: null, inputs: {} });
    await expect(refused).rejects.toThrow(InvalidInputError);
    const started = await start({ robotId: robot.id, records: null, inputs: { new: 'x' } });
    expect(started?.run.robotVersion).toBe(2);
  });

  test.each([
    ['of the past', -1_000],
    ['eleven years away', 11 * 366 * 86_400_000],
  ])('a moment %s is refused, and makes nothing', async (_, ms) => {
    const refused = start({}, new Date(Date.now() + ms));
    await expect(refused).rejects.toMatchObject({ faults: [{ path: 'runAt' }] });
    expect(await query('SELECT id FROM schedules')).toEqual([]);
  });

  test('runs that are held take no room of those that wait', async () => {
    const limit = (most: number | null) =>
      query('UPDATE spaces SET max_queued = coalesce($2, max_queued) WHERE id = $1', [
        services.spaceId,
        most,
      ]);
    const [before] = await query<{ most: number }>('SELECT max_queued AS most FROM spaces');
    await limit(3);
    try {
      const held = [await made(), await made()];
      const other = {
        spaceId: services.spaceId,
        robotId,
        asked: {},
        records: () => [record('a'), record('b')],
      };
      expect((await startRun(services.deps, other))?.run.status).toBe('queued');
      await expect(startRun(services.deps, other)).rejects.toThrow(SpaceFullError);
      await runNow(services.deps, { ...held[0]!, asked: {}, overlapPolicy: null, idempotencyKey: null });
      await expect(start()).rejects.toThrow(SpaceFullError);
    } finally {
      await limit(before!.most);
    }
  });

  test('of an unknown robot there is nothing to start', async () => {
    expect(await start({ robotId: services.spaceId })).toBeNull();
  });

  describe('by hand', () => {
    const press = (key: Key, idempotencyKey: string | null = null) =>
      runNow(services.deps, { key, asked: {}, overlapPolicy: null, idempotencyKey });

    test('the run begins now, once, and no moment is left', async () => {
      const { runId, key } = await made();
      const both = await Promise.all([press(key, 'pressed'), press(key, 'pressed')]);
      expect(both.map((started) => started?.run.id)).toEqual([runId, runId]);
      expect(both.map((started) => started?.isReplayed).sort()).toEqual([false, true]);
      expect(await free(runId)).toBe(2);
      expect(await fires(key)).toMatchObject([{ id: runId, kind: 'manual', outcome: 'started' }]);
      expect(await read(key)).toMatchObject({ nextMoment: null, aheadRunId: null, lastRunId: runId });
    });

    test('afterwards it starts another of the same records', async () => {
      const { runId, key } = await made();
      await press(key);
      const again = await press(key);
      expect(again?.run.id).not.toBe(runId);
      const statement = `SELECT inputs::jsonb AS inputs, record ->> 'id' AS id, record ->> 'type' AS type
        FROM tasks WHERE run_id = $1 ORDER BY ordinal`;
      const first = await query(statement, [runId]);
      expect(first).toMatchObject([{ id: 'a', type: 'T', inputs: { page: 'a', context: 'c' } }, { id: 'b' }]);
      expect(await query(statement, [again?.run.id])).toEqual(first);
    });

    test('one that was aborted does not begin', async () => {
      const { runId, key } = await made();
      await abortRun(services.dataSource, { spaceId: services.spaceId, robotId, runId });
      await expect(press(key, 'too late')).rejects.toThrow(AheadRunEndedError);
      expect(await fires(key)).toEqual([]);
    });

    test('its moment is not backfilled beside it', async () => {
      const { key } = await made();
      await come(key);
      const until = new Date();
      const filled = await backfillSchedule(services.deps, key, { from: new Date(0), until });
      expect(filled).toEqual({ moments: 0, added: 0 });
    });
  });
});
