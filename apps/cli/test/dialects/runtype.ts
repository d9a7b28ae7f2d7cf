import { prefixed, uuidIn } from './id-words';
import { maxun } from './maxun';
import type { SpokenDialect } from './spoken-dialect';

const resultsOf = (run: string): string => `/v1/schedules/runs/${run}/results`;

export const runtype: SpokenDialect = {
  name: 'Runtype',
  keyHeaders: (key) => ({ authorization: `Bearer ${key}` }),
  create: maxun.create,
  robots: async ({ visitor }) => {
    const { body } = await visitor.get('/v1/flows?limit=100');
    return body['data'].map(({ name }: { name: string }) => name);
  },
  start: async ({ visitor }, robot) => {
    const started = await visitor.post('/v1/batch/flow', { flowId: prefixed('flow', robot.id) });
    expect(started).toMatchObject({ status: 200, body: { status: 'queued' } });
    return uuidIn(started.body['batchExecutionId']);
  },
  stateOf: async ({ visitor }, _robot, runId) =>
    (await visitor.get(`/v1/batch/status/${prefixed('batch', runId)}`)).body['status'],
  words: { running: 'running', succeeded: 'completed', failed: 'failed', aborted: 'cancelled' },
  // It carries no payload: only what became of each record.
  results: async ({ visitor }, robot, runId) => {
    const { body } = await visitor.get(resultsOf(prefixed('run', runId)));
    const flowId = prefixed('flow', robot.id);
    return {
      shown: body['data'],
      expected: [expect.objectContaining({ flowId, status: 'success', error: null, failedAt: null })],
    };
  },
  walk: async ({ visitor }, robot, runIds) => {
    const there = runIds.map((_run, index) => `record ${index}`);
    const flowId = prefixed('flow', robot.id);
    const started = await visitor.post('/v1/batch/flow', { flowId, recordIds: there });
    const seen: string[] = [];
    for (let offset = 0; ; offset += 2) {
      const path = `/v1/schedules/batch/${started.body['batchExecutionId']}/results`;
      const { body } = await visitor.get(`${path}?limit=2&offset=${offset}`);
      seen.push(...body['data'].map(({ recordId }: { recordId: string }) => recordId));
      if (!body['pagination'].hasMore) break;
    }
    await visitor.post(`/v1/batch/${started.body['batchExecutionId']}/cancel`);
    return { seen, there };
  },
  reason: async ({ visitor }, _robot, runId) =>
    (await visitor.get(resultsOf(prefixed('run', runId)))).body['data'][0].error,
  abort: ({ visitor }, _robot, runId) => visitor.post(`/v1/batch/${prefixed('batch', runId)}/cancel`),
  names: (space, robot, runId) => ({
    ...{ space: space.id, robot: prefixed('flow', robot.id) },
    run: prefixed('run', runId),
  }),
  asks: ({ robot, run }) => [
    { method: 'GET', path: resultsOf(run), absent: 404 },
    { method: 'GET', path: `/v1/schedules/batch/${run}/results`, absent: 404 },
    { method: 'GET', path: `/v1/batch/status/${run}`, absent: 404 },
    { method: 'POST', path: `/v1/batch/${run}/cancel`, absent: 404 },
    { method: 'POST', path: '/v1/batch/flow', body: { flowId: robot }, absent: 404 },
  ],
  malformed: {
    robot: ['not-an-id', 'flow_1', `flow_${'z'.repeat(25)}`, `run_${'0'.repeat(25)}`],
    run: ['runId', 'run_', `run_${'z'.repeat(25)}`, `res_${'0'.repeat(25)}`],
  },
  wrongStart: ({ robot }) => ({
    ask: { method: 'POST', path: '/v1/batch/flow', body: { flowId: robot, recordIds: 'all' } },
    status: 400,
    field: 'recordIds',
  }),
  refusal: () => ({ error: expect.any(String), message: expect.any(String) }),
};
