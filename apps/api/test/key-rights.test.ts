import { allows, scopes, type Scope } from '@runnel/contracts';
import { createKey, rotateKey, type NewKey } from '@runnel/services';
import { asBase36 } from '../src/id-forms';
import { AnswerCheck } from './openapi/answer-check';
import {
  operationsIn,
  readDocuments,
  type DocumentedOperation,
  type Documents,
} from './openapi/documented-operation';
import { aFullSpace, workOn, type FullSpace } from './openapi/full-space';
import { idsOf, type Ids, type Noun } from './openapi/nouns';
import { assembled, leastParts } from './openapi/requests';
import { rights, type Rights } from './openapi/rights';
import { sender, type Answered } from './openapi/send';
import { startTestApi, type TestApi } from './test-api';

let api: TestApi;
let documents: Documents;
let guarded: DocumentedOperation[];
let check: AnswerCheck;
let line: ReturnType<typeof sender>;

beforeAll(async () => {
  api = await startTestApi();
  documents = await readDocuments(api.url);
  guarded = operationsIn(documents).filter(({ isPublic }) => !isPublic);
  check = new AnswerCheck(documents);
  line = sender(api.url);
});

afterAll(async () => {
  line.close();
  await api.close();
});

const placeOf = ({ method, path }: DocumentedOperation): string => `${method.toUpperCase()} ${path}`;

/** A second mount has the same operations under other names. */
function givenRights({ document, id }: DocumentedOperation): Rights | undefined {
  const name = id.replace(/_v2$/, '');
  return rights.get(`${document}:${name}`) ?? rights.get(name);
}

/** What is told nowhere is for nobody: the first test says which. */
function rightsOf(operation: DocumentedOperation): Rights {
  return givenRights(operation) ?? { scope: 'admin', ofOneRobot: 'nothing' };
}

const keyOf = async (space: FullSpace, parts: Partial<NewKey>): Promise<string> => {
  const wanted = { spaceId: space.id, name: 'a key', scopes: ['runs:*'], ...parts };
  return (await createKey(api.beside, wanted)).key;
};

/** Who answers when its run has ended needs somebody to end it. */
async function ask(operation: DocumentedOperation, ids: Ids, key: string): Promise<Answered> {
  const worker = operation.path.endsWith('/execute') ? workOn(api.beside) : null;
  const parts = leastParts(operation, ids, documents[operation.document]);
  return line.send(assembled(operation, parts, key)).finally(() => worker?.stop());
}

const told = (operation: DocumentedOperation, answer: Answered): string =>
  `${placeOf(operation)}: ${answer.status} ${answer.text.slice(0, 300)}`;

/** What an operation answers who may: also that there is nothing to do, or that it is not done here. */
const isServed = ({ status }: Answered): boolean => status < 300 || status === 409 || status === 501;

