import type { Task } from '@runnel/contracts';
import { FileStore, newId } from '@runnel/store';
import { aDocument } from '@runnel/testing';
import {
  createRobot,
  InvalidInputError,
  KeyReusedError,
  saveFile,
  startRun,
  type NewFile,
  type GivenRecord,
  type StartRun,
} from '../src';
import { startTestServices, type TestServices } from './test-services';

let services: TestServices;

beforeAll(async () => {
  services = await startTestServices();
});

afterAll(async () => {
  await services.close();
});

const pages = { inputs: [{ name: 'page', type: 'number' }] };

async function aRobot(parts: object = pages): Promise<string> {
  const { deps, spaceId } = services;
  const definition = aDocument({ ...parts });
  return (await createRobot(deps, { spaceId, name: 'A robot', definition, publish: true, domains: null })).id;
}

function save(name: string, text: string, parts: Partial<NewFile> = {}) {
  const file = { name, contentType: '', kind: 'any' as const, bytes: Buffer.from(text) };
  return saveFile(services.dataSource, { spaceId: services.spaceId, ...file, ...parts });
}
const idOf = async (...file: Parameters<typeof save>) => (await save(...file))?.id ?? '';

type Parts = Partial<Omit<StartRun, 'records'>> & { records?: GivenRecord[] };

/** Starts a run, and gives what its tasks were made of. */
async function start(robotId: string, parts: Parts): Promise<Pick<Task, 'inputs' | 'record'>[]> {
  const { deps, dataSource, spaceId } = services;
  const { records, ...given } = parts;
  const asked = { ...parts, robotId };
  const found = records ? () => records : null;
  const started = await startRun(deps, { spaceId, robotId, asked, ...given, records: found });
  const query = 'SELECT inputs, record FROM tasks WHERE run_id = $1 ORDER BY ordinal';
  return dataSource.query(query, [started?.run.id]);
}

async function faultsOf(refused: Promise<unknown>) {
  const error = await refused.catch((thrown: unknown) => thrown);
  if (error instanceof InvalidInputError || error instanceof KeyReusedError) return error.faults;
  throw error ?? new Error('it was not refused');
}
const bare = { id: null, name: null, type: null };

describe('inputs that a robot does not declare', () => {
  test('stay with the task, of whatever kind, where the caller keeps them; texts are read for declared ones', async () => {
    const inputs = { deep: { a: [1, { b: null }] }, page: '2', text: '3' };
    const tasks = await start(await aRobot(), { records: [{ ...bare, inputs, isText: true }] });
    expect(tasks).toMatchObject([{ inputs: { ...inputs, page: 2, originUrl: 'http://127.0.0.1:9/' } }]);
  });

  test('are faults where the caller or the robot says so, at their place', async () => {
    const given = { records: [{ ...bare, inputs: { other: 1 }, isText: false }] };
    const wrong = [expect.objectContaining({ path: 'records[0].inputs.other', found: 1 })];
    expect(await faultsOf(start(await aRobot(), { ...given, unknownInputs: 'refuse' }))).toEqual(wrong);
    expect(await faultsOf(start(await aRobot({ additionalInputs: false }), given))).toEqual(wrong);
    const many = { a: 'x'.repeat(70_000) };
    const large = { records: [{ ...bare, inputs: many, isText: false }] };
    expect(await faultsOf(start(await aRobot(), large))).toMatchObject([{ path: 'records[0].inputs' }]);
  });

  test('that all tasks share may not be larger than a statement', async () => {
    const records = Array.from({ length: 2_000 }, (_, index) => ({
      ...{ id: String(index), name: null, type: null, isText: false },
      inputs: {},
    }));
    const inputs = { page: 1, note: 'x'.repeat(40_000) };
    const refused = start(await aRobot(), { inputs, records });
    await expect(refused).rejects.toMatchObject({ faults: [{ path: 'inputs' }] });
  });

  test('are part of what an idempotency key stands for, however deep they are', async () => {
    const robotId = await aRobot();
    const idempotencyKey = 'one';
    expect(await start(robotId, { idempotencyKey, inputs: { other: 1 } })).toHaveLength(1);
    expect(await start(robotId, { idempotencyKey, inputs: { other: 1 } })).toHaveLength(1);
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    const again = start(robotId, { idempotencyKey, inputs: { other: deep } });
    expect(await faultsOf(again)).toMatchObject([{ path: 'inputs.other' }]);
    const refusing = start(robotId, { idempotencyKey, inputs: { other: 1 }, unknownInputs: 'refuse' });
    expect(await faultsOf(refusing)).toMatchObject([{ path: 'unknownInputs' }]);
  });
});

describe('a file', () => {
  test('of any kind is kept as it came; one of records must be one', async () => {
    const { dataSource, spaceId } = services;
    const bytes = Buffer.from('%PDF\0\xff', 'latin1');
    const document = await save('contract.pdf', '', { contentType: 'application/pdf; v=1', bytes });
    expect(document).toMatchObject({ records: null, size: 6, contentType: 'application/pdf; v=1' });
    const kept = await new FileStore(dataSource.manager).find(spaceId, document?.id ?? '');
    expect(kept?.bytes).toEqual(bytes);
    expect(await save('a', '{}', { contentType: 'te\nxt' })).toMatchObject({
      ...{ records: null, contentType: 'application/octet-stream' },
    });
    expect(await save('a.csv', 'page\n1\n2\n')).toMatchObject({ records: 2, contentType: 'text/csv' });
    expect(await faultsOf(save('a.json', '{"page":'))).toMatchObject([
      { message: expect.stringMatching('is not JSON') as string },
    ]);
    expect(await faultsOf(save('a.pdf', '{"a":1}\n7', { kind: 'records' }))).toHaveLength(1);
  });

  test('takes the id that was given out for it, once', async () => {
    const id = newId();
    expect(await save('a.txt', 'a', { id })).toMatchObject({ id });
    expect(await save('b.txt', 'b', { id })).toBeNull();
  });

  test('that holds no records gives no task', async () => {
    const robotId = await aRobot();
    const note = await idOf('note.txt', 'page\n1\n');
    expect(await start(robotId, { fileIds: [note], inputs: { page: 7 } })).toMatchObject([
      { inputs: { page: 7 }, record: null },
    ]);
    const fileIds = [note, await idOf('pages.csv', 'page,note\n1,a\n2,\n')];
    expect(await start(robotId, { fileIds })).toMatchObject([
      { inputs: { page: 1, note: 'a' } },
      { inputs: { page: 2, note: '' } },
    ]);
    const refused = start(robotId, { fileIds, unknownInputs: 'refuse' });
    expect((await faultsOf(refused)).map(({ path }) => path)).toEqual(
      [0, 1].map((index) => `fileIds[1].records[${index}].inputs.note`),
    );
    const runs: unknown[] = await services.dataSource.query(
      'SELECT 1 FROM runs WHERE robot_id = $1 AND $2 = ANY(file_ids)',
      [robotId, note],
    );
    expect(runs).toHaveLength(2);
  });

  test('that is larger than all files of records may be together is no hindrance', async () => {
    const bytes = Buffer.alloc(11 * 1024 * 1024, 1);
    const fileIds = [await idOf('a.bin', '', { bytes }), await idOf('b.bin', '', { bytes })];
    expect(await start(await aRobot(), { fileIds })).toHaveLength(1);
  });
});
