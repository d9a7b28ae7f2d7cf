import { rowsOfThePage } from './dialect-world';
import type { SpokenDialect } from './spoken-dialect';

const runPath = (robotId: string, runId: string): string => `/api/robots/${robotId}/runs/${runId}`;

export const maxun: SpokenDialect = {
  name: 'Maxun',
  keyHeaders: (key) => ({ 'x-api-key': key }),
  create: ({ world }, name) => world.aRobot(name, world.readsThe('/')),
  robots: async ({ visitor }) => {
    const { body } = await visitor.get('/api/robots?limit=500');
    return body['robots'].items.map(({ name }: { name: string }) => name);
  },
  start: async ({ visitor }, robot) => {
    const { status, body } = await visitor.post(`/api/robots/${robot.id}/runs`);
    expect(status).toBe(200);
    return body['run'].runId;
  },
  stateOf: async ({ visitor }, robot, runId) =>
    (await visitor.get(runPath(robot.id, runId))).body['run'].status,
  words: { running: 'running', succeeded: 'success', failed: 'failed', aborted: 'aborted' },
  results: async ({ visitor }, robot, runId) => {
    const { body } = await visitor.get(runPath(robot.id, runId));
    return { shown: body['run'].data, expected: rowsOfThePage };
  },
  walk: async ({ visitor }, robot, runIds) => {
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await visitor.get(`/api/robots/${robot.id}/runs?limit=2${cursor}`);
      const { items, nextCursor } = body['runs'];
      seen.push(...items.map(({ runId }: { runId: string }) => runId));
      if (nextCursor === null) return { seen, there: runIds.toReversed() };
      cursor = `&cursor=${nextCursor}`;
    }
  },
  reason: async ({ visitor }, robot, runId) => {
    const { body } = await visitor.get(runPath(robot.id, runId));
    return body['run'].error.message;
  },
  abort: ({ visitor }, robot, runId) => visitor.post(`${runPath(robot.id, runId)}/abort`),
  names: (space, robot, runId) => ({ space: space.id, robot: robot.id, run: runId }),
  asks: ({ robot, run }) => [
    { method: 'GET', path: `/api/robots/${robot}`, absent: 404 },
    { method: 'GET', path: `/api/robots/${robot}/versions`, absent: 404 },
    { method: 'GET', path: `/api/robots/${robot}/runs`, absent: 404 },
    { method: 'POST', path: `/api/robots/${robot}/runs`, body: {}, absent: 404 },
    { method: 'POST', path: `/api/robots/${robot}/duplicate`, body: { targetUrl: 'http://a/' }, absent: 404 },
    { method: 'GET', path: runPath(robot, run), absent: 404 },
    { method: 'GET', path: `${runPath(robot, run)}/data`, absent: 404 },
    { method: 'GET', path: `${runPath(robot, run)}/tasks`, absent: 404 },
    { method: 'GET', path: `${runPath(robot, run)}/events`, absent: 404 },
    { method: 'POST', path: `${runPath(robot, run)}/abort`, absent: 404 },
    { method: 'POST', path: `${runPath(robot, run)}/retry`, absent: 404 },
    { method: 'DELETE', path: runPath(robot, run), absent: 404 },
  ],
  malformed: { robot: ['not-an-id', "1' OR '1'='1"], run: ['not-an-id', '0'] },
  wrongStart: ({ robot }) => ({
    ask: { method: 'POST', path: `/api/robots/${robot}/runs`, body: { inputs: 7 } },
    status: 400,
    field: 'inputs',
  }),
  refusal: (status) =>
    status === 401
      ? { ok: false, error: 'Unauthorized' }
      : { statusCode: status, messageCode: expect.any(String), message: expect.any(String) },
};
