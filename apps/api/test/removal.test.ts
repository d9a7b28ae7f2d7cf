import { createSpace } from '@runnel/services';
import { newId } from '@runnel/store';
import { TestClient } from '@runnel/testing';
import { startTestApi, type Body, type TestApi } from './test-api';
import { WorkedRun } from './worked-run';

let api: TestApi;
let robotId: string;

beforeAll(async () => {
  api = await startTestApi();
  robotId = await api.aRobot();
});

afterAll(async () => {
  await api.close();
});

const remove = (path: string, client = api.client) => client.send<Body>('DELETE', path);

describe('DELETE /api/robots/{id}/runs/{runId}', () => {
  test('removes an ended run: nobody sees it any more', async () => {
    const run = await WorkedRun.start(api, robotId);
    const other = await WorkedRun.start(api, robotId);
    await run.everything();
    expect(await remove(run.path)).toMatchObject({
      status: 200,
      body: { statusCode: 200, messageCode: 'success', message: 'Run deleted successfully' },
    });
    for (const part of ['', '/data', '/events', '/tasks', '/artifacts/a.png']) {
      expect(await api.client.get(`${run.path}${part}`)).toMatchObject({ status: 404 });
    }
    const { body } = await api.client.get<Body>(`/api/robots/${robotId}/runs`);
    expect(body.runs).toMatchObject({ totalCount: 1, items: [{ runId: other.runId }] });
    expect(await remove(run.path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await api.client.post(`${run.path}/abort`)).toMatchObject({ status: 404 });
  });

  test('leaves a living run as it is, and says what to do', async () => {
    const run = await WorkedRun.start(api, robotId);
    const refused = async (reason: string): Promise<void> => {
      const message = `The run cannot be deleted: ${reason}`;
      expect(await remove(run.path)).toMatchObject({ status: 409, body: { code: 'CONFLICT', message } });
    };
    await refused('it is queued; abort it first');
    await run.claim();
    await refused('it is running; abort it first');
    await api.client.post(`${run.path}/abort`);
    await refused('it is being aborted; delete it when it has ended');
    await run.end();
    expect((await api.client.get<Body>(run.path)).body.run).toMatchObject({ status: 'aborted' });
    expect(await remove(run.path)).toMatchObject({ status: 200 });
  });

  test('knows no run that is not there, or of another robot or space', async () => {
    const run = await WorkedRun.start(api, robotId);
    await run.claim();
    await run.end();
    const { key } = await createSpace(api.dataSource, 'another');
    const another = new TestClient(api.url, key);
    const paths = [`/api/robots/${robotId}/runs/${newId()}`, `/api/robots/${robotId}/runs/nonsense`];
    paths.push(`/api/robots/${await api.aRobot()}/runs/${run.runId}`);
    for (const path of paths) expect(await remove(path)).toMatchObject({ status: 404 });
    expect(await remove(run.path, another)).toMatchObject({ status: 404 });
    expect(await remove(run.path, new TestClient(api.url, null))).toMatchObject({ status: 401 });
    expect(await remove(run.path)).toMatchObject({ status: 200 });
  });

  test('does not let the idempotency key of a removed run start another', async () => {
    const start = () =>
      api.client.post<Body>(`/api/robots/${robotId}/runs`, {}, { 'idempotency-key': 'once' });
    const { body } = await start();
    const path = `/api/robots/${robotId}/runs/${body.run.runId}`;
    await api.client.post(`${path}/abort`);
    await remove(path);
    expect(await start()).toMatchObject({ body: { message: expect.stringMatching(/was removed/) } });
  });
});
