import { createSpace } from '@runnel/services';
import { newId, ScheduleStore, type CreatedSchedule } from '@runnel/store';
import { insertTestRun, TestClient, type Answer } from '@runnel/testing';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let spaceId: string;
let stranger: TestClient;

beforeAll(async () => {
  api = await startTestApi();
  [{ id: spaceId }] = await api.beside.query('SELECT id FROM spaces');
  stranger = new TestClient(api.url, (await createSpace(api.dataSource, 'another')).key);
});

afterAll(() => api.close());

/** As Maxun's own page sends it before anybody changes it. */
const usual = {
  runEvery: 1,
  runEveryUnit: 'HOURS',
  startFrom: 'MONDAY',
  dayOfMonth: '1',
  atTimeStart: '00:00',
  atTimeEnd: '01:00',
  timezone: 'UTC',
};
const weekly = { runEvery: 1, runEveryUnit: 'WEEKS', startFrom: 'FRIDAY', atTimeStart: '08:30' };

const get = (id: string) => api.client.get<Body>(`/api/robots/${id}/schedule`);
const set = (id: string, body: unknown) => api.client.post<Body>(`/api/robots/${id}/schedule`, body);
const remove = (id: string) => api.client.send<Body>('DELETE', `/api/robots/${id}/schedule`);
const put = (id: string, body: unknown): Promise<Answer<Body>> =>
  api.client.send<Body>('PUT', `/api/sdk/robots/${id}`, { body: JSON.stringify(body) });
const robotOf = async (id: string): Promise<Body> =>
  (await api.client.get<Body>(`/api/sdk/robots/${id}`)).body.data;

/** Made by another API, with what Maxun has no words for. */
async function madeElsewhere(robotId: string, parts: Partial<CreatedSchedule> = {}): Promise<string> {
  const made = await new ScheduleStore(api.beside.manager).create({
    ...{
      id: newId(),
      spaceId,
      robotId,
      keyId: null,
      name: null,
      failuresSince: new Date(),
      executionOptions: {},
    },
    ...{ type: 'recurring', cron: '0 0 L * *', timezone: 'Europe/Berlin' },
    ...{ runAt: null, startAt: null, endAt: null, nextMoment: null, dueAt: null },
    ...{
      maxFires: null,
      jitterSeconds: 0,
      pauseAfterFailures: null,
      maxAttempts: null,
      waiting: 0,
      aheadRunId: null,
      readsFirst: false,
    },
    ...{ overlapPolicy: 'skip', misfirePolicy: 'fire_once', misfireWindowSeconds: 0, catchUpMax: 1 },
    ...{
      target: { inputs: {}, recordType: null, records: [], fileIds: [], recordFilter: null },
      fileIds: [],
    },
    ...{ pausedAt: null, pausedBy: null, pauseNote: null, idempotencyKey: null, fingerprint: null },
    ...parts,
  });
  return made!.id;
}

const columnsOf = async (id: string): Promise<Body> =>
  (await api.beside.query('SELECT * FROM schedules WHERE id = $1', [id]))[0];

