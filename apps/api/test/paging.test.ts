import { createSpace } from '@runnel/services';
import { aDocument, TestClient, type Answer } from '@runnel/testing';
import { asBase36, asHex, asToken } from '../src/id-forms';
import { startTestApi, type Body, type TestApi } from './test-api';

/** Whoever reads a list to its end while it grows sees everything that was there at the beginning, once. */
let api: TestApi;
let space: { id: string; token: string; agentId: string };
let robotId: string;
let handle: string;

const platform = '/api/v2/platform';

beforeAll(async () => {
  api = await startTestApi();
  space = (await api.client.get<Body>('/api/spaces')).body.spaces.items[0];
  robotId = await api.aRobot();
  const agents = await get(`${platform}/agents/`);
  handle = agents.body.data[0].handle;
  for (let n = 0; n < 7; n += 1) await aRun();
  for (let n = 0; n < 6; n += 1) await api.aRobot();
});

afterAll(async () => {
  await api.close();
});

const get = (path: string): Promise<Answer<Body>> => api.client.get<Body>(path, { 'org-handle': 'runnel' });

async function aRun(): Promise<string> {
  const records = [1, 2].map((n) => ({ id: `record ${n}`, inputs: {} }));
  const { status, body } = await api.client.post<Body>(`/api/robots/${robotId}/runs`, { records });
  expect(status).toBe(200);
  return body.run.runId;
}

/** A list in the style of its dialect: where it is, what is on a page, and what the next one is asked with. */
interface PagedList {
  at: () => string;
  /** The names of the items on a page. */
  items: (body: Body) => string[];
  /** For the page behind the one at `number`; null behind the last. */
  next: (body: Body, number: number) => string | null;
  /** What makes it grow. */
  grow: () => Promise<unknown>;
  /** What its pages' size is called. */
  size: 'limit' | 'page_size';
}

const cursorOf = (cursor: string | null): string | null => cursor && `cursor=${cursor}`;
const continued = ({ continuation_token: token }: Body): string | null =>
  token && `continuation_token=${token}`;
const unpodList = (at: () => string, named: string): PagedList => ({
  at: () => `${platform}${at()}`,
  items: (body) => body.data.map((item: Body) => item[named]),
  next: (body, number) => (body.data.length === 0 ? null : `page=${number + 1}`),
  grow: aRun,
  size: 'page_size',
});

const lists: Record<string, PagedList> = {
  "Maxun's runs": {
    at: () => `/api/robots/${robotId}/runs`,
    items: ({ runs }) => runs.items.map(({ runId }: Body) => runId),
    next: ({ runs }) => cursorOf(runs.nextCursor),
    grow: aRun,
    size: 'limit',
  },
  "Maxun's robots": {
    at: () => '/api/robots',
    items: ({ robots }) => robots.items.map(({ id }: Body) => id),
    next: ({ robots }) => cursorOf(robots.nextCursor),
    grow: () => api.aRobot(),
    size: 'limit',
  },
  'the runs of the SDK': {
    at: () => `/api/sdk/robots/${robotId}/runs`,
    items: ({ data }) => data.map(({ runId }: Body) => runId),
    next: ({ nextCursor }) => cursorOf(nextCursor),
    grow: aRun,
    size: 'limit',
  },
  'the robots of the SDK': {
    at: () => '/api/sdk/robots',
    items: ({ data }) => data.map(({ id }: Body) => id),
    next: ({ nextCursor }) => cursorOf(nextCursor),
    grow: () => api.aRobot(),
    size: 'limit',
  },
  "Kognitos' runs": {
    at: () => `/runs?agent_id=${space.agentId}&process_id=${asBase36(robotId)}`,
    items: ({ items }) => items.map(({ id }: Body) => id),
    next: continued,
    grow: aRun,
    size: 'limit',
  },
  "Kognitos' processes": {
    at: () => `/v2/processes?agent_id=${space.agentId}`,
    items: ({ items }) => items.map(({ id }: Body) => id),
    next: continued,
    grow: () => api.aRobot(),
    size: 'limit',
  },
  'the runs of a space of Unpod': unpodList(() => `/spaces/${space.token}/runs/`, 'run_id'),
  'the tasks of a space of Unpod': unpodList(() => `/spaces/${space.token}/tasks/`, 'task_id'),
  'the tasks of an agent of Unpod': unpodList(() => `/agents/${handle}/tasks/`, 'task_id'),
  'the executions of an agent': unpodList(() => `/agents/${handle}/executions/`, 'run_id'),
  "Unpod's agents": { ...unpodList(() => `/agents/`, 'handle'), grow: () => api.aRobot() },
  "Runtype's flows": {
    at: () => '/v1/flows',
    items: ({ data }) => data.map(({ id }: Body) => id),
    next: ({ pagination }) => cursorOf(pagination.nextCursor),
    grow: () => api.aRobot(),
    size: 'limit',
  },
};

