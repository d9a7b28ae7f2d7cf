import { until } from '@runnel/testing';
import { rowsOfThePage, type DialectWorld, type Visitor } from './dialect-world';
import { maxun } from './maxun';
import type { SpokenDialect } from './spoken-dialect';

const robots = '/api/sdk/robots';
const runPath = (robotId: string, runId: string): string => `${robots}/${robotId}/runs/${runId}`;

/** A robot as Maxun's recorder writes it: what is done first stands last. */
function workflow({ site }: DialectWorld): object[] {
  const list = {
    listSelector: 'li',
    fields: { title: { selector: 'h2', attribute: 'innerText', tag: 'H2', isShadow: false } },
    pagination: { type: 'none', selector: null },
    limit: 10,
  };
  return [
    { where: { url: `${site.url}/` }, what: [{ action: 'scrapeList', name: 'items', args: [list] }] },
    { where: { url: 'about:blank' }, what: [{ action: 'goto', args: [`${site.url}/`] }] },
  ];
}

async function newestRun(visitor: Visitor, robotId: string): Promise<string | undefined> {
  const { body } = await visitor.get(`${robots}/${robotId}/runs?limit=1`);
  return body['data'][0]?.runId;
}

export const maxunSdk: SpokenDialect = {
  name: 'the SDKs of Maxun',
  keyHeaders: (key) => ({ 'x-api-key': key }),
  create: async ({ world, visitor }, name) => {
    const meta = { name, robotType: 'extract', url: `${world.site.url}/` };
    const { status, body } = await visitor.post(robots, { meta, workflow: workflow(world) });
    expect([status, body['message']]).toEqual([201, 'Robot created successfully']);
    return world.known({ id: body['data'].recording_meta.id, name });
  },
  robots: async ({ visitor }) => {
    const { body } = await visitor.get(robots);
    return body['data'].map((robot: { recording_meta: { name: string } }) => robot.recording_meta.name);
  },
  // An execution is answered when it has ended; that it began is seen in the list.
  start: async ({ visitor }, robot) => {
    const before = await newestRun(visitor, robot.id);
    void visitor.post(`${robots}/${robot.id}/execute`).catch(() => undefined);
    return until(async () => {
      const newest = await newestRun(visitor, robot.id);
      return newest !== before && newest;
    });
  },
  stateOf: async ({ visitor }, robot, runId) =>
    (await visitor.get(runPath(robot.id, runId))).body['data'].status,
  words: maxun.words,
  results: async ({ visitor }, robot, runId) => {
    const { body } = await visitor.get(runPath(robot.id, runId));
    return { shown: body['data'].serializableOutput, expected: { scrapeList: { items: rowsOfThePage } } };
  },
  walk: async ({ visitor }, robot, runIds) => {
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await visitor.get(`${robots}/${robot.id}/runs?limit=2${cursor}`);
      seen.push(...body['data'].map(({ runId }: { runId: string }) => runId));
      if (body['nextCursor'] === null) return { seen, there: runIds.toReversed() };
      cursor = `&cursor=${body['nextCursor']}`;
    }
  },
  reason: async ({ visitor }, robot, runId) =>
    (await visitor.get(runPath(robot.id, runId))).body['data'].error,
  abort: ({ visitor }, robot, runId) => visitor.post(`${runPath(robot.id, runId)}/abort`),
  names: maxun.names,
  asks: ({ robot, run }) => [
    { method: 'GET', path: `${robots}/${robot}`, absent: 404 },
    { method: 'PUT', path: `${robots}/${robot}`, body: { meta: { name: 'Another' } }, absent: 404 },
    { method: 'POST', path: `${robots}/${robot}/execute`, body: {}, absent: 404 },
    { method: 'POST', path: `${robots}/${robot}/duplicate`, body: { targetUrl: 'http://a/' }, absent: 404 },
    { method: 'GET', path: `${robots}/${robot}/runs`, absent: 404 },
    { method: 'GET', path: runPath(robot, run), absent: 404 },
    { method: 'POST', path: `${runPath(robot, run)}/abort`, absent: 404 },
  ],
  malformed: maxun.malformed,
  wrongStart: ({ robot }) => ({
    ask: { method: 'POST', path: `${robots}/${robot}/execute`, body: { inputs: 7 } },
    status: 400,
    field: 'inputs',
  }),
  refusal: (status) => (status === 401 ? { error: 'Unauthorized' } : { error: expect.any(String) }),
};
