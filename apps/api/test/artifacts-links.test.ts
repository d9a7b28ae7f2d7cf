import { createSpace } from '@runnel/services';
import { SpaceStore, TaskStore } from '@runnel/store';
import { until } from '@runnel/testing';
import { asBase36 } from '../src/id-forms';
import { artifactUrl } from '../src/run-links';
import { startTestApi, type Body, type TestApi } from './test-api';
import { WorkedRun } from './worked-run';

const name = 'Seite "1"; größer.png';
let api: TestApi;
let robotId: string;
let run: Body;
let signingKey: Buffer;

beforeAll(async () => {
  api = await startTestApi();
  robotId = await api.aRobot();
  run = await madeRun(api, robotId, [
    { name, contentType: 'image/png', bytes: 'pixels' },
    { name: 'page.html', contentType: 'text/html', bytes: '<script>alert(1)</script>' },
    { name: 'drawing.svg', contentType: 'image/svg+xml', bytes: '<svg onload="alert(1)"/>' },
    { name: 'feed.xml', contentType: 'application/xml; charset=x', bytes: '<a/>' },
    { name: 'x.pdf', contentType: 'application/pdf', bytes: '%PDF' },
    { name: 'code.bin', contentType: 'application/x-shockwave-flash', bytes: 'x' },
    { name: 'odd.png', contentType: 'text/html\n', bytes: 'x' },
  ]);
  signingKey = (await new SpaceStore(api.dataSource.manager).signingKey(await spaceId()))!;
});

afterAll(async () => {
  await api.close();
});

async function spaceId(): Promise<string> {
  return (await api.beside.query('SELECT id FROM spaces ORDER BY id'))[0].id;
}

/** A run whose one task made these, as it is shown. */
async function madeRun(
  { beside, client }: TestApi,
  ofRobot: string,
  made: { name: string; contentType: string; bytes: string }[],
): Promise<Body> {
  const worked = await WorkedRun.start(api, ofRobot);
  await worked.claim();
  const [{ id }] = await beside.query('SELECT id FROM tasks WHERE run_id = $1', [worked.runId]);
  const store = new TaskStore(beside.manager);
  for (const { bytes, ...artifact } of made)
    await store.saveArtifact({ taskId: id, attempt: 1 }, { ...artifact, bytes: Buffer.from(bytes) });
  await worked.end();
  return (await client.get<Body>(worked.path)).body['run'];
}

const linkOf = (wanted: string): string => run['artifacts'].find((made: Body) => made.name === wanted).url;

async function status(url: string | URL, headers: Record<string, string> = {}): Promise<number> {
  return (await fetch(url, { headers })).status;
}

function changed(link: string, words: Record<string, string | null>): URL {
  const url = new URL(link);
  for (const [word, value] of Object.entries(words)) {
    if (value === null) url.searchParams.delete(word);
    else url.searchParams.set(word, value);
  }
  return url;
}

test('the link of an artifact opens without a key, as a file to keep', async () => {
  const response = await fetch(linkOf(name));
  expect([response.status, await response.text()]).toEqual([200, 'pixels']);
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; filename=".*"; filename\*=UTF-8''Seite%20%221%22%3B%20gr%C3%B6%C3%9Fer\.png$/,
  );
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'private, no-store',
  });
});

test.each([
  ['page.html', 'text/plain; charset=utf-8'],
  ['drawing.svg', 'text/plain; charset=utf-8'],
  ['feed.xml', 'text/plain; charset=utf-8'],
  ['x.pdf', 'application/pdf'],
  ['code.bin', 'application/octet-stream'],
  ['odd.png', 'text/plain; charset=utf-8'],
])('%s is sent as %s', async (made, contentType) => {
  const { headers } = await fetch(linkOf(made));
  expect(headers.get('content-type')).toBe(contentType);
  expect(headers.get('content-disposition')).toMatch(/^attachment/);
});

test('it opens for one hour at least and two at most, and stays the same for who asks again', async () => {
  const expires = Number(new URL(linkOf(name)).searchParams.get('expires'));
  const left = expires * 1_000 - Date.now();
  expect([expires % 3_600, left > 3_600_000 - 60_000, left <= 7_200_000]).toEqual([0, true, true]);
  const path = `/api/robots/${robotId}/runs/${run['runId']}`;
  const first = await api.client.get<Body>(path);
  const second = await api.client.get<Body>(path);
  expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
  expect(second.body['run'].screenshot).toBe(first.body['run'].screenshot);
});