/** All pages of so many items, one after the other. */
async function walk(list: PagedList, size: number, between = nothing): Promise<string[]> {
  const seen: string[] = [];
  const joint = list.at().includes('?') ? '&' : '?';
  let place: string | null = '';
  for (let number = 1; place !== null; number += 1) {
    const { status, body }: Answer<Body> = await get(`${list.at()}${joint}${list.size}=${size}&${place}`);
    expect(status).toBe(200);
    seen.push(...list.items(body));
    place = list.next(body, number);
    await between();
  }
  return seen;
}

const nothing = (): Promise<unknown> => Promise.resolve();
const inAll = (list: PagedList): Promise<string[]> => walk(list, 100);

describe.each(Object.entries(lists))('%s', (_what, list) => {
  test('none is missed and none repeated while one is added after each page', async () => {
    const there = await inAll(list);
    const size = Math.floor(there.length / 4);
    expect(size).toBeGreaterThan(0);
    expect(await walk(list, size, list.grow)).toEqual(there);
    expect((await inAll(list)).length).toBeGreaterThanOrEqual(there.length + 4);
  });

  test('nor while many are added all the time', async () => {
    const there = await inAll(list);
    const walking = new AbortController();
    const growing = Promise.all([1, 2].map(() => keepOn(list.grow, walking.signal)));
    const seen = await walk(list, Math.floor(there.length / 6));
    walking.abort();
    await growing;
    expect(new Set(seen).size).toBe(seen.length);
    const known = new Set(there);
    expect(seen.filter((name) => known.has(name))).toEqual(there);
  });
});

/** As often as it can, but not so often that the list has no end. */
async function keepOn(grow: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  for (let n = 0; n < 8 && !signal.aborted; n += 1) await grow();
}

test('the results of a run of Runtype are paged by their places, whatever else is started', async () => {
  const recordIds = Array.from({ length: 7 }, (_, n) => `record ${n}`);
  const batch = { flowId: `flow_${asBase36(robotId)}`, recordIds };
  const { batchExecutionId } = (await api.client.post<Body>('/v1/batch/flow', batch)).body;
  const size = 2;
  for (const at of ['runs', 'batch']) {
    const seen: string[] = [];
    for (let [offset, hasMore] = [0, true]; hasMore; offset += size) {
      const { body } = await get(
        `/v1/schedules/${at}/${batchExecutionId}/results?limit=${size}&offset=${offset}`,
      );
      seen.push(...body.data.map(({ recordId }: Body) => recordId));
      expect(body.pagination).toEqual({ hasMore: offset + size < 7, limit: size, offset, total: 7 });
      ({ hasMore } = body.pagination);
      await aRun();
    }
    expect(seen).toEqual(recordIds);
  }
});

test('the tasks of a run of Unpod are paged by their places', async () => {
  const path = `${platform}/spaces/${space.token}/runs/R${asHex(await aRun())}/tasks/`;
  const refs = async (page: number): Promise<unknown> => {
    const { body } = await get(`${path}?page=${page}&page_size=1`);
    return [body.count, body.data.map(({ ref_id: ref }: Body) => ref)];
  };
  expect([await refs(1), await refs(2), await refs(3)]).toEqual([
    [2, ['record 1']],
    [2, ['record 2']],
    [2, []],
  ]);
});

