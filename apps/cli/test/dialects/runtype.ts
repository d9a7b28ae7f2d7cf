import { Visitor } from './dialect-world';
import { prefixed, uuidIn } from './id-words';
import { maxun } from './maxun';
import type { NamingAsk, SpokenDialect } from './spoken-dialect';

/** The schedules of robots, by the words for these. */
const schedules = new Map<string, string>();

/** Gives a schedule to each robot that the visitor sees. */
async function scheduleAll(visitor: Visitor): Promise<void> {
  const { body } = await visitor.get('/v1/flows?limit=100');
  for (const { id: flowId } of body['data'] as { id: string }[]) {
    if (schedules.has(flowId)) continue;
    const made = await visitor.post('/v1/schedules', scheduleOf(flowId));
    expect(made).toMatchObject({ status: 201, body: { status: 'created' } });
    schedules.set(flowId, made.body['id']);
  }
}

/** Of moments that the story does not reach. */
const scheduleOf = (flowId: string): object => ({
  target: { flowId },
  trigger: { type: 'recurring', cron: '0 9 * * *', startAt: '2099-01-01T00:00:00Z' },
});

/** What is of one schedule, and does nothing where that is of another. */
function asksOfSchedule(path: string): NamingAsk[] {
  const range = { from: '2026-01-01T00:00:00Z', until: '2026-01-01T01:00:00Z' };
  return [
    { method: 'GET', path, absent: 404 },
    { method: 'PUT', path, body: { name: 'Of another' }, absent: 404 },
    { method: 'DELETE', path, absent: 404 },
    { method: 'POST', path: `${path}/pause`, body: {}, absent: 404 },
    { method: 'POST', path: `${path}/resume`, body: {}, absent: 404 },
    { method: 'POST', path: `${path}/run-now`, body: {}, absent: 404 },
    { method: 'POST', path: `${path}/skip-next`, body: {}, absent: 404 },
    { method: 'POST', path: `${path}/backfill`, body: range, absent: 404 },
    { method: 'GET', path: `${path}/runs`, absent: 404 },
    { method: 'GET', path: `${path}/stats`, absent: 404 },
  ];
}

const resultsOf = (run: string): string => `/v1/schedules/runs/${run}/results`;

export const runtype: SpokenDialect = {
  name: 'Runtype',
  keyHeaders: (key) => ({ authorization: `Bearer ${key}` }),
  create: async (player, name) => {
    const robot = await maxun.create(player, name);
    const { visitor, world } = player;
    await scheduleAll(visitor);
    await scheduleAll(new Visitor(world.url, { authorization: `Bearer ${world.spaces.otherKey}` }));
    return robot;
  },
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
  names: (space, robot, runId) => {
    const flowId = prefixed('flow', robot.id);
    const schedule = schedules.get(flowId) ?? prefixed('sch', robot.id);
    return { space: space.id, robot: flowId, run: prefixed('run', runId), schedule };
  },
  asks: ({ robot, run, schedule = '' }) => [
    ...asksOfSchedule(`/v1/schedules/${schedule}`),
    { method: 'POST', path: '/v1/schedules', body: scheduleOf(robot), absent: 404 },
    { method: 'GET', path: resultsOf(run), absent: 404 },
    { method: 'GET', path: `/v1/schedules/batch/${run}/results`, absent: 404 },
    { method: 'GET', path: `/v1/batch/status/${run}`, absent: 404 },
    { method: 'POST', path: `/v1/batch/${run}/cancel`, absent: 404 },
    { method: 'POST', path: '/v1/batch/flow', body: { flowId: robot }, absent: 404 },
  ],
  malformed: {
    robot: ['not-an-id', 'flow_1', `flow_${'z'.repeat(25)}`, `run_${'0'.repeat(25)}`],
    run: ['runId', 'run_', `run_${'z'.repeat(25)}`, `res_${'0'.repeat(25)}`],
    schedule: ['preview', 'batch', 'sch_', `sch_${'z'.repeat(25)}`, `flow_${'0'.repeat(25)}`],
  },
  wrongStart: ({ robot }) => ({
    ask: { method: 'POST', path: '/v1/batch/flow', body: { flowId: robot, recordIds: 'all' } },
    status: 400,
    field: 'recordIds',
  }),
  refusal: () => ({ error: expect.any(String), message: expect.any(String) }),
};
