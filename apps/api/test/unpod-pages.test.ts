import { newId } from '@runnel/store';
import { insertTestRun } from '@runnel/testing';
import { runWord } from '../src/dialects/unpod/ids';
import type { Body } from './test-api';
import { UnpodWorld } from './unpod-world';

let world: UnpodWorld;
let handle: string;

beforeAll(async () => {
  world = await UnpodWorld.start();
  handle = await world.anAgent('Store prices');
  for (let n = 0; n < 5; n += 1) await aRun();
});

afterAll(async () => {
  await world.api.close();
});

/** A run of two tasks; gives its id. */
async function aRun(): Promise<string> {
  const { body } = await world.create({ pilot: handle, documents: [{ city: 'a' }, { city: 'b' }] });
  return body.data.run_id;
}

const idOf = ({ task_id, run_id, handle: own }: Body): string => task_id ?? run_id ?? own;

/** Everything in a list, page by page; `between` happens after each. */
async function walk(at: string, size: number, between: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  for (let page = 1; ; page += 1) {
    const { body } = await world.get(`${at}?page=${page}&page_size=${size}`);
    if (body.data.length === 0) return seen;
    seen.push(...body.data.map(idOf));
    await between();
  }
}

test.each([
  ['the runs of a space', '/spaces/TOKEN/runs/', 2],
  ['the tasks of a space', '/spaces/TOKEN/tasks/', 3],
  ['the tasks of an agent', '/agents/HANDLE/tasks', 3],
  ['the executions of an agent', '/agents/HANDLE/executions/', 2],
])('%s: whoever reads on misses none and sees none twice while runs are added', async (_what, path, size) => {
  const at = path.replace('TOKEN', world.token).replace('HANDLE', handle);
  const { body } = await world.get(`${at}?page_size=500`);
  expect(body.count).toBe(body.data.length);
  expect(await walk(at, size, aRun)).toEqual(body.data.map(idOf));
});

test('the agents: whoever reads on sees none twice while robots are published', async () => {
  const all = async () => (await world.get('/agents/')).body.data.map(idOf);
  let number = 0;
  const another = () => world.anAgent(`Robot ${(number += 1)}`);
  for (let n = 0; n < 4; n += 1) await another();
  const known = await all();
  expect(await walk('/agents/', 2, another)).toEqual(known);
});

test('a page that nobody read on to begins where its number says', async () => {
  const { body } = await world.in('/runs/?page_size=500');
  const ids = body.data.map(idOf);
  const third = await world.get(`/spaces/${world.token}/runs/?page=3&page_size=1`, {
    'user-agent': 'another',
  });
  expect(third.body.data.map(idOf)).toEqual([ids[2]]);
  expect(third.body.count).toBe(ids.length);
});

test('the first page begins at the newest, also for who read on before', async () => {
  await walk(`/spaces/${world.token}/runs/`, 2, () => Promise.resolve());
  const newest = await aRun();
  const { body } = await world.in('/runs/?page=1&page_size=2');
  expect(idOf(body.data[0])).toBe(newest);
  const filtered = await world.in('/runs/?page=2&page_size=2&status=completed');
  expect(filtered.body).toMatchObject({ count: 0, data: [] });
});

test('the tasks of a run have pages too', async () => {
  const runId = await aRun();
  const pages = [1, 2, 3].map((page) => world.in(`/runs/${runId}/tasks/?page=${page}&page_size=1`));
  const [first, second, third] = (await Promise.all(pages)).map(({ body }) => body);
  expect([first!.count, first!.data.length, second!.data.length, third!.data.length]).toEqual([2, 1, 1, 0]);
  expect(idOf(first!.data[0])).not.toBe(idOf(second!.data[0]));
});

test('a page has all of its tasks, also where the inputs of the last are too large for it', async () => {
  const { dataSource } = world.api;
  const [robot] = await dataSource.query('SELECT id, space_id AS "spaceId" FROM robots WHERE handle = $1', [
    handle,
  ]);
  const inputs = { text: 'x'.repeat(5_000_000) };
  const tasks = [1, 2, 3].map(() => ({
    id: newId(),
    inputs,
    record: null,
    maxAttempts: 1,
    deadlineMs: 1_000,
  }));
  const { runId } = await insertTestRun(dataSource, { spaceId: robot.spaceId, robotId: robot.id, tasks });
  for (const at of [`/runs/${runWord(runId)}/tasks/?page=1`, '/tasks/?page=1']) {
    const { body } = await world.in(`${at}&page_size=3`);
    const [first, , last] = body.data;
    expect([first.input, first.input_truncated]).toEqual([inputs, undefined]);
    expect([last.input, last.input_truncated]).toEqual([{}, true]);
  }
  const { body } = await world.in(`/runs/${runWord(runId)}/tasks/?page=3&page_size=1`);
  expect(body.data[0].input).toEqual(inputs);
});
