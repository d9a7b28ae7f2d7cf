import type { Body } from './test-api';
import { UnpodWorld } from './unpod-world';

let world: UnpodWorld;
let pilot: string;

beforeAll(async () => {
  world = await UnpodWorld.start();
  pilot = await world.anAgent('Store prices', {
    inputs: [{ name: 'city', required: true }, { name: 'count', type: 'number' }, { name: 'name' }],
  });
});

afterAll(async () => {
  await world.api.close();
});

const documents = [{ city: 'Graz' }];

/** The run as its list shows it. */
const runOf = async (runId: string) =>
  (await world.in('/runs/')).body.data.find((run: Body) => run.run_id === runId);
const tasksOf = async (runId: string) => (await world.in(`/runs/${runId}/tasks/`)).body.data as Body[];

test.each(['/tasks/', '/tasks/create/', '/tasks/create'])('%s makes a task of each document', async (at) => {
  const body = { pilot, documents: [{ city: 'Graz' }, { city: 'Linz' }] };
  const { status, body: created } = await world.post(`/spaces/${world.token}${at}`, body);
  expect([status, created]).toEqual([
    200,
    {
      status_code: 200,
      message: 'Tasks Created Successfully',
      data: {
        run_id: expect.stringMatching(/^R[0-9a-f]{32}$/),
        task_ids: [expect.stringMatching(/^T[0-9a-f]{32}$/), expect.stringMatching(/^T[0-9a-f]{32}$/)],
        status: 'pending',
      },
    },
  ]);
  const tasks = await tasksOf(created.data.run_id);
  expect(tasks.map(({ task_id, input }) => [task_id, input])).toEqual([
    [created.data.task_ids[0], { city: 'Graz' }],
    [created.data.task_ids[1], { city: 'Linz' }],
  ]);
  expect(tasks[0]).toMatchObject({ execution_type: 'scrape', ref_id: null, status: 'pending' });
});

test('a text is read as the type that the agent asks for, and a name is input where it asks for one', async () => {
  const document = { id: 'a', name: 'Shop', city: 'Graz', count: '3', other: null };
  const { body } = await world.create({ pilot, documents: [document] });
  const [task] = await tasksOf(body.data.run_id);
  expect(task).toMatchObject({ ref_id: 'a', input: { city: 'Graz', count: 3, name: 'Shop', other: null } });
});

test('a run begins at the moment that is asked for, and is scheduled until then', async () => {
  const soon = new Date(Date.now() + 86_400_000).toISOString();
  const schedule = { type: 'custom', calling_date: soon.slice(0, 10), calling_time: soon.slice(11, 19) };
  const { body } = await world.create({ pilot, documents, schedule });
  expect(body.data.status).toBe('scheduled');
  expect(await runOf(body.data.run_id)).toMatchObject({ status: 'scheduled' });
  const [task] = await tasksOf(body.data.run_id);
  expect(task).toMatchObject({ status: 'scheduled' });
  expect(task!.output.summary).toMatch(/^Waiting until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d UTC$/);
  for (const type of ['now', 'auto']) {
    const { body: now } = await world.create({ pilot, documents, schedule: { type } });
    expect(now.data.status).toBe('pending');
  }
});

describe('a run of a moment to come has a schedule', () => {
  const moment = (days: number) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
  const customOf = (at: string) => ({
    ...{ type: 'custom', calling_date: at.slice(0, 10), calling_time: at.slice(11, 19) },
  });
  const schedules = async (): Promise<Body[]> =>
    (await world.api.client.get<Body>('/v1/schedules?limit=100')).body.data;
  /** A run of an agent of its own, and its schedule as another API tells of it. */
  const later = async (name: string) => {
    const at = moment(400);
    const agent = await world.anAgent(name);
    const two = [{ id: 'a', city: 'Graz' }, { city: 'Linz' }];
    const sent = { pilot: agent, name, context: 'spring', documents: two, schedule: customOf(at) };
    const { body } = await world.create(sent);
    const [schedule] = (await schedules()).filter((each) => each.name === name);
    return { at, runId: body.data.run_id as string, schedule: schedule! };
  };

  test('which other APIs show, and begin', async () => {
    const { at, runId, schedule } = await later('shown');
    expect(schedule).toMatchObject({ status: 'active', nextRunAt: at });
    const path = `/v1/schedules/${schedule.id}/run-now`;
    const { status } = await world.api.client.post<Body>(path, {});
    expect(status).toBeLessThan(300);
    expect(await runOf(runId)).toMatchObject({ status: 'pending' });
    expect((await tasksOf(runId)).map(({ output }) => output.summary)).toEqual(['Waiting', 'Waiting']);
  });

  test('which may be moved', async () => {
    const { runId, schedule } = await later('moved');
    const at = moment(2);
    const path = `/v1/schedules/${schedule.id}`;
    const sent = { body: JSON.stringify({ trigger: { runAt: at } }) };
    expect(await world.api.client.send('PUT', path, sent)).toMatchObject({ status: 200 });
    const [task] = await tasksOf(runId);
    expect(task!.output.summary).toBe(`Waiting until ${at.slice(0, 19)} UTC`);
  });

  test('which may be deleted, and the run with it', async () => {
    const { runId, schedule } = await later('deleted');
    await world.api.client.send('DELETE', `/v1/schedules/${schedule.id}`);
    expect(await runOf(runId)).toMatchObject({ status: 'failed' });
  });
});

