import type { RecordFilter, RowCondition, RowData, RunStatus, ScheduleTarget } from '@runnel/contracts';
import { newId, RobotStore, SpaceStore } from '@runnel/store';
import { aDefinition, insertTestRun } from '@runnel/testing';
import { InvalidInputError, NoMatchError, saveFile, targetRecords } from '../src';
import { startTestServices, type TestServices } from './test-services';

let services: TestServices;

beforeAll(async () => {
  services = await startTestServices();
});

afterAll(async () => {
  await services.close();
});

async function aRobot(): Promise<string> {
  const robot = { spaceId: services.spaceId, name: 'A robot', definition: aDefinition(), publish: true };
  return new RobotStore(services.dataSource.manager).create(robot);
}

/** A run of the robot with the rows of each of its tasks; the first attempt of each left a row that does not count. */
async function aRun(
  robotId: string,
  tasks: RowData[][],
  { status = 'succeeded', list = 'rows' }: { status?: RunStatus; list?: string } = {},
): Promise<string[]> {
  const { dataSource, spaceId } = services;
  const { runId, taskIds } = await insertTestRun(dataSource, { spaceId, robotId, count: tasks.length });
  await dataSource.query(`UPDATE runs SET status = $2 WHERE id = $1`, [runId, status]);
  await dataSource.query('UPDATE tasks SET attempt = 2 WHERE run_id = $1', [runId]);
  for (const [task, rows] of tasks.entries()) {
    await dataSource.query(
      `INSERT INTO rows (task_id, attempt, list, ordinal, position, data)
       SELECT $1, a, $2, r.place - 1, r.place - 1, r.data FROM json_array_elements($3) WITH ORDINALITY AS r (data, place),
         generate_series(1, 2) a WHERE a = 2 OR r.place = 1`,
      [taskIds[task], list, JSON.stringify(rows)],
    );
  }
  return taskIds;
}

async function listing(rows: RowData[]): Promise<string> {
  const robotId = await aRobot();
  await aRun(robotId, [rows]);
  return robotId;
}

const aFilter = (robotId: string, parts: Partial<RecordFilter> = {}): RecordFilter => ({
  ...{ robotId, list: null, where: [], inputs: {}, id: null, limit: 100 },
  ...parts,
});

const found = async (target: Partial<ScheduleTarget>, inputNames = ['url']) => {
  const { dataSource, spaceId } = services;
  const whole = { inputs: {}, recordType: null, records: [], fileIds: [], recordFilter: null, ...target };
  return targetRecords(dataSource, { spaceId, target: whole, keyId: null, inputNames });
};

const urlsOf = async (recordFilter: RecordFilter) =>
  (await found({ recordFilter }))?.map(({ inputs }) => inputs.url);

async function refusalOf(refused: Promise<unknown>): Promise<InvalidInputError> {
  const error = await refused.catch((thrown: unknown) => thrown);
  if (error instanceof InvalidInputError) return error;
  throw error ?? new Error('it was not refused');
}

const faultsOf = async (refused: Promise<unknown>) => (await refusalOf(refused)).faults;

test('a target without records and filter has none, whatever files it names', async () => {
  expect(await found({ fileIds: [newId()], inputs: { url: 'http://a/' } })).toBeNull();
});

describe('records that are listed', () => {
  async function aFile(): Promise<string> {
    const { dataSource, spaceId } = services;
    const file = {
      name: 'a.csv',
      contentType: '',
      kind: 'any' as const,
      bytes: Buffer.from('url\nhttp://f/\n'),
    };
    return (await saveFile(dataSource, { spaceId, ...file }))!.id;
  }

  test('come in their order, whether they are named or given, and before those of the filter', async () => {
    const robotId = await aRobot();
    const [taskId] = await aRun(robotId, [[{ url: 'http://r/' }]]);
    const records = await found({
      recordType: 'shop',
      records: [
        { kind: 'given', id: '1', name: null, inputs: { url: 'http://g/' } },
        { kind: 'file', fileId: await aFile(), index: 0, id: 'rec_1' },
        { kind: 'given', id: null, name: 'Second', inputs: {} },
        { kind: 'row', taskId: taskId!, position: 0, id: 'row_1' },
        { kind: 'own', id: 'mine' },
      ],
      recordFilter: aFilter(robotId),
    });
    expect(records).toEqual([
      { id: '1', name: '1', type: 'shop', inputs: { url: 'http://g/' }, isText: false },
      { id: 'rec_1', name: 'rec_1', type: 'shop', inputs: { url: 'http://f/' }, isText: true },
      { id: null, name: 'Second', type: 'shop', inputs: {}, isText: false },
      { id: 'row_1', name: 'row_1', type: 'shop', inputs: { url: 'http://r/' }, isText: true },
      { id: 'mine', name: 'mine', type: 'shop', inputs: {}, isText: false },
      { id: `${taskId}_0`, name: `${taskId}_0`, type: 'shop', inputs: { url: 'http://r/' }, isText: true },
    ]);
  });

  test('that are gone are told at their places', async () => {
    const given = { kind: 'given', id: '1', name: null, inputs: {} } as const;
    const file = { kind: 'file', fileId: newId(), index: 0, id: 'rec_1' } as const;
    const row = { kind: 'row', taskId: newId(), position: 0, id: 'row_1' } as const;
    const faults = await faultsOf(found({ records: [given, file, given, row] }));
    expect(faults.map(({ path, message }) => [path, message])).toEqual([
      ['target.records[1]', 'there is no such file of records'],
      ['target.records[3]', 'there is no such row'],
    ]);
  });
});

