import { asBase36 } from '../src/id-forms';
import { startTestApi, type Body, type TestApi } from './test-api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(async () => {
  await api.close();
});

/** Robots with these names, the last the newest; gives the ids of their flows. */
async function flows(...names: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const definition = { title: name, steps: [{ type: 'navigate', url: 'http://127.0.0.1:9/' }] };
    const { body } = await api.client.post<Body>('/api/robots', { name, definition });
    ids.push(`flow_${asBase36(body['robot'].id)}`);
  }
  return ids;
}

const list = async (query: Record<string, string> = {}) =>
  (await api.client.get<Body>(`/v1/flows?${new URLSearchParams(query)}`)).body;
const names = ({ data }: Body): string => data.map(({ name }: Body) => name).join();

test('flows are listed newest first, and walked forth and back while some are added', async () => {
  const [first] = await flows('a', 'b', 'c', 'd', 'e');
  const page1 = await list({ limit: '2', includeCount: 'true' });
  expect(names(page1)).toBe('e,d');
  expect(page1['pagination']).toEqual({
    currentOffset: 0,
    hasMore: true,
    hasPrev: false,
    limit: 2,
    nextCursor: expect.any(String),
    prevCursor: null,
    currentPage: 1,
    totalCount: 5,
    totalPages: 3,
  });
  await flows('f');
  const page2 = await list({ limit: '2', cursor: page1['pagination'].nextCursor });
  expect([names(page2), page2['pagination'].currentOffset]).toEqual(['c,b', 2]);
  expect(page2['pagination']).not.toHaveProperty('totalCount');
  const page3 = await list({ limit: '2', cursor: page2['pagination'].nextCursor, direction: 'next' });
  expect([names(page3), page3['data'][0].id, page3['pagination'].nextCursor]).toEqual(['a', first, null]);
  const back = await list({ limit: '2', cursor: page3['pagination'].prevCursor, direction: 'prev' });
  expect(names(back)).toBe('c,b');
  const start = await list({ limit: '3', cursor: back['pagination'].prevCursor });
  expect(names(start)).toBe('f,e,d');
  expect(start['pagination']).toMatchObject({
    currentOffset: 0,
    hasPrev: false,
    prevCursor: null,
    hasMore: true,
  });
});

test('a flow tells when it ran last', async () => {
  const [id] = await flows('runs');
  const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const flow = { id, name: 'runs', createdAt: moment, updatedAt: moment };
  expect((await list({ search: 'RUN' }))['data']).toEqual([{ ...flow, lastRunAt: null }]);
  await api.client.post('/v1/batch/flow', { flowId: id });
  expect((await list({ search: 'run' }))['data']).toEqual([{ ...flow, lastRunAt: moment }]);
});

test.each<Record<string, string>>([
  { limit: '0' },
  { limit: '101' },
  { cursor: 'x' },
  { cursor: '' },
  { direction: 'up' },
  { includeCount: '1' },
  { offset: '2' },
])('flows asked for with %j are refused', async (query) => {
  const body = await list(query);
  expect([body['code'], body['details'][0].path]).toEqual(['INVALID_INPUT', Object.keys(query)[0]]);
});
