import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(async () => {
  await api.close();
});

const entry = { where: { url: 'about:blank' }, what: [{ action: 'goto', args: ['http://127.0.0.1:9/'] }] };
const list = {
  action: 'scrapeList',
  name: 'List 1',
  args: [{ listSelector: 'li', fields: { 'Label 1': { selector: 'b', tag: 'B', attribute: 'innerText' } } }],
};
const maxunRobot = {
  id: 'row-1',
  userId: 1,
  recording_meta: { id: 'meta-1', name: 'Blog' },
  recording: { workflow: [{ where: {}, what: [list] }, entry] },
  schedule: null,
};
const recording = {
  title: 'Recording 1',
  steps: [
    { type: 'navigate', url: 'http://127.0.0.1:9/' },
    { type: 'click', selectors: [['aria/More'], ['#more']], target: 'main', offsetX: 1, offsetY: 2 },
  ],
};

describe('a robot made elsewhere', () => {
  test.each<[string, unknown, string, string[]]>([
    ['a robot of Maxun', maxunRobot, 'Blog', ['navigate', 'extractList']],
    ['a recording of Chrome', recording, 'Recording 1', ['navigate', 'click']],
  ])('is taken as it is, or in an envelope: %s', async (...[, document, name, types]) => {
    const bare = await api.client.post<Body>('/api/robots', document);
    expect([bare.status, bare.body.robot.name]).toEqual([201, name]);
    expect(bare.body.robot.definition.steps.map((step: Body) => step.type)).toEqual(types);
    const named = await api.client.post<Body>('/api/robots', { name: 'Mine', definition: document });
    expect([named.status, named.body.robot.name]).toEqual([201, 'Mine']);
  });

  test('replaces another, which keeps its name', async () => {
    const id = await api.aRobot();
    const body = JSON.stringify(maxunRobot);
    const answer = await api.client.send<Body>('PUT', `/api/robots/${id}`, { body });
    expect(answer.body.robot).toMatchObject({
      name: '10 post link tree',
      version: 2,
      definition: { steps: [{ type: 'navigate' }, { type: 'extractList', item: 'li' }] },
    });
  });

  test('has its faults told where its sender wrote them', async () => {
    const what = [
      { action: 'script', args: ['1'] },
      { ...list, args: [{ listSelector: 'li[', fields: {} }] },
    ];
    const document = { ...maxunRobot, recording: { workflow: [{ where: {}, what }, entry] } };
    const { status, body } = await api.client.post<Body>('/api/robots', document);
    expect([status, body.code]).toEqual([400, 'INVALID_INPUT']);
    expect(body.faults.map((fault: Body) => fault.path).sort()).toEqual([
      'recording.workflow[0].what[0].action',
      'recording.workflow[0].what[1].args[0].fields',
      'recording.workflow[0].what[1].args[0].listSelector',
    ]);
  });

  test('without a name needs one', async () => {
    const { status, body } = await api.client.post<Body>('/api/robots', { workflow: [entry] });
    expect([status, body.faults[0].path]).toEqual([400, 'name']);
  });
});
