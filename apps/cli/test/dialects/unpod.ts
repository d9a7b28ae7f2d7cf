import { rowsOfThePage } from './dialect-world';
import { lettered, uuidIn } from './id-words';
import { maxun } from './maxun';
import type { SpokenDialect } from './spoken-dialect';

const mount = '/api/v2/platform';
const inSpace = (token: string): string => `${mount}/spaces/${token}`;
const tasksOf = (token: string, run: string): string => `${inSpace(token)}/runs/${run}/tasks/`;

export const unpod: SpokenDialect = {
  name: 'Unpod',
  keyHeaders: (key) => ({ authorization: `Token ${key}`, 'org-handle': 'runnel' }),
  create: maxun.create,
  robots: async ({ visitor }) => {
    const { body } = await visitor.get(`${mount}/agents/?page_size=500`);
    return body['data'].map(({ name }: { name: string }) => name);
  },
  start: async ({ visitor, space }, robot) => {
    const body = { pilot: robot.handle, documents: [{ id: 'the first' }] };
    const started = await visitor.post(`${inSpace(space.token)}/tasks/`, body);
    expect(started).toMatchObject({ status: 200, body: { status_code: 200, data: { status: 'pending' } } });
    return uuidIn(started.body['data'].run_id);
  },
  stateOf: async ({ visitor, space }, _robot, runId) => {
    const { body } = await visitor.get(`${inSpace(space.token)}/runs/?page_size=500`);
    const run = lettered('R', runId);
    return body['data'].find((each: { run_id: string }) => each.run_id === run).status;
  },
  words: { running: 'running', succeeded: 'completed', failed: 'failed', aborted: 'failed' },
  results: async ({ visitor, space }, _robot, runId) => {
    const { body } = await visitor.get(tasksOf(space.token, lettered('R', runId)));
    const [{ ref_id, output }] = body['data'];
    return {
      shown: [body['count'], ref_id, output.rows, output.summary],
      expected: [1, 'the first', rowsOfThePage, '3 rows in 1 list, after 1 attempt'],
    };
  },
  walk: async ({ visitor }, robot, runIds) => {
    const seen: string[] = [];
    for (let page = 1; ; page += 1) {
      const { body } = await visitor.get(
        `${mount}/agents/${robot.handle}/executions/?page=${page}&page_size=2`,
      );
      expect(body['count']).toBe(runIds.length);
      seen.push(...body['data'].map(({ run_id }: { run_id: string }) => uuidIn(run_id)));
      if (body['data'].length < 2) return { seen, there: runIds.toReversed() };
    }
  },
  reason: async ({ visitor, space }, _robot, runId) => {
    const { body } = await visitor.get(tasksOf(space.token, lettered('R', runId)));
    return body['data'][0].output.error.message;
  },
  abort: maxun.abort,
  names: (space, robot, runId) => ({ space: space.token, robot: robot.handle, run: lettered('R', runId) }),
  asks: ({ space, robot, run }) => [
    { method: 'GET', path: `${inSpace(space)}/`, absent: 206 },
    { method: 'GET', path: `${inSpace(space)}/runs/`, absent: 206 },
    { method: 'GET', path: `${inSpace(space)}/runs`, absent: 206 },
    { method: 'GET', path: tasksOf(space, run), absent: 206 },
    { method: 'GET', path: `${inSpace(space)}/tasks/`, absent: 206 },
    {
      method: 'POST',
      path: `${inSpace(space)}/tasks/`,
      body: { pilot: robot, documents: [{}] },
      absent: 206,
    },
    {
      method: 'POST',
      path: `${inSpace(space)}/tasks/create/`,
      body: { pilot: robot, documents: [{}] },
      absent: 206,
    },
    { method: 'GET', path: `${mount}/agents/${robot}/tasks/`, absent: 404 },
    { method: 'GET', path: `${mount}/agents/${robot}/executions/`, absent: 404 },
  ],
  malformed: {
    space: ['not-an-id', 'Z'.repeat(24), 'x'.repeat(300)],
    robot: ['Not A Handle', 'x'.repeat(150)],
    run: ['not-an-id', `R${'g'.repeat(32)}`, 'R1'],
  },
  wrongStart: ({ space, robot }) => ({
    ask: { method: 'POST', path: `${inSpace(space)}/tasks/`, body: { pilot: robot, documents: 7 } },
    status: 206,
    field: 'documents',
  }),
  refusal: (status) => ({
    status_code: status,
    message: expect.any(String),
    ...(status === 206 && { errors: expect.anything(), data: expect.anything() }),
  }),
};