describe('a continuation token', () => {
  let token: string;
  const runs = (more: string, process = asBase36(robotId)): string =>
    `/runs?agent_id=${space.agentId}&process_id=${process}${more}`;

  beforeAll(async () => {
    token = (await get(runs('&limit=2&stage=Published'))).body.continuation_token;
  });

  const refused = (answer: Answer<Body>): void => {
    expect([answer.status, answer.body]).toEqual([
      400,
      expect.objectContaining({
        ...{ status_code: 400, code: 'INVALID_INPUT' },
        details: [expect.objectContaining({ location: ['query', 'continuation_token'] })],
      }),
    ]);
  };

  test('goes on with the same filters, also with pages of another size and under the other path', async () => {
    const all = (await get(runs('&limit=100&stage=Published'))).body.items.map(({ id }: Body) => id);
    for (const prefix of ['', '/v2']) {
      const next = await get(`${prefix}${runs(`&limit=3&stage=Published&continuation_token=${token}`)}`);
      expect(next.body.items.map(({ id }: Body) => id)).toEqual(all.slice(2, 5));
    }
  });

  test('is refused with other filters', async () => {
    const another = asBase36(await api.aRobot());
    refused(await get(runs(`&continuation_token=${token}`)));
    refused(await get(runs(`&stage=Draft&continuation_token=${token}`)));
    refused(await get(runs(`&stage=Published&continuation_token=${token}`, another)));
    refused(await get(`/processes?agent_id=${space.agentId}&continuation_token=${token}`));
  });

  test('is refused when it was altered or made up', async () => {
    const flip = (at: number): string =>
      `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    const wrong = [flip(0), flip(20), flip(40), token.slice(0, -4), `${token}AAAA`, `${token}=`, 'next', 'ü'];
    for (const each of wrong) {
      refused(await get(runs(`&stage=Published&continuation_token=${encodeURIComponent(each)}`)));
    }
  });

  test('of another space is refused', async () => {
    const other = await createSpace(api.beside, 'another');
    const client = new TestClient(api.url, other.key);
    const made = await Promise.all(
      [1, 2].map((n) => client.post('/api/robots', { name: `Robot ${n}`, definition: aDocument() })),
    );
    expect(made.map(({ status }) => status)).toEqual([201, 201]);
    const processes = `/processes?agent_id=${asBase36(other.id)}&limit=1`;
    const foreign = (await client.get<Body>(processes)).body.continuation_token;
    expect(foreign).toEqual(expect.any(String));
    refused(await get(`/processes?agent_id=${space.agentId}&limit=1&continuation_token=${foreign}`));
    const own = (await get(`/processes?agent_id=${space.agentId}&limit=1`)).body.continuation_token;
    refused(await client.get<Body>(`${processes}&continuation_token=${own}`));
  });
});

test.each([
  ["Maxun's", () => `/api/robots/${robotId}/runs?cursor=`],
  ["the SDK's", () => `/api/sdk/robots/${robotId}/runs?cursor=`],
  ["Runtype's", () => '/v1/flows?cursor='],
])('%s cursor is refused when it is none', async (_whose, path) => {
  for (const cursor of ['next', '%C3%BC', 'eyJhIjoxfQ', 'A'.repeat(500)]) {
    expect(await get(`${path()}${cursor}`)).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
  }
});

describe("Maxun's cursor", () => {
  const nextOf = async (path: string): Promise<string> => {
    const { body } = await get(path);
    return (body['runs'] ?? body['robots']).nextCursor;
  };

  test('is refused by another list, and with other filters', async () => {
    const other = await api.aRobot();
    const ofRuns = await nextOf(`/api/robots/${robotId}/runs?limit=1`);
    const ofRobots = await nextOf('/api/robots?limit=1');
    for (const path of [
      `/api/robots/${other}/runs?cursor=${ofRuns}`,
      `/api/robots/${robotId}/runs?status=failed&cursor=${ofRuns}`,
      `/api/robots/${robotId}/runs?cursor=${ofRobots}`,
      `/api/robots?search=x&cursor=${ofRobots}`,
      `/api/files?cursor=${ofRobots}`,
      `/api/sdk/robots?cursor=${ofRobots}`,
    ]) {
      expect(await get(path)).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
    }
    expect((await get(`/api/robots/${robotId}/runs?limit=2&cursor=${ofRuns}`)).status).toBe(200);
  });

  test('is none where nothing follows', async () => {
    const { body } = await get(`/api/robots/${robotId}/runs?limit=500`);
    const { totalCount } = body['runs'];
    expect(await nextOf(`/api/robots/${robotId}/runs?limit=${totalCount}`)).toBeNull();
  });
});

test('a page of Unpod that is no number is refused', async () => {
  const path = `${platform}/spaces/${asToken(space.id)}/runs/`;
  for (const page of ['page=0', 'page=-1', 'page=two', 'page_size=0', 'page_size=501']) {
    expect(await get(`${path}?${page}`)).toMatchObject({ status: 400, body: { status_code: 400 } });
  }
});