test('with a key the address opens for ever, whatever signature it carries', async () => {
  const bare = changed(linkOf(name), { expires: null, signature: null });
  expect(await status(bare, { 'x-api-key': 'rk_a-key-that-the-test-knows' })).toBe(200);
  const old = changed(linkOf(name), { expires: '1', signature: 'x' });
  expect(await status(old, { 'x-api-key': 'rk_a-key-that-the-test-knows' })).toBe(200);
  expect(await status(bare)).toBe(401);
  expect(await status(linkOf(name), { 'x-api-key': 'rk_another-key-nobody-knows' })).toBe(401);
});

test('a signature opens what it was given for, and nothing else', async () => {
  const link = linkOf(name);
  const other = await madeRun(api, robotId, [{ name, contentType: 'image/png', bytes: 'other' }]);
  const signatureOf = (url: string) => new URL(url).searchParams.get('signature') ?? '';
  const expires = new URL(link).searchParams.get('expires') ?? '';
  const refused = [
    changed(link, { signature: 'AAAA' }),
    changed(link, { signature: '' }),
    changed(link, { expires: null }),
    changed(link, { expires: String(Number(expires) + 3_600) }),
    changed(link, { expires: `${expires}.0` }),
    changed(link, { signature: signatureOf(linkOf('page.html')) }),
    changed(link, { signature: signatureOf(other['screenshot']) }),
    changed(link, { task: run['id'] }),
    new URL(link.replace(run['runId'], other['runId'])),
    new URL(link.replace(run['runId'], '0198c0de-0000-7000-8000-000000000000')),
    new URL(link.replace(run['runId'], 'nothing')),
    new URL(link.replace(robotId, '0198c0de-0000-7000-8000-000000000000')),
    new URL(`${link}&signature=x`),
    new URL(link.replace('/artifacts/', '/artifacts/x')),
  ];
  expect(await Promise.all(refused.map((url) => status(url)))).toEqual(refused.map(() => 403));
  const { pathname, search } = new URL(link);
  const path = pathname.replace(/artifacts.*/, 'data');
  expect(await status(`${api.url}${path}${search}`)).toBe(401);
  expect(await status(`${api.url}${pathname.replace(/\/artifacts.*/, '')}${search}`)).toBe(401);
});

test('when its time is over it says so', async () => {
  const linked = { id: run['runId'], robotId, taskCount: 1 };
  const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 3 * 3_600_000);
  const link = artifactUrl(linked, { taskId: '', name }, { base: api.url, signingKey });
  now.mockRestore();
  const response = await fetch(link);
  expect([response.status, await response.json()]).toMatchObject([
    403,
    { code: 'FORBIDDEN', message: 'The time of this link is over; ask for its run again, or send a key' },
  ]);
});

test('a link that another space signed opens nothing', async () => {
  const { id: otherId } = await createSpace(api.dataSource, 'other');
  const otherKey = (await new SpaceStore(api.dataSource.manager).signingKey(otherId))!;
  const linked = { id: run['runId'], robotId, taskCount: 1 };
  const place = { taskId: '', name };
  expect(await status(artifactUrl(linked, place, { base: api.url, signingKey: otherKey }))).toBe(403);
  expect(await status(artifactUrl(linked, place, { base: api.url, signingKey }))).toBe(200);
});

test('each dialect gives such links', async () => {
  const { client } = api;
  const org = { 'org-handle': 'runnel' };
  const spaces = await client.get<Body>('/api/v2/platform/spaces/', org);
  const [{ token }] = spaces.body['data'];
  const answers = await Promise.all([
    client.get(`/api/sdk/robots/${robotId}/runs/${run['runId']}`),
    client.get(`/api/robots/${robotId}/runs/${run['runId']}/tasks`),
    client.get(`/api/robots/${robotId}/runs`),
    client.get(`/api/v2/platform/spaces/${token}/tasks/`, org),
    client.get(`/runs/${asBase36(run['runId'])}`),
  ]);
  for (const { body } of answers) {
    const [link = ''] = /https?:[^"]*\/artifacts\/[^"]*/.exec(JSON.stringify(body)) ?? [];
    expect([link, await status(link)]).toEqual([expect.stringContaining('signature='), 200]);
  }
});

test('it is gone with its run', async () => {
  const gone = await madeRun(api, robotId, [{ name: 'a.png', contentType: 'image/png', bytes: 'x' }]);
  expect(await status(gone['screenshot'])).toBe(200);
  await api.client.send('DELETE', `/api/robots/${robotId}/runs/${gone['runId']}`);
  await until(async () => (await status(gone['screenshot'])) === 404);
});
