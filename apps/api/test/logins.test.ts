import { LoginStore, SpaceStore } from '@runnel/store';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.close());

async function aRobotWith(name: string): Promise<string> {
  const robotId = await api.aRobot();
  const { id: spaceId } = (await new SpaceStore(api.dataSource.manager).first())!;
  const sealed = Buffer.from('sealed');
  await new LoginStore(api.dataSource.manager).save({ spaceId, robotId, name, keyId: 'k', sealed });
  return robotId;
}

const loginsOf = (robot: string) => api.client.get<Body>(`/api/robots/${robot}/logins`);

test('the logins of a robot are listed by name, without what they hold', async () => {
  const { status, body } = await loginsOf(await aRobotWith('main'));
  expect(status).toBe(200);
  expect(body).toEqual({
    statusCode: 200,
    messageCode: 'success',
    logins: [{ name: 'main', savedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string }],
  });
});

test('a login is deleted once', async () => {
  const robot = await aRobotWith('main');
  const path = `/api/robots/${robot}/logins/main`;
  expect((await api.client.send<Body>('DELETE', path)).status).toBe(200);
  expect((await loginsOf(robot)).body.logins).toEqual([]);
  const again = await api.client.send<Body>('DELETE', path);
  expect([again.status, again.body.message]).toEqual([
    404,
    `Login "main" of robot with ID "${robot}" not found.`,
  ]);
});

test('a robot that is not there has none', async () => {
  const nobody = '019a0000-0000-7000-8000-000000000000';
  expect((await loginsOf(nobody)).status).toBe(404);
  expect((await api.client.send<Body>('DELETE', `/api/robots/${nobody}/logins/main`)).status).toBe(404);
});

test('a duplicate of a robot signs in by itself', async () => {
  const robot = await aRobotWith('main');
  const made = await api.client.post<Body>(`/api/robots/${robot}/duplicate`, {
    targetUrl: 'https://example.com',
  });
  expect((await loginsOf(made.body.robot.id)).body.logins).toEqual([]);
});
