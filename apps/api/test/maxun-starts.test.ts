import { aDocument, type TestClient } from '@runnel/testing';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;
let client: TestClient;

beforeAll(async () => {
  api = await startTestApi();
  ({ client } = api);
});

afterAll(async () => {
  await api.close();
});

const open = { type: 'navigate', url: 'https://shop.test/' };
const reading = { steps: [open, { type: 'content', formats: ['markdown', 'links'] }] };
const start = (id: string, body: Body) => client.post<Body>(`/api/robots/${id}/runs`, body);
const runsOf = async (id: string) => (await client.get<Body>(`/api/robots/${id}/runs`)).body.runs.totalCount;

describe('a start that says how pages are read', () => {
  test.each<Body>([
    { formats: ['markdown'] },
    { formats: ['links', 'markdown'], promptInstructions: '' },
    { formats: [], promptInstructions: null },
    { formats: null },
  ])('runs where the robot reads so: %j', async (body) => {
    expect((await start(await api.aRobot(reading), body)).status).toBe(200);
  });

  test.each<[Body, string[]]>([
    [{ formats: ['markdown', 'html'] }, ['formats[1]']],
    [{ formats: ['pdf'] }, ['formats[0]']],
    [{ formats: 'markdown' }, ['formats']],
  ])('is refused where it does not: %j', async (sent, paths) => {
    const id = await api.aRobot(reading);
    const { status, body } = await start(id, sent);
    expect([status, body.faults.map(({ path }: Body) => path)]).toEqual([400, paths]);
    expect(await runsOf(id)).toBe(0);
  });

  test('is measured by the version that it starts', async () => {
    const id = await api.aRobot(reading);
    const draft = { steps: [open, { type: 'content', formats: ['html'] }] };
    await client.send('PUT', `/api/robots/${id}`, { body: JSON.stringify(aDocument(draft)) });
    for (const [stage, status] of [
      ['draft', 200],
      ['published', 400],
    ]) {
      expect((await start(id, { stage, formats: ['html'] })).status).toBe(status);
    }
  });

  test.each<Body>([{ promptInstructions: 'Find the price' }, { formats: ['summary'] }])(
    'and asks a language model is refused with a sentence: %j',
    async (sent) => {
      const id = await api.aRobot(reading);
      const { status, body } = await start(id, sent);
      expect([status, body.code]).toEqual([501, 'NOT_IMPLEMENTED']);
      expect(body.message).toContain('language model');
      expect(await runsOf(id)).toBe(0);
    },
  );

  test('of a robot that is not there is not found', async () => {
    const { status } = await start('01890000-0000-7000-8000-000000000000', { formats: ['html'] });
    expect(status).toBe(404);
  });
});

test.each<[Body, string]>([
  [{ inputs: [{ value: 'x' }] }, 'inputs[0].name'],
  [{ inputs: ['a', 'b'].map((value) => ({ name: 'word', value })) }, 'inputs[1].name'],
  [{ records: [{}, { inputs: [{ name: 'word' }] }] }, 'records[1].inputs[0].value'],
])('a wrong list of inputs is told at its item: %j', async (sent, path) => {
  const { status, body } = await start(await api.aRobot({ inputs: [{ name: 'word', default: 'a' }] }), sent);
  expect([status, body.faults]).toEqual([400, [expect.objectContaining({ path })]]);
});