test.each([-1, 3_660])('a moment that is %s days away is refused', async (days) => {
  const moment = new Date(Date.now() + days * 86_400_000).toISOString();
  const schedule = { type: 'custom', calling_date: moment.slice(0, 10), calling_time: moment.slice(11, 16) };
  const { status, body } = await world.create({ pilot, documents, schedule });
  expect([status, body]).toMatchObject([400, { status_code: 400, data: {}, code: 'INVALID_INPUT' }]);
});

test('sent again with its key, it answers with the run that it made', async () => {
  const body = { pilot, documents, context: 'spring' };
  const first = await world.create(body, { 'idempotency-key': 'one' });
  const again = await world.create(body, { 'idempotency-key': 'one' });
  expect(again.body.data).toEqual(first.body.data);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  const other = await world.create({ ...body, context: 'autumn' }, { 'idempotency-key': 'one' });
  expect([other.status, other.body.errors]).toEqual([422, { context: [expect.any(String)] }]);
});

test('sent again with its key, it may ask for a moment as well', async () => {
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const schedule = { type: 'custom', calling_date: soon.slice(0, 10), calling_time: soon.slice(11, 19) };
  const [first, again] = [
    await world.create({ pilot, documents, schedule }, { 'idempotency-key': 'later' }),
    await world.create({ pilot, documents, schedule }, { 'idempotency-key': 'later' }),
  ];
  expect([again.status, again.body.data]).toEqual([200, first.body.data]);
});

describe('a body that is not right', () => {
  test.each([
    [
      'an unknown agent',
      { documents, pilot: 'nobody' },
      'pilot',
      /no published agent with the handle "nobody"/,
    ],
    ['what is no handle', { documents, pilot: '../x' }, 'pilot', /no published agent/],
    ['no agent', { documents }, 'pilot', /is missing/],
    ['no documents', { pilot: 'store-prices' }, 'documents', /at least one/],
    ['empty documents', { pilot: 'store-prices', documents: [] }, 'documents', /at least one/],
    ['filters', { pilot: 'store-prices', documents: [], filters: { a: 1 } }, 'filters', /not supported yet/],
    ['a document that is a text', { pilot: 'store-prices', documents: ['a'] }, 'documents[0]', /object/],
    ['an odd id', { pilot: 'store-prices', documents: [{ id: {} }] }, 'documents[0].id', /or a number/],
    ['an unknown schedule', { pilot: 'a', documents, schedule: { type: 'hourly' } }, 'schedule.type', /auto/],
    [
      'no time',
      { pilot: 'a', documents, schedule: { type: 'custom' } },
      'schedule.calling_date',
      /is missing/,
    ],
    [
      'a day that is none',
      {
        pilot: 'a',
        documents,
        schedule: { type: 'custom', calling_date: '2026-02-30', calling_time: '08:00' },
      },
      'schedule.calling_date',
      /a day like/,
    ],
    ['an unknown field', { pilot: 'a', documents, docs: [] }, 'docs', /is not known here/],
    [
      'a missing input',
      { pilot: 'store-prices', documents: [{ city: 'a' }, {}] },
      'documents[1].city',
      /missing/,
    ],
    ['a wrong input', { pilot: 'store-prices', documents: [{ city: 1 }] }, 'documents[0].city', /a string/],
  ])('%s: status 206, and the field as it was sent', async (...[, sent, field, sentence]) => {
    const { status, body } = await world.create(sent);
    expect([status, body]).toEqual([
      206,
      {
        status_code: 206,
        message: 'There is some Validation error',
        data: {},
        errors: expect.objectContaining({ [field]: [expect.stringMatching(sentence)] }),
        ...{ code: 'INVALID_INPUT', requestId: expect.any(String) },
      },
    ]);
  });

  test('undeclared inputs are refused where the robot says so, also those of all documents', async () => {
    const strict = await world.anAgent('Strict', { additionalInputs: false });
    const { body } = await world.create({
      pilot: strict,
      context: 'c',
      documents: [{ city: 'a', extra: 1 }],
    });
    expect(Object.keys(body.errors).sort()).toEqual(['context', 'documents[0].extra']);
  });

  test('what is no JSON is told with 400', async () => {
    const { status, body } = await world.api.client.send<Body>(
      'POST',
      `/api/v2/platform/spaces/${world.token}/tasks/`,
      { body: '{' },
    );
    expect([status, body]).toMatchObject([400, { status_code: 400, code: 'BODY_NOT_JSON' }]);
  });

  test('it makes nothing', async () => {
    const before = (await world.in('/tasks/')).body.count;
    await world.create({ pilot, documents: [{ city: 'a' }, {}] });
    expect((await world.in('/tasks/')).body.count).toBe(before);
  });
});

test("in another's space nothing is made", async () => {
  const { status, body } = await world.post(`/spaces/${world.other.token}/tasks/`, { pilot, documents });
  expect([status, body]).toMatchObject([206, { message: 'Invalid Space Token', data: {} }]);
  const at = `/api/v2/platform/spaces/${world.other.token}/tasks/`;
  const theirs = await world.other.client.post<Body>(at, { pilot, documents });
  expect([theirs.status, Object.keys(theirs.body.errors)]).toEqual([206, ['pilot']]);
});