describe('the schedule of a robot', () => {
  test('is none until it is made', async () => {
    const { status, body } = await get(await api.aRobot());
    const nothing = { schedule: null, otherSchedules: 0 };
    expect([status, body]).toEqual([200, { statusCode: 200, messageCode: 'success', ...nothing }]);
  });

  test('is made, shown, changed and deleted', async () => {
    const id = await api.aRobot();
    const made = await set(id, usual);
    const shown = {
      ...usual,
      ...{ startFrom: null, dayOfMonth: null, cronExpression: '0 0-0 * * *', lastRunAt: null },
      ...{ nextRunAt: expect.stringMatching(/T00:00:00\.000Z$/), id: expect.any(String), enabled: true },
    };
    expect([made.status, made.body]).toEqual([
      200,
      { statusCode: 200, messageCode: 'success', schedule: shown, otherSchedules: 0 },
    ]);
    expect((await get(id)).body).toEqual(made.body);
    const changed = (await set(id, weekly)).body.schedule;
    expect(changed).toMatchObject({
      ...weekly,
      atTimeEnd: null,
      timezone: 'UTC',
      cronExpression: '30 8 * * 5',
    });
    expect(changed.id).toBe(made.body.schedule.id);
    expect(new Date(changed.nextRunAt).getUTCDay()).toBe(5);
    for (let time = 0; time < 2; time += 1) {
      const message = 'Schedule deleted successfully';
      expect((await remove(id)).body).toEqual({ statusCode: 200, messageCode: 'success', message });
    }
    expect((await get(id)).body.schedule).toBeNull();
  });

  test('runs in the time of its zone', async () => {
    const sent = { ...usual, runEveryUnit: 'DAYS', atTimeStart: '06:00', timezone: 'Asia/Kolkata' };
    const { schedule } = (await set(await api.aRobot(), sent)).body;
    expect(schedule).toMatchObject({ runEveryUnit: 'DAYS', atTimeStart: '06:00', timezone: 'Asia/Kolkata' });
    expect(schedule.nextRunAt).toMatch(/T00:30:00\.000Z$/);
  });

  test('is sent back as it was read, and stays', async () => {
    const id = await api.aRobot();
    const { schedule } = (await set(id, usual)).body;
    expect((await set(id, schedule)).body.schedule).toEqual(schedule);
    const elsewhere = await api.aRobot();
    await madeElsewhere(elsewhere);
    const { schedule: other } = (await get(elsewhere)).body;
    expect(other).toMatchObject({ runEvery: null, runEveryUnit: null, cronExpression: '0 0 L * *' });
    expect((await set(elsewhere, other)).body.schedule).toEqual(other);
  });

  test('is made once by many who make it at once', async () => {
    const id = await api.aRobot();
    const answers = await Promise.all(Array.from({ length: 8 }, () => set(id, weekly)));
    expect(new Set(answers.map(({ body }) => body.schedule.id)).size).toBe(1);
    expect((await get(id)).body).toMatchObject({ otherSchedules: 0, schedule: weekly });
  });

  test('is the oldest of several, whichever API made it, and keeps all but its time', async () => {
    const id = await api.aRobot();
    const endAt = new Date(Date.now() + 10 * 365 * 86_400_000);
    const first = await madeElsewhere(id, {
      ...{ name: 'Mine', timezone: 'UTC', endAt, overlapPolicy: 'queue_one', jitterSeconds: 60, maxFires: 9 },
      ...{ pausedAt: new Date(), pausedBy: 'person', pauseNote: 'Holidays' },
    });
    const second = await madeElsewhere(id);
    const before = await columnsOf(first);
    const { body } = await set(id, weekly);
    expect(body).toMatchObject({ otherSchedules: 1, schedule: { id: first, ...weekly } });
    expect(body.schedule).toMatchObject({ enabled: false, nextRunAt: null });
    const time = { cron: '30 8 * * 5', next_moment: expect.any(Date), due_at: expect.any(Date) };
    const edit = { revision: 2, updated_at: expect.any(Date) };
    expect(await columnsOf(first)).toEqual({ ...before, ...time, ...edit });
    await remove(id);
    expect((await get(id)).body).toMatchObject({ otherSchedules: 0, schedule: { id: second } });
  });

  test('that became of another robot is let be', async () => {
    const [id, other] = [await api.aRobot(), await api.aRobot()];
    const moved = (await set(id, weekly)).body.schedule.id;
    await api.beside.query('UPDATE schedules SET robot_id = $2 WHERE id = $1', [moved, other]);
    const own = (await set(id, usual)).body.schedule;
    expect(own.id).not.toBe(moved);
    expect((await get(other)).body.schedule).toMatchObject({ id: moved, ...weekly });
  });

  test.each<[Body, string]>([
    [{ runEvery: 45, runEveryUnit: 'MINUTES', atTimeEnd: '17:00' }, 'runEvery'],
    [{ runEvery: 2, runEveryUnit: 'WEEKS' }, 'runEvery'],
    [{ runEvery: 0 }, 'runEvery'],
    [{ runEvery: 1.5 }, 'runEvery'],
    [{ runEvery: 'x' }, 'runEvery'],
    [{ runEvery: undefined }, 'runEvery'],
    [{ runEveryUnit: undefined }, 'runEveryUnit'],
    [{ runEveryUnit: 'HOUR' }, 'runEveryUnit'],
    [{ startFrom: 'Monday' }, 'startFrom'],
    [{ runEveryUnit: 'MONTHS', dayOfMonth: 31 }, 'dayOfMonth'],
    [{ atTimeStart: '24:00' }, 'atTimeStart'],
    [{ runEvery: 15, runEveryUnit: 'MINUTES', atTimeStart: '09:20' }, 'atTimeStart'],
    [{ runEvery: 15, runEveryUnit: 'MINUTES', atTimeEnd: '17:30' }, 'atTimeEnd'],
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ runEvery: null, runEveryUnit: null, cronExpression: '0 0 30 2 *' }, 'cronExpression'],
    [{ every: 1 }, 'every'],
  ])('is refused with %j for `%s`', async (parts, field) => {
    const id = await api.aRobot();
    const { status, body } = await set(id, { ...usual, ...parts });
    expect([status, body]).toEqual([
      400,
      expect.objectContaining({ statusCode: 400, messageCode: 'bad_request', code: 'INVALID_INPUT', field }),
    ]);
    expect(body.faults).toContainEqual(expect.objectContaining({ path: field }));
    const through = await put(id, { schedule: { ...usual, ...parts }, meta: { name: 'Another' } });
    expect([through.status, through.body.details[0].path]).toEqual([400, `schedule.${field}`]);
    expect(await robotOf(id)).toMatchObject({
      schedule: null,
      recording_meta: { name: '10 post link tree' },
    });
  });

  test('of a robot that needs inputs is refused: it would have none', async () => {
    const id = await api.aRobot({ inputs: [{ name: 'word', required: true }] });
    const { status, body } = await set(id, usual);
    expect([status, body.field]).toEqual([400, 'target.inputs.word']);
  });

  test('is of no robot that is not there, is none, or is of another space', async () => {
    const own = await api.aRobot();
    await set(own, weekly);
    const sent = { body: JSON.stringify(usual) };
    for (const [method, body] of [
      ['GET', {}],
      ['POST', sent],
      ['DELETE', {}],
    ] as const) {
      const answers = [
        await api.client.send<Body>(method, `/api/robots/${newId()}/schedule`, body),
        await api.client.send<Body>(method, '/api/robots/robot_17/schedule', body),
        await stranger.send<Body>(method, `/api/robots/${own}/schedule`, body),
      ];
      for (const { status, body: told } of answers) {
        expect([status, told.messageCode]).toEqual([404, 'not_found']);
        expect(told.message).toMatch(/^Robot with ID ".*" not found\.$/);
      }
    }
    expect((await get(own)).body.schedule).toMatchObject(weekly);
  });
});

