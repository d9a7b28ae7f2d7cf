import { rowsOfThePage } from './dialect-world';
import { base36, uuidIn } from './id-words';
import { maxun } from './maxun';
import type { Names, SpokenDialect } from './spoken-dialect';

const startBody = ({ space, robot }: Pick<Names, 'space' | 'robot'>): Record<string, unknown> => ({
  name: 'Process invoice 42',
  agent_id: space,
  process_id: robot,
  stage: 'Published',
});

export const kognitos: SpokenDialect = {
  name: 'Kognitos',
  keyHeaders: maxun.keyHeaders,
  create: maxun.create,
  robots: async ({ visitor, space }) => {
    const { body } = await visitor.get(`/v2/processes?agent_id=${space.agentId}&limit=100`);
    return body['items'].map(({ name }: { name: string }) => name);
  },
  start: async ({ visitor, space }, robot) => {
    const body = startBody({ space: space.agentId, robot: base36(robot.id) });
    const started = await visitor.post('/runs', body);
    expect(started).toMatchObject({ status: 201, body: { status: 'Created', outputs: null } });
    return uuidIn(started.body['id']);
  },
  stateOf: async ({ visitor }, _robot, runId) => (await visitor.get(`/runs/${base36(runId)}`)).body['status'],
  words: { running: 'Running', succeeded: 'Succeeded', failed: 'Failed', aborted: 'Cancelled' },
  results: async ({ visitor }, _robot, runId) => {
    const { body } = await visitor.get(`/v2/runs/${base36(runId)}`);
    return { shown: body['outputs'], expected: [{ name: 'items', value: rowsOfThePage }] };
  },
  walk: async ({ visitor, space }, robot, runIds) => {
    const list = `/runs?agent_id=${space.agentId}&process_id=${base36(robot.id)}&limit=2`;
    const seen: string[] = [];
    for (let rest = ''; ;) {
      const { body } = await visitor.get(`${list}${rest}`);
      seen.push(...body['items'].map(({ id }: { id: string }) => uuidIn(id)));
      if (body['continuation_token'] === null) return { seen, there: runIds.toReversed() };
      rest = `&continuation_token=${body['continuation_token']}`;
    }
  },
  abort: maxun.abort,
  names: (space, robot, runId) => ({ space: space.agentId, robot: base36(robot.id), run: base36(runId) }),
  asks: ({ space, robot, run }) => [
    { method: 'GET', path: `/runs/${run}`, absent: 404 },
    { method: 'GET', path: `/v2/runs/${run}`, absent: 404 },
    { method: 'GET', path: `/runs?agent_id=${space}&process_id=${robot}`, absent: 404 },
    { method: 'POST', path: '/runs', body: startBody({ space, robot }), absent: 404 },
    { method: 'GET', path: `/processes?agent_id=${space}`, absent: 404 },
    { method: 'GET', path: `/v2/processes/${robot}?agent_id=${space}`, absent: 404 },
    { method: 'POST', path: '/files', body: { file_name: 'a.csv', agent_id: space }, absent: 404 },
  ],
  malformed: {
    space: ['not-an-id', 'z'.repeat(25)],
    robot: ['not-an-id', 'z'.repeat(25)],
    run: ['not-an-id', 'z'.repeat(25), 'x'.repeat(300)],
  },
  wrongStart: (names) => ({
    ask: { method: 'POST', path: '/runs', body: { ...startBody(names), stage: 'Publish' } },
    status: 400,
    field: 'stage',
  }),
  refusal: (status) => ({
    message: status === 401 ? 'access not permitted' : expect.any(String),
    status_code: status,
  }),
};
