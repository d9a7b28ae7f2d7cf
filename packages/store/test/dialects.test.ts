import { isRunEnded, runStatuses, type Inputs, type RowData, type RunStatus } from '@runnel/contracts';
import { aDefinition, cloneDatabase, insertTestRun, type TestDatabase } from '@runnel/testing';
import {
  FileStore,
  ListWalkStore,
  newId,
  openDataSource,
  PruneStore,
  RobotStore,
  RowStore,
  RunStore,
  SpaceStore,
  TaskListStore,
  TaskStore,
  type DataSource,
  type TaskFilter,
} from '../src';

let database: TestDatabase;
let dataSource: DataSource;
let robots: RobotStore;
let runs: RunStore;
let lists: TaskListStore;
let rows: RowStore;
let spaceId: string;
let robotId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  dataSource = await openDataSource({ url: database.url, poolSize: 20, application: 'test' });
  robots = new RobotStore(dataSource.manager);
  runs = new RunStore(dataSource.manager);
  lists = new TaskListStore(dataSource.manager);
  rows = new RowStore(dataSource.manager);
});

beforeEach(async () => {
  spaceId = await new SpaceStore(dataSource.manager).create('test');
  robotId = await aRobot('A robot');
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const aRobot = (name: string, publish = true, space = spaceId) =>
  robots.create({ spaceId: space, name, definition: aDefinition(), publish });
const find = (runId: string, robot: string | null = robotId) =>
  runs.find({ spaceId, robotId: robot, runId }, 10);

/** A claimed task with these rows. */
async function withRows(taskId: string, data: RowData[]): Promise<void> {
  const store = new TaskStore(dataSource.manager);
  const claim = { taskId, attempt: (await store.claim(taskId, 'a worker', 60_000))!.attempt };
  const batch = data.map((row, place) => ({ list: 'rows', ordinal: place, position: place, data: row }));
  await store.appendRows(claim, { rows: batch, rowCount: data.length, lists: { rows: data.length } });
}

describe('the handle of a robot', () => {
  test('is made of its name, with a number where it is taken, and stays', async () => {
    for (const name of ['Café Menu', 'Cafe menu!', 'café-menu 2', 'CAFÉ MENU']) await aRobot(name);
    const handles = (await robots.list(spaceId, { ...all, limit: 10 })).map(({ handle }) => handle);
    // The newest first.
    expect(handles).toEqual(['cafe-menu-3', 'cafe-menu-2-2', 'cafe-menu-2', 'cafe-menu', 'a-robot']);
    await robots.replace({
      ...{ spaceId, id: robotId, name: 'Renamed' },
      definition: aDefinition(),
      publish: false,
    });
    expect(await robots.findByHandle(spaceId, 'a-robot')).toMatchObject({ name: 'Renamed', version: 1 });
  });

  test('is another one for each of twenty that are made at once', async () => {
    const made = Array.from({ length: 20 }, () =>
      dataSource.transaction(async (manager) => {
        const robot = { spaceId, name: 'Same', definition: aDefinition(), publish: true };
        return new RobotStore(manager).create(robot);
      }),
    );
    await Promise.all(made);
    const found = await robots.list(spaceId, { ...all, limit: 30, search: 'Same' });
    const expected = ['same', ...Array.from({ length: 19 }, (_, n) => `same-${n + 2}`)];
    expect(found.map(({ handle }) => handle).sort()).toEqual(expected.sort());
  });

  test('is of its space', async () => {
    const other = await new SpaceStore(dataSource.manager).create('other');
    const id = await aRobot('A robot', true, other);
    expect(await robots.findByHandle(other, 'a-robot')).toMatchObject({ id, handle: 'a-robot' });
    expect(await robots.findByHandle(spaceId, 'a-robot')).toMatchObject({ id: robotId });
  });
});

const all = { before: null, skip: 0, search: null, publishedOnly: false };

test('robots are listed page by page, also only the published ones, with their newest run', async () => {
  const draft = await aRobot('A draft', false);
  const { runId } = await insertTestRun(dataSource, { spaceId, robotId });
  const ids = async (page: Partial<typeof all> & { limit: number }) =>
    (await robots.list(spaceId, { ...all, ...page })).map(({ id }) => id);
  expect(await ids({ limit: 1 })).toEqual([draft]);
  expect(await ids({ limit: 1, skip: 1 })).toEqual([robotId]);
  expect(await ids({ limit: 5, publishedOnly: true })).toEqual([robotId]);
  expect(await robots.count(spaceId, { search: null, publishedOnly: true })).toBe(1);
  expect(await robots.count(spaceId, { search: 'a D', publishedOnly: false })).toBe(1);
  const heads = await robots.heads(spaceId, { ...all, limit: 2 });
  const whole = await robots.list(spaceId, { ...all, limit: 2 });
  expect(whole).toEqual(heads.map((head) => ({ ...head, version: 1, definition: aDefinition() })));
  const { createdAt } = (await find(runId))!;
  expect(await robots.lastRuns([draft, robotId, newId()])).toEqual(new Map([[robotId, createdAt]]));
  expect(await Promise.all([draft, newId()].map((id) => robots.exists(spaceId, id)))).toEqual([true, false]);
  expect(await robots.exists(newId(), draft)).toBe(false);
});

describe('a run', () => {
  test('has the stage that it was started of, or that its version has', async () => {
    await robots.replace({
      ...{ spaceId, id: robotId, name: null },
      definition: aDefinition(),
      publish: false,
    });
    const start = async (stage: 'draft' | 'published' | null, robotVersion: number) =>
      (await find((await insertTestRun(dataSource, { spaceId, robotId, stage, robotVersion })).runId))!.stage;
    expect([await start('draft', 2), await start('published', 1)]).toEqual(['draft', 'published']);
    expect([await start(null, 2), await start(null, 1)]).toEqual(['draft', 'published']);
    expect(await runs.count({ spaceId, robotId, stage: 'draft' })).toBe(2);
    expect(await runs.count({ spaceId, robotId })).toBe(4);
  });

  test('is found by its state, with the others of all states that are asked for, newest first', async () => {
    const ids = new Map<RunStatus, string>();
    for (const status of runStatuses) {
      const { runId } = await insertTestRun(dataSource, { spaceId, robotId });
      const end = isRunEnded(status) ? 'now()' : 'NULL';
      await dataSource.query(`UPDATE runs SET status = $2, finished_at = ${end} WHERE id = $1`, [
        runId,
        status,
      ]);
      ids.set(status, runId);
    }
    const page = { limit: 20, before: null, skip: 0 };
    const sets = [
      ...runStatuses.map((status) => [status]),
      ['running', 'failed'],
      ['queued', 'aborted', 'succeeded'],
    ];
    for (const statuses of [...(sets as RunStatus[][]), [...runStatuses], []]) {
      const expected = statuses
        .map((status) => ids.get(status)!)
        .sort()
        .reverse();
      for (const owner of [{ spaceId }, { spaceId, robotId }]) {
        expect((await runs.heads({ ...owner, statuses }, page)).map(({ id }) => id)).toEqual(expected);
        expect(await runs.count({ ...owner, statuses })).toBe(expected.length);
      }
    }
    expect(await runs.countActive(spaceId)).toBe(3);
  });

  test('that ended last stands first among the ended, whenever it was made', async () => {
    const ended: string[] = [];
    for (const minutes of [1, 3, 2]) {
      const { runId } = await insertTestRun(dataSource, { spaceId, robotId });
      await dataSource.query(
        `UPDATE runs SET status = 'succeeded', finished_at = now() - $2 * interval '1 minute' WHERE id = $1`,
        [runId, minutes],
      );
      ended.push(runId);
    }
    await insertTestRun(dataSource, { spaceId, robotId });
    const last = async (limit: number) => (await runs.lastEnded(spaceId, limit)).map(({ id }) => id);
    expect(await last(5)).toEqual([ended[0], ended[2], ended[1]]);
    expect(await last(1)).toEqual([ended[0]]);
    expect(await runs.lastEnded(newId(), 5)).toEqual([]);
  });

  test('keeps its files, and is found under its robot or without one, but under no other', async () => {
    const fileIds = [newId(), newId()];
    const { runId } = await insertTestRun(dataSource, { spaceId, robotId, fileIds });
    expect(await find(runId)).toMatchObject({ fileIds, robotName: 'A robot', robotHandle: 'a-robot' });
    expect(await find(runId, null)).toEqual(await find(runId));
    expect(await find(runId, await aRobot('Another'))).toBeNull();
    const other = await new SpaceStore(dataSource.manager).create('other');
    const foreign = { spaceId: other, robotId: null, runId };
    expect(await runs.find(foreign, 0)).toBeNull();
    expect(await runs.markAborting(foreign)).toBe(false);
    expect(await new PruneStore(dataSource).markRemoved(foreign)).toBe(false);
  });
});

describe('the tasks of a space', () => {
  const wanted = (more: Partial<TaskFilter> = {}): TaskFilter => ({
    spaceId,
    ...more,
  });
  const names = ['Ann', 'Bob', 'Cid'];
  const record = (name: string) => ({ id: `id-${name}`, name, type: null });
  const aTask = (name: string) => ({
    ...{ id: newId(), inputs: {}, record: record(name), maxAttempts: 3, deadlineMs: 1_000 },
  });

  test('are read to the end while runs are added: the newest run first, in a run in order', async () => {
    const first = await insertTestRun(dataSource, {
      spaceId,
      robotId,
      tasks: names.map(aTask),
      name: 'First',
    });
    const second = await insertTestRun(dataSource, { spaceId, robotId, tasks: names.map(aTask) });
    const seen: string[] = [];
    for (let after: { runId: string; ordinal: number } | null = null; ;) {
      const items = await lists.listOf(wanted(), { limit: 2, after, skip: 0 });
      seen.push(...items.map(({ id }) => id));
      const last = items.at(-1);
      if (!last) break;
      after = { runId: last.runId, ordinal: last.ordinal };
      await insertTestRun(dataSource, { spaceId, robotId });
    }
    expect(seen).toEqual([...second.taskIds, ...first.taskIds]);
    const [skipped] = await lists.listOf(wanted({ search: 'fIRst' }), { limit: 1, after: null, skip: 2 });
    expect(skipped).toMatchObject({ id: first.taskIds[2], run: { name: 'First', robotHandle: 'a-robot' } });
    const ofRun = await lists.list(
      { spaceId, robotId: null, runId: first.runId },
      { statuses: null, after: first.taskIds[0]!, skip: 1, limit: 5 },
    );
    expect(ofRun).toEqual({ totalCount: 3, items: [skipped] });
  });

  test('are found by their record or run and by their status, and counted', async () => {
    const { taskIds } = await insertTestRun(dataSource, {
      spaceId,
      robotId,
      tasks: names.map(aTask),
      name: 'People',
    });
    await withRows(taskIds[1]!, []);
    const found = async (filter: TaskFilter) => ({
      ids: (await lists.listOf(filter, { limit: 9, after: null, skip: 0 })).map(({ id }) => id),
      count: await lists.countOf(filter),
    });
    expect(await found(wanted({ search: 'bOB' }))).toEqual({ ids: [taskIds[1]], count: 1 });
    expect(await found(wanted({ search: 'ID-c' }))).toEqual({ ids: [taskIds[2]], count: 1 });
    expect(await found(wanted({ search: 'peop', robotId }))).toEqual({ ids: taskIds, count: 3 });
    expect(await found(wanted({ statuses: ['running'] }))).toEqual({ ids: [taskIds[1]], count: 1 });
    expect(await found(wanted({ to: new Date(0) }))).toEqual({ ids: [], count: 0 });
    expect(await found(wanted())).toEqual({ ids: taskIds, count: 3 });
    expect(await found(wanted({ robotId: await aRobot('Another') }))).toEqual({ ids: [], count: 0 });
  });
});

describe('the inputs of tasks', () => {
  test('are left out where those before them fill a page', async () => {
    const text = 'x'.repeat(4_000_000);
    const task = { record: null, maxAttempts: 3, deadlineMs: 1_000 };
    const given: Inputs[] = [{ n: 1 }, { text }, { text }, { n: 2 }];
    const tasks = given.map((inputs) => ({
      id: newId(),
      inputs,
      ...task,
    }));
    const { runId } = await insertTestRun(dataSource, { spaceId, robotId, tasks });
    const key = { spaceId, robotId, runId };
    const read = async (page: { after: string | null; limit: number }) =>
      (await lists.list(key, { statuses: null, skip: 0, ...page }))!.items!.map(({ inputs }) => inputs);
    expect(await read({ after: null, limit: 4 })).toEqual([{ n: 1 }, { text }, { text }, null]);
    expect(await read({ after: tasks[2]!.id, limit: 4 })).toEqual([{ n: 2 }]);
    const all = await lists.listOf({ spaceId }, { limit: 9, after: null, skip: 0 });
    expect(all.map(({ inputs }) => inputs !== null)).toEqual([true, true, true, false]);
    expect(await lists.ids(key)).toEqual(tasks.map(({ id }) => id));
    expect(await lists.ids({ ...key, spaceId: newId() })).toBeNull();
  });
});

describe('rows of tasks', () => {
  test('are given for many at once, the first of each, as far as they are not too large', async () => {
    const { taskIds } = await insertTestRun(dataSource, { spaceId, robotId, count: 4 });
    const [a, b, none, c] = taskIds as [string, string, string, string];
    await withRows(a, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    await withRows(b, [{ text: 'x'.repeat(7_900_000) }]);
    await withRows(c, [{ text: 'y'.repeat(200_000) }]);
    const first = await rows.firstOf([a, none, c, b], { perTask: 2 });
    expect(first.get(a)).toEqual([1, 2].map((n) => ({ list: 'rows', data: { n } })));
    expect([none, c, b].map((id) => first.get(id)?.length)).toEqual([0, 1, 0]);
  });

  test('are found by their place, as long as their run is there, in their space', async () => {
    const { runId, taskIds } = await insertTestRun(dataSource, { spaceId, robotId });
    const taskId = taskIds[0]!;
    await withRows(taskId, [{ n: 1 }, { n: 2 }]);
    const at = (positions: number[], { space = spaceId, most = 1_000 } = {}) =>
      rows.at(space, { places: positions.map((position) => ({ taskId, position })), most });
    expect(await at([1, 2, 3e9, 1])).toEqual([{ n: 2 }, null, null, { n: 2 }]);
    expect(await at([1], { space: newId() })).toEqual([null]);
    const size = JSON.stringify({ n: 1 }).length;
    expect(await at([0, 0, 0], { most: size })).toHaveLength(3);
    expect(await at([0, 1], { most: 2 * size })).toHaveLength(2);
    expect(await at([0, 1], { most: 2 * size - 1 })).toBeNull();
    await dataSource.query(`UPDATE runs SET removed_at = now() WHERE id = $1`, [runId]);
    expect(await at([1])).toEqual([null]);
  });
});

test('the key that signs for a space is its own, and nothing prints it', async () => {
  const spaces = new SpaceStore(dataSource.manager);
  const [key, other] = [
    await spaces.signingKey(spaceId),
    await spaces.signingKey(await spaces.create('other')),
  ];
  expect([key!.length, other!.length, key!.equals(other!)]).toEqual([32, 32, false]);
  expect(await spaces.signingKey(newId())).toBeNull();
  const shown = [await spaces.find(spaceId), await spaces.first(), ...(await spaces.list())];
  expect(shown.filter((space) => 'signingKey' in space!)).toEqual([]);
});

test('a file that was given its id before is taken once, and may hold no records', async () => {
  const files = new FileStore(dataSource.manager);
  const file = { id: newId(), spaceId, name: 'x.pdf', contentType: 'application/pdf', records: null };
  const [first, second] = await Promise.all(
    ['one', 'two'].map((text) => files.create({ ...file, bytes: Buffer.from(text) })),
  );
  expect([first, second].filter(Boolean)).toMatchObject([{ id: file.id, records: null, size: 3 }]);
});

test('a walk through a list is remembered for an hour', async () => {
  const walks = new ListWalkStore(dataSource.manager);
  const walk = Buffer.from('a walk');
  await walks.note(walk, 2, 'a');
  await walks.note(walk, 2, 'b');
  await walks.note(walk, 3, 'c');
  expect([await walks.find(walk, 2), await walks.find(walk, 4)]).toEqual(['b', null]);
  await dataSource.query(`UPDATE list_walks SET at = now() - interval '61 minutes' WHERE page = 2`);
  const limits = { items: 10, bytes: 1_000, graceMs: 0 };
  expect(await new PruneStore(dataSource).deleteOldWalks(limits, 1)).toBe(1);
  expect([await walks.find(walk, 2), await walks.find(walk, 3)]).toEqual([null, 'c']);
});