describe('a filter', () => {
  test('takes the rows of the newest run of the robot that succeeded or did in parts, in order', async () => {
    const robotId = await aRobot();
    await aRun(robotId, [[{ url: 'http://old/' }]]);
    const rows = [[{ url: 'http://1/' }, { url: 'http://2/' }], [], [{ url: 'http://3/' }]];
    await aRun(robotId, rows, { status: 'partial' });
    for (const status of ['failed', 'timed_out', 'aborted', 'running'] as const) {
      await aRun(robotId, [[{ url: 'http://no/' }]], { status });
    }
    expect(await urlsOf(aFilter(robotId))).toEqual(['http://1/', 'http://2/', 'http://3/']);
    expect(await urlsOf(aFilter(robotId, { limit: 2 }))).toEqual(['http://1/', 'http://2/']);
  });

  test('can be of one list', async () => {
    const robotId = await aRobot();
    await aRun(robotId, [[{ url: 'http://1/' }]], { list: 'shops' });
    expect(await urlsOf(aFilter(robotId, { list: 'shops' }))).toEqual(['http://1/']);
    expect(await refusalOf(found({ recordFilter: aFilter(robotId, { list: 'cafes' }) }))).toBeInstanceOf(
      NoMatchError,
    );
  });

  test('gives the inputs that it names, or those that the robot has, where a row has them', async () => {
    const row = { url: 'http://1/', link: 'http://d/1', page: 7, empty: null, other: 'x' };
    const robotId = await listing([row]);
    const inputsOf = async (inputs: Record<string, string>, names: string[]) =>
      (await found({ recordFilter: aFilter(robotId, { inputs }) }, names))?.map((record) => record.inputs);
    expect(await inputsOf({}, ['url', 'page', 'empty', 'missing'])).toEqual([{ url: 'http://1/', page: 7 }]);
    expect(await inputsOf({ url: 'link', again: 'link', gone: 'empty' }, ['url', 'page'])).toEqual([
      { url: 'http://d/1', again: 'http://d/1' },
    ]);
  });

  test('makes one record of rows with the same id, the first, and looks on until it has as many as it may', async () => {
    const rows = Array.from({ length: 2_500 }, (_, n) => ({
      sku: n < 2_000 ? n % 3 : `x${n}`,
      url: `http://${n}/`,
    }));
    const robotId = await listing([{ url: 'http://none/' }, ...rows, { sku: null, url: 'http://null/' }]);
    const records = await found({ recordFilter: aFilter(robotId, { id: 'sku', limit: 6 }) });
    expect(records?.map(({ id, inputs }) => [id, inputs.url])).toEqual([
      [expect.stringMatching(/_0$/), 'http://none/'],
      ['0', 'http://0/'],
      ['1', 'http://1/'],
      ['2', 'http://2/'],
      ['x2000', 'http://2000/'],
      ['x2001', 'http://2001/'],
    ]);
    expect(await found({ recordFilter: aFilter(robotId, { id: 'sku', limit: 10_000 }) })).toHaveLength(505);
  });

  const cells = {
    text: 'tea',
    longer: 'green tea',
    price: '12.50',
    padded: ' 12.5 ',
    number: 12.5,
    large: 100,
    yes: true,
    none: null,
    tags: ['tea'],
    word: 'n/a',
    long: '9'.repeat(200_000),
    spaced: '\u00a012.5',
  };

  test.each<[RowCondition['op'], RowCondition['value'], (keyof typeof cells | 'missing')[]]>([
    ['eq', 'tea', ['text']],
    ['eq', '12.5', []],
    ['eq', 12.5, ['price', 'padded', 'number']],
    ['eq', true, ['yes']],
    ['eq', 'true', []],
    ['contains', 'tea', ['text', 'longer']],
    ['contains', '%', []],
    ['startsWith', 'green', ['longer']],
    ['gt', 12.5, ['large']],
    ['gte', 12.5, ['price', 'padded', 'number', 'large']],
    ['lt', 100, ['price', 'padded', 'number']],
    ['lte', 1e300, ['price', 'padded', 'number', 'large']],
    ['exists', false, ['none', 'missing']],
  ])('holds %s %p of some cells', async (op, value, expected) => {
    const names = [...Object.keys(cells), 'missing'];
    const robotId = await listing([{ url: 'http://1/', ...cells }]);
    const holding = async (condition: Omit<RowCondition, 'field'>) => {
      const holds = async (field: string) =>
        urlsOf(aFilter(robotId, { where: [{ field, ...condition }] })).then(() => true, isNoMatch);
      const held = await Promise.all(names.map(holds));
      return names.filter((_, index) => held[index]);
    };
    expect(await holding({ op, value })).toEqual(expected);
    const others = names.filter((name) => !expected.some((each) => each === name));
    if (op === 'eq') expect(await holding({ op: 'ne', value })).toEqual(others);
    if (op === 'exists') expect(await holding({ op, value: true })).toEqual(others);
  });

  test('holds when all of its conditions do', async () => {
    const robotId = await listing([1, 2, 3].map((page) => ({ url: `http://${page}/`, page })));
    const where = (value: number): RowCondition[] => [
      { field: 'page', op: 'gt', value: 1 },
      { field: 'page', op: 'lt', value },
    ];
    expect(await urlsOf(aFilter(robotId, { where: where(3) }))).toEqual(['http://2/']);
    expect(await refusalOf(urlsOf(aFilter(robotId, { where: where(2) })))).toBeInstanceOf(NoMatchError);
  });

  test('finds nothing while no run of its robot has succeeded, and is wrong where there is no such robot', async () => {
    const robotId = await aRobot();
    await aRun(robotId, [[{ url: 'http://1/' }]], { status: 'failed' });
    const empty = await refusalOf(found({ recordFilter: aFilter(robotId) }));
    expect(empty).toBeInstanceOf(NoMatchError);
    expect(empty.faults).toMatchObject([{ path: 'target.recordFilter.robotId' }]);
    const other = await new SpaceStore(services.dataSource.manager).create('other');
    const robot = { spaceId: other, name: 'Theirs', definition: aDefinition(), publish: true };
    const theirs = await new RobotStore(services.dataSource.manager).create(robot);
    for (const id of [newId(), theirs]) {
      const wrong = await refusalOf(found({ recordFilter: aFilter(id) }));
      expect(wrong).not.toBeInstanceOf(NoMatchError);
      expect(wrong.faults).toMatchObject([{ path: 'target.recordFilter.robotId', found: id }]);
    }
  });

  test('is refused for values that its tests cannot be of, and for a limit that no run has', async () => {
    const where: RowCondition[] = [
      { field: 'a', op: 'gt', value: '7' },
      { field: 'a', op: 'eq', value: '7' },
      { field: 'a', op: 'exists', value: 'yes' },
      { field: 'a', op: 'lte', value: NaN },
    ];
    const faults = await faultsOf(found({ recordFilter: aFilter(newId(), { where, limit: 10_001 }) }));
    expect(faults.map(({ path, message }) => [path, message])).toEqual([
      ['target.recordFilter.where[0].value', 'must be a number'],
      ['target.recordFilter.where[2].value', 'must be true or false'],
      ['target.recordFilter.where[3].value', 'must be a finite number'],
      ['target.recordFilter.limit', 'must be a whole number from 1 to 10000'],
    ]);
  });

  test('counts the bytes of the fields that are inputs only, and of these not too many', async () => {
    const text = 'x'.repeat(1_500_000);
    const robotId = await listing(Array.from({ length: 15 }, (_, n) => ({ url: `http://${n}/`, text })));
    expect(await urlsOf(aFilter(robotId))).toHaveLength(15);
    const withText = aFilter(robotId, { inputs: { url: 'text' } });
    expect(await faultsOf(found({ recordFilter: withText }))).toMatchObject([
      { path: 'target.recordFilter' },
    ]);
    expect(await found({ recordFilter: { ...withText, limit: 13 } })).toHaveLength(13);
  });
});

function isNoMatch(error: unknown): false {
  if (error instanceof NoMatchError) return false;
  throw error;
}