describe("robots of Maxun's SDK", () => {
  test('are scheduled, shown with it and taken off', async () => {
    const id = await api.aRobot();
    const schedule = { runEvery: 15, runEveryUnit: 'MINUTES', timezone: 'Europe/Berlin' };
    const set = (await put(id, { schedule })).body.data;
    expect(set.schedule).toMatchObject({ ...schedule, cronExpression: '*/15 * * * *' });
    expect(await robotOf(id)).toEqual(set);
    const listed = (await api.client.get<Body>('/api/sdk/robots')).body.data;
    expect(listed.find((robot: Body) => robot.id === id).schedule).toEqual(set.schedule);
    expect((await put(id, { meta: { name: 'Renamed' } })).body.data.schedule).toEqual(set.schedule);
    expect((await put(id, { schedule: set.schedule })).body.data.schedule).toEqual(set.schedule);
    expect((await get(id)).body.schedule).toEqual(set.schedule);
    for (let time = 0; time < 2; time += 1)
      expect((await put(id, { schedule: null })).body.data.schedule).toBeNull();
    expect((await robotOf(id)).schedule).toBeNull();
  });

  test('are made again for another address without it', async () => {
    const id = await api.aRobot();
    await put(id, { schedule: usual });
    const sent = { targetUrl: 'http://127.0.0.1:9/other' };
    const { body } = await api.client.post<Body>(`/api/sdk/robots/${id}/duplicate`, sent);
    expect([body.data.schedule, (await robotOf(body.data.id)).schedule]).toEqual([null, null]);
  });

  test('that are there already are answered with it', async () => {
    const meta = { name: 'Twice', robotType: 'scrape', url: 'http://127.0.0.1:9/', formats: ['markdown'] };
    const create = () => api.client.post<Body>('/api/sdk/robots', { meta });
    const { schedule } = (await put((await create()).body.data.id, { schedule: weekly })).body.data;
    expect((await create()).body).toMatchObject({ existing: true, data: { schedule } });
  });
});

test('a run tells who started it: a schedule, or the API', async () => {
  const robotId = await api.aRobot();
  const scheduleId = await madeElsewhere(robotId);
  const { runId } = await insertTestRun(api.beside, { spaceId, robotId, scheduleId, origin: 'schedule' });
  const own = (await api.client.post<Body>(`/api/robots/${robotId}/runs`)).body.run.runId;
  for (const mount of ['/api', '/api/sdk']) {
    const found = async (id: string): Promise<Body> => {
      const { body } = await api.client.get<Body>(`${mount}/robots/${robotId}/runs/${id}`);
      return body.run ?? body.data;
    };
    const nobody = { runByUserId: null, runByScheduleId: null, runByAPI: null };
    expect(await found(runId)).toMatchObject({ ...nobody, runByScheduleId: scheduleId });
    expect(await found(own)).toMatchObject({ ...nobody, runByAPI: true });
  }
});
