import fc from 'fast-check';
import { AnswerCheck } from './openapi/answer-check';
import { requestsOf } from './openapi/arbitrary';
import { brokenOf } from './openapi/broken';
import {
  answersTo,
  operationsIn,
  readDocuments,
  type DocumentedOperation,
  type Documents,
} from './openapi/documented-operation';
import { aFullSpace, workOn, type FullSpace } from './openapi/full-space';
import { idsOf } from './openapi/nouns';
import { assembled, leastParts } from './openapi/requests';
import { sender, type Answered, type Sent } from './openapi/send';
import { startTestApi, type TestApi } from './test-api';

/** The same requests each time. */
const seed = 20260207;
const goodCount = 60;
const brokenCount = 150;
/** Some hundred requests for each of the operations, and there are many: on a slow machine that takes its time. */
const longMs = 300_000;

let api: TestApi;
let documents: Documents;
let operations: DocumentedOperation[];
let check: AnswerCheck;
let line: ReturnType<typeof sender>;

beforeAll(async () => {
  api = await startTestApi();
  documents = await readDocuments(api.url);
  operations = operationsIn(documents);
  check = new AnswerCheck(documents);
  line = sender(api.url);
});

afterAll(async () => {
  line.close();
  await api.close();
});

/** What is wrong with an answer; null: nothing. */
function faultIn(operation: DocumentedOperation, sent: Sent, answer: Answered): string | null {
  // Express tells by itself which methods there are.
  if (sent.method === 'OPTIONS' && answer.status === 200) return null;
  const asked = askedBy(sent);
  if (isBreak(asked, answer)) return `is ${answer.status}, of which no document tells`;
  if (sent.method === 'HEAD') return answer.text === '' ? null : 'an answer to HEAD has a body';
  if (asked.length === 0 && answer.status < 400) return `is ${answer.status}, where nothing is told of`;
  return untoldIn(asked.length === 0 ? [operation] : asked, answer);
}

/** What none of these operations tells of an answer. */
function untoldIn(asked: DocumentedOperation[], answer: Answered): string | null {
  const faults = asked.map((each) => check.faultOf(each, answer));
  return faults.includes(null) ? null : (faults[0] ?? null);
}

/** The operations that may answer this: of paths that differ in a word in braces, more than one. */
function askedBy(sent: Sent): DocumentedOperation[] {
  const method = sent.method === 'HEAD' ? 'GET' : sent.method;
  return operations.filter((each) => answersTo(each, { ...sent, method }));
}

/** True where the service broke. What it says that it cannot do is none, nor is a run that failed where that is told. */
function isBreak(asked: DocumentedOperation[], { status, text }: Answered): boolean {
  if (text.includes('"INTERNAL"')) return true;
  if (status < 500) return false;
  return !asked.some(
    ({ responses, text: told }) => responses[status] ?? (status === 501 && /\b501\b/.test(told)),
  );
}

/** Sends it, and throws with all that is needed to send it again. */
async function hold(operation: DocumentedOperation, sent: Sent): Promise<Answered> {
  const answer = await line.send(sent);
  const fault = faultIn(operation, sent, answer);
  if (fault === null) return answer;
  const told = JSON.stringify({ ...sent, body: sent.body?.toString() ?? null }).slice(0, 2_000);
  throw new Error(`${fault}\nsent: ${told}\nanswered ${answer.status}: ${answer.text.slice(0, 1_000)}`);
}

/** Holds a property of each operation, and tells of all that break it. */
async function holdForAll(holding: (operation: DocumentedOperation) => Promise<void>): Promise<void> {
  const broken: string[] = [];
  for (const operation of operations) {
    const place = `${operation.method.toUpperCase()} ${operation.path}`;
    await holding(operation).catch((error: unknown) => broken.push(`${place}: ${told(error)}`));
  }
  if (broken.length > 0) throw new Error(`seed ${seed}\n\n${broken.join('\n\n')}`);
}

/** True for one that answers when its run has ended: somebody has to end it. */
function waits({ path }: DocumentedOperation): boolean {
  return path.endsWith('/execute');
}

function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

let spaces = 0;
const aSpace = (): Promise<FullSpace> => aFullSpace(api.beside, `mark${++spaces}`);

/** Times that each operation did what it is there for. */
const served = new Map<string, number>();

async function holdsGood(operation: DocumentedOperation): Promise<void> {
  // What was deleted is not there for the next request.
  const rounds = operation.method === 'delete' ? 6 : 1;
  for (let round = 0; round < rounds; round += 1) {
    const space = await aSpace();
    const worker = waits(operation) ? workOn(api.beside) : null;
    const requests = requestsOf(operation, idsOf(space), documents[operation.document]);
    const property = fc.asyncProperty(requests, async (parts) => {
      const { status } = await hold(operation, assembled(operation, parts, space.key));
      if (status < 300 || status === 501) served.set(operation.id, (served.get(operation.id) ?? 0) + 1);
    });
    await fc
      .assert(property, { seed: seed + round, numRuns: goodCount / rounds })
      .finally(() => worker?.stop());
  }
}

async function holdsBroken(operation: DocumentedOperation): Promise<void> {
  const space = await aSpace();
  const worker = waits(operation) ? workOn(api.beside) : null;
  const [ids, document] = [idsOf(space), documents[operation.document]];
  const samples = fc.sample(requestsOf(operation, ids, document), { seed, numRuns: 8 });
  const good = [leastParts(operation, ids, document), ...samples];
  const broken = brokenOf(
    operation,
    good.map((parts) => assembled(operation, parts, space.key)),
  );
  const property = fc.asyncProperty(broken, async (sent) => void (await hold(operation, sent)));
  await fc.assert(property, { seed, numRuns: brokenCount }).finally(() => worker?.stop());
}

describe('every operation of every document', () => {
  test('answers what is allowed as its document tells', () => holdForAll(holdsGood), longMs);

  test('was served, and not only refused', () => {
    expect(operations.filter(({ id }) => !served.has(id)).map(({ id }) => id)).toEqual([]);
  });

  test('answers what is broken as its document tells', () => holdForAll(holdsBroken), longMs);
});
