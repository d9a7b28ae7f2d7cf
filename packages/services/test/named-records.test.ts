import type { RowData } from '@runnel/contracts';
import { newId, RobotStore, SpaceStore, TaskStore } from '@runnel/store';
import { aDefinition, insertTestRun } from '@runnel/testing';
import { InvalidInputError, recordsNamed, saveFile, type NamedRecord } from '../src';
import { startTestServices, type TestServices } from './test-services';

let services: TestServices;
let taskId: string;

beforeAll(async () => {
  services = await startTestServices();
  const { dataSource, spaceId } = services;
  const robot = { spaceId, name: 'A robot', definition: aDefinition(), publish: true };
  const robotId = await new RobotStore(dataSource.manager).create(robot);
  const { taskIds } = await insertTestRun(dataSource, { spaceId, robotId });
  taskId = taskIds[0]!;
  const tasks = new TaskStore(dataSource.manager);
  await tasks.claim(taskId, 'a worker', 60_000);
  const data: RowData[] = [{ url: 'http://a/' }, { url: 'http://b/', tags: ['x'], price: null }];
  const rows = data.map((row, index) => ({ list: 'rows', ordinal: index, position: index, data: row }));
  await tasks.appendRows({ taskId, attempt: 1 }, { rows, rowCount: 2, lists: { rows: 2 } });
});

afterAll(async () => {
  await services.close();
});

async function fileOf(text: string, name = 'shops.csv'): Promise<string> {
  const file = { name, contentType: '', kind: 'any' as const, bytes: Buffer.from(text) };
  const saved = await saveFile(services.dataSource, { spaceId: services.spaceId, ...file });
  return saved!.id;
}

const named = (names: NamedRecord[], more: { type?: string; inputNames?: string[] } = {}) =>
  recordsNamed(services.dataSource, {
    keyId: null,
    ...{ spaceId: services.spaceId, names, type: null, inputNames: [] },
    ...more,
  });

async function faultsOf(refused: Promise<unknown>) {
  const error = await refused.catch((thrown: unknown) => thrown);
  if (error instanceof InvalidInputError) return error.faults;
  throw error ?? new Error('it was not refused');
}

test('an id stands for a record of a file, a row of an earlier run or itself, in the order that was asked', async () => {
  const fileId = await fileOf('id,name,type,page\n1,Shop,store,07\n2,,,8\n');
  const found = await named([
    { kind: 'own', id: 'mine' },
    { kind: 'file', fileId, index: 1, id: 'record_b' },
    { kind: 'row', taskId, position: 1, id: 'record_c' },
    { kind: 'file', fileId, index: 0, id: 'record_a' },
  ]);
  expect(found).toEqual([
    { id: 'mine', name: 'mine', type: null, inputs: {}, isText: false },
    { id: 'record_b', name: 'record_b', type: null, inputs: { page: '8' }, isText: true },
    {
      ...{ id: 'record_c', name: 'record_c', type: null, isText: true },
      inputs: { url: 'http://b/', tags: ['x'], price: null },
    },
    { id: 'record_a', name: 'Shop', type: 'store', inputs: { page: '07' }, isText: true },
  ]);
  const typed = await named([{ kind: 'file', fileId, index: 0, id: 'record_a' }], { type: 'shop' });
  expect(typed).toMatchObject([{ type: 'shop' }]);
});

test('a column of a file that is called as an input of the robot is given as well', async () => {
  const name: NamedRecord = {
    kind: 'file',
    fileId: await fileOf('id,name\n7,Shop\n'),
    index: 0,
    id: 'record',
  };
  const found = await named([name], { inputNames: ['id'] });
  expect(found).toMatchObject([{ id: 'record', name: 'Shop', inputs: { id: '7' } }]);
});

test('each id that stands for nothing is told at its place', async () => {
  const fileId = await fileOf('[{"page":1}]', 'pages.json');
  const faults = await faultsOf(
    named([
      { kind: 'file', fileId, index: 0, id: 'there' },
      { kind: 'file', fileId, index: 1, id: 'behind' },
      { kind: 'file', fileId: newId(), index: 0, id: 'nowhere' },
      { kind: 'file', fileId: await fileOf('text', 'note.txt'), index: 0, id: 'note' },
      { kind: 'row', taskId, position: 2, id: 'row' },
    ]),
  );
  expect(faults.map(({ path, message, found }) => [path, message, found])).toEqual([
    ['records[1]', 'its file has 1 record, numbered from 0', 'behind'],
    ['records[2]', 'there is no such file of records', 'nowhere'],
    ['records[3]', 'there is no such file of records', 'note'],
    ['records[4]', 'there is no such row', 'row'],
  ]);
});

test('another space has none of them', async () => {
  const { dataSource } = services;
  const spaceId = await new SpaceStore(dataSource.manager).create('other');
  const names: NamedRecord[] = [
    { kind: 'file', fileId: await fileOf('page\n1\n'), index: 0, id: 'file' },
    { kind: 'row', taskId, position: 0, id: 'row' },
  ];
  const faults = await faultsOf(
    recordsNamed(dataSource, { spaceId, names, keyId: null, type: null, inputNames: [] }),
  );
  expect(faults.map(({ path }) => path)).toEqual(['records[0]', 'records[1]']);
});

test('more ids than a run has tasks, and files that are too large together, are refused unread', async () => {
  const own = Array.from({ length: 10_001 }, (_, index) => ({ kind: 'own' as const, id: String(index) }));
  expect(await faultsOf(named(own))).toEqual([{ path: 'records', message: 'holds more than 10000 ids' }]);
  const large = `page\n${'1'.repeat(1_000_000)}\n`.repeat(11);
  const fileIds = [await fileOf(large), await fileOf(large)];
  const names = fileIds.map((fileId) => ({ kind: 'file' as const, fileId, index: 0, id: fileId }));
  expect(await faultsOf(named(names))).toMatchObject([{ path: 'records' }]);
  expect(await named(names.slice(1))).toHaveLength(1);
});

test('rows that are too large together are refused, and one that is named often is read once', async () => {
  const { dataSource, spaceId } = services;
  const { id: robotId } = (await new RobotStore(dataSource.manager).heads(spaceId, onePage))[0]!;
  const { taskIds } = await insertTestRun(dataSource, { spaceId, robotId });
  const owner = taskIds[0]!;
  await new TaskStore(dataSource.manager).claim(owner, 'a worker', 60_000);
  await dataSource.query(
    `INSERT INTO rows (task_id, attempt, list, ordinal, position, data)
     SELECT $1, 1, 'rows', n, n, json_build_object('text', repeat('x', 8000000)) FROM generate_series(0, 2) n`,
    [owner],
  );
  const row = (position: number): NamedRecord => ({
    kind: 'row',
    taskId: owner,
    position,
    id: String(position),
  });
  expect(await faultsOf(named([0, 1, 2].map(row)))).toMatchObject([
    { path: 'records', message: expect.stringContaining('rows that are more than') },
  ]);
  const found = await named([0, 1, 0, 1, 0, 1, 0].map(row));
  expect(found.map(({ id }) => id).join('')).toBe('0101010');
  expect(found[6]!.inputs).toBe(found[0]!.inputs);
});

const onePage = { limit: 1, before: null, skip: 0, search: null, publishedOnly: false };