/** Those that take the robot, or what others need, away come last. */
const inOrder = (operations: DocumentedOperation[]): DocumentedOperation[] =>
  [...operations].sort((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'));

test('every operation is told with the scope that it needs', () => {
  const untold = guarded.filter((operation) => !givenRights(operation)).map(placeOf);
  expect(untold).toEqual([]);
  for (const operation of guarded) {
    const told = documents[operation.document]['paths'][operation.path][operation.method]['x-required-scope'];
    expect([placeOf(operation), told ?? 'any']).toEqual([placeOf(operation), rightsOf(operation).scope]);
  }
});

test.each(scopes.map((scope) => [scope]))(
  'a key with %s may what that stands for, and nothing else',
  async (scope) => {
    const space = await aFullSpace(api.beside, 'scoped');
    const key = await keyOf(space, { scopes: [scope] });
    const faults: string[] = [];
    for (const operation of inOrder(guarded)) {
      const { scope: wanted } = rightsOf(operation);
      const answer = await ask(operation, idsOf(space), key);
      const isRefused = answer.status === 403;
      if (isRefused === mayDo([scope], wanted)) faults.push(told(operation, answer));
      if (isRefused && !answer.text.includes(`with the scope ${wanted}; yours has: ${scope}`)) {
        faults.push(told(operation, answer));
      }
      const fault = check.faultOf(operation, answer);
      if (fault !== null) faults.push(`${placeOf(operation)}: ${fault}`);
    }
    expect(faults).toEqual([]);
  },
);

function mayDo(given: Scope[], wanted: Scope | 'any'): boolean {
  return wanted === 'any' || allows(given, wanted);
}

test('a refused request does nothing, whatever else is wrong with it', async () => {
  const space = await aFullSpace(api.beside, 'readonly');
  const key = await keyOf(space, { scopes: ['runs:read', 'robots:read'] });
  const count = async (): Promise<unknown> =>
    api.beside.query(
      `SELECT (SELECT count(*) FROM runs WHERE space_id = $1) AS runs, (SELECT count(*) FROM robots WHERE space_id = $1)
         AS robots, (SELECT count(*) FROM schedules WHERE space_id = $1) AS schedules`,
      [space.id],
    );
  const before = await count();
  for (const operation of guarded.filter(({ method }) => method !== 'get'))
    await ask(operation, idsOf(space), key);
  expect(await count()).toEqual(before);
  const response = await fetch(`${api.url}/api/robots`, {
    method: 'POST',
    headers: { 'x-api-key': key },
    body: '{',
  });
  expect(response.status).toBe(403);
});

type Sent = [method: string, path: string, body: object];

describe('a key for one robot', () => {
  const everything: Scope[] = ['robots:*', 'runs:*'];
  const ofRobots: Noun[] = ['robot', 'handle', 'run', 'waitingRun', 'failedRun', 'schedule'];

  /** The ids of a space, with those of another of its robots in some places. */
  const withOther = (space: FullSpace, other: FullSpace, nouns: Noun[]): Ids => {
    const ids = idsOf(other);
    return { ...idsOf(space), ...Object.fromEntries(nouns.map((noun) => [noun, ids[noun]])) };
  };

  const ofOneRobot = (kind: Rights['ofOneRobot']): DocumentedOperation[] =>
    inOrder(guarded).filter((operation) => rightsOf(operation).ofOneRobot === kind);

  test('may with its own robot what its scopes let it', async () => {
    const faults: string[] = [];
    for (const operation of [...ofOneRobot('own'), ...ofOneRobot('all')]) {
      const space = await aFullSpace(api.beside, 'own');
      const key = await keyOf(space, { scopes: everything, robotId: space.robotId });
      await api.beside.query(
        'UPDATE files SET key_id = k.id FROM api_keys k WHERE files.id = $1 AND k.robot_id = $2',
        [space.fileId, space.robotId],
      );
      const answer = await ask(operation, idsOf(space), key);
      if (!isServed(answer)) faults.push(told(operation, answer));
    }
    expect(faults).toEqual([]);
  }, 60_000);

  test("is answered of another robot's things as of what is not there", async () => {
    const space = await aFullSpace(api.beside, 'own');
    const other = await aFullSpace(api.beside, 'other', space);
    const key = await keyOf(space, { scopes: everything, robotId: space.robotId });
    const faults: string[] = [];
    for (const operation of ofOneRobot('own')) {
      const asText = (ids: Ids): string =>
        JSON.stringify(assembled(operation, leastParts(operation, ids, documents[operation.document]), null));
      const named = ofRobots.filter(
        (noun) => asText(withOther(space, other, [noun])) !== asText(idsOf(space)),
      );
      for (const nouns of [...named.map((noun) => [noun]), named]) {
        const answer = await ask(operation, withOther(space, other, nouns), key);
        const fault = check.faultOf(operation, answer);
        if (answer.status !== 404) faults.push(`${nouns.join()} ${told(operation, answer)}`);
        if (fault !== null) faults.push(`${placeOf(operation)}: ${fault}`);
      }
      if (named.length === 0) faults.push(`${placeOf(operation)} names nothing of a robot`);
    }
    expect(faults).toEqual([]);
  });

  test('is refused what is of the whole space', async () => {
    const space = await aFullSpace(api.beside, 'own');
    const key = await keyOf(space, { scopes: everything, robotId: space.robotId });
    const faults: string[] = [];
    for (const operation of ofOneRobot('nothing')) {
      const answer = await ask(operation, idsOf(space), key);
      if (answer.status !== 403) faults.push(told(operation, answer));
      const fault = check.faultOf(operation, answer);
      if (fault !== null) faults.push(`${placeOf(operation)}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });

  test('takes no rows of another robot for its records, and moves no schedule to one', async () => {
    const space = await aFullSpace(api.beside, 'own');
    const other = await aFullSpace(api.beside, 'other', space);
    const key = await keyOf(space, { scopes: everything, robotId: space.robotId });
    const send = async (method: string, path: string, body: object): Promise<number> => {
      const headers = { 'x-api-key': key };
      return (await fetch(`${api.url}${path}`, { method, headers, body: JSON.stringify(body) })).status;
    };
    const trigger = { type: 'recurring', cron: '0 9 * * *' };
    const target = { flowId: space.robotId, recordFilter: { flowId: other.robotId } };
    expect(await send('POST', '/v1/schedules', { target, trigger })).toBe(404);
    const own = { flowId: space.robotId, recordFilter: { flowId: space.robotId } };
    expect(await send('POST', '/v1/schedules', { target: own, trigger })).toBe(201);
    const at = `/v1/schedules/${space.scheduleId}`;
    expect(await send('PUT', at, { target: { flowId: other.robotId } })).toBe(404);
    expect(await send('PUT', at, { target: { recordFilter: { flowId: other.robotId } } })).toBe(404);
    expect(await send('PUT', at, { name: 'Mine' })).toBe(200);
  });

  test('is told of rows and files of others, wherever it names them, as of what is not there', async () => {
    const space = await aFullSpace(api.beside, 'own');
    const other = await aFullSpace(api.beside, 'other', space);
    const { robotId } = space;
    const bound = await createKey(api.beside, { spaceId: space.id, name: 'b', scopes: ['runs:*'], robotId });
    const key = bound.key;
    const send = async ([method, path, body]: Sent, by = key): Promise<string> => {
      const asked = { method, headers: { 'x-api-key': by }, body: JSON.stringify(body) };
      const response = await fetch(`${api.url}${path}`, asked);
      const [fault] = /there is no such (row|file)/.exec(await response.text()) ?? [];
      return fault ?? String(response.status);
    };
    const upload = async (by: string): Promise<string> => {
      const headers = { 'x-api-key': by, 'content-type': 'text/csv' };
      const asked = { method: 'POST', headers, body: 'word\nsecret\n' };
      return (await (await fetch(`${api.url}/api/files?name=a.csv`, asked)).json()).file.id as string;
    };
    const [mine, theirs] = [await upload(key), await upload(space.key)];
    const trigger = { type: 'recurring', cron: '0 9 * * *' };
    const schedule = (target: object) => ({ target: { flowId: robotId, ...target }, trigger });
    const of = { agent_id: asBase36(space.id), process_id: asBase36(robotId) };
    const process = { ...of, name: 'a run', stage: 'Published', inputs: [] };
    const withFile = (fileId: string): Sent[] => [
      ['POST', `/api/robots/${robotId}/runs`, { fileIds: [fileId] }],
      ['POST', '/runs', { ...process, file_ids: [asBase36(fileId)] }],
      ['POST', '/v1/batch/flow', { flowId: robotId, recordIds: [`rec_${asBase36(fileId)}_0`] }],
      ['POST', '/v1/schedules', schedule({ fileIds: [`file_${asBase36(fileId)}`] })],
      ['POST', '/v1/schedules', schedule({ recordIds: [`rec_${asBase36(fileId)}_0`] })],
      ['PUT', `/v1/schedules/${space.scheduleId}`, { target: { recordIds: [`rec_${asBase36(fileId)}_0`] } }],
    ];
    const withRow = (taskId: string): Sent[] => [
      ['POST', '/v1/batch/flow', { flowId: robotId, recordIds: [`row_${taskId}_0`] }],
      ['POST', '/v1/schedules', schedule({ recordIds: [`row_${taskId}_0`] })],
      ['PUT', `/v1/schedules/${space.scheduleId}`, { target: { recordIds: [`row_${taskId}_0`] } }],
    ];
    for (const fileId of [theirs, space.fileId]) {
      for (const asked of withFile(fileId)) {
        expect([asked, await send(asked)]).toEqual([asked, 'there is no such file']);
      }
    }
    for (const asked of withRow(other.taskId)) expect(await send(asked)).toBe('there is no such row');
    for (const asked of [...withFile(mine), ...withRow(space.taskId)]) {
      expect([asked, await send(asked)]).toEqual([asked, expect.stringMatching(/^20[01]$/)]);
    }
    const young = await rotateKey(api.beside, { spaceId: space.id, id: bound.apiKey.id }, 0);
    for (const asked of withFile(mine)) expect(await send(asked, young!.key)).toMatch(/^20[01]$/);
    for (const asked of [...withFile(theirs), ...withRow(other.taskId)]) {
      expect(await send(asked, space.key)).toMatch(/^20[01]$/);
    }
  });

  test('runs a schedule of its robot now, and edits it, with the files that others gave it', async () => {
    const space = await aFullSpace(api.beside, 'own');
    const key = await keyOf(space, { robotId: space.robotId });
    const send = async ([method, path, body]: Sent, by = key): Promise<number> => {
      const headers = { 'x-api-key': by };
      return (await fetch(`${api.url}${path}`, { method, headers, body: JSON.stringify(body) })).status;
    };
    const at = `/v1/schedules/${space.scheduleId}`;
    const target = { fileIds: [`file_${asBase36(space.fileId)}`] };
    expect(await send(['PUT', at, { target, overlapPolicy: 'allow' }], space.key)).toBe(200);
    expect(await send(['PUT', at, { name: 'Renamed' }])).toBe(200);
    expect(await send(['POST', `${at}/run-now`, {}])).toBe(200);
  });
});
