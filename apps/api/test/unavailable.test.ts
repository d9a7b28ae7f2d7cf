import { TcpRelay, until } from '@runnel/testing';
import { startTestApi, type Body, type TestApi } from './test-api';

let relay: TcpRelay;
let api: TestApi;
let robotId: string;

beforeAll(async () => {
  api = await startTestApi({
    reach: async (url) => {
      relay = await TcpRelay.start(url);
      return { pool: relay.url, signals: relay.url };
    },
  });
  robotId = await api.aRobot();
});

afterAll(async () => {
  await api.close();
  await relay.close();
});

const expectUnavailable = ({ status, headers, body }: Awaited<ReturnType<typeof list>>): void => {
  expect({ status, retryAfter: headers.get('retry-after'), code: body.code }).toEqual({
    status: 503,
    retryAfter: '2',
    code: 'UNAVAILABLE',
  });
  expect(body).toMatchObject({ messageCode: 'service_unavailable', requestId: expect.any(String) });
};
const list = () => api.client.get<Body>(`/api/robots/${robotId}/runs`);
const isBack = () => until(async () => (await list()).status === 200);

test('a database that refuses connections is told as such, and what was asked works again when it is back', async () => {
  await isBack();
  await relay.refuse();
  expectUnavailable(await list());
  expectUnavailable(await api.client.post<Body>(`/api/robots/${robotId}/runs`));
  expect((await api.client.get('/health/ready')).status).toBe(503);
  expect((await api.client.get('/health/live')).status).toBe(200);
  await relay.accept();
  await isBack();
});

test('a statement whose connection breaks is one to ask again', async () => {
  await isBack();
  const cut = relay.cutAfter(robotId);
  expectUnavailable(await list());
  await cut;
  await isBack();
});

test.each(['pg_terminate_backend', 'pg_cancel_backend'])(
  'so is one that the server ends by %s',
  async (by) => {
    await isBack();
    const holder = api.beside.createQueryRunner();
    await holder.startTransaction();
    await holder.query('LOCK TABLE runs IN ACCESS EXCLUSIVE MODE');
    const asked = list();
    await until(async () => {
      const ended = await api.beside.query(
        `SELECT ${by}(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'test' AND wait_event_type = 'Lock'`,
      );
      return ended.length > 0;
    });
    expectUnavailable(await asked);
    await holder.rollbackTransaction();
    await holder.release();
    await isBack();
  },
);

test('a server that takes connections and says nothing is not waited for', async () => {
  await isBack();
  await relay.refuse();
  relay.blackHole({ newOnes: true });
  await relay.accept();
  expectUnavailable(await list());
  relay.blackHole();
  await isBack();
});
