import fc from 'fast-check';
import { openDataSource, type DataSource } from '@runnel/store';
import { cloneDatabase, startApp, type AppProcess, type TestDatabase } from '@runnel/testing';
import { hostileRequests, goodRequest } from './fuzz/hostile-requests';
import { ask, type RawAnswer } from './fuzz/raw-line';
import { toldOf, type RawRequest } from './fuzz/raw-request';
import { residentMemory } from './fuzz/resident-memory';
import { AnswerCheck } from './openapi/answer-check';
import {
  operationsIn,
  readDocuments,
  type DocumentedOperation,
  type Documents,
} from './openapi/documented-operation';
import { aFullSpace, workOn, type FullSpace } from './openapi/full-space';
import { idsOf } from './openapi/nouns';

/** RUNNEL_FUZZ_SECONDS for longer, RUNNEL_FUZZ_SEED for other requests. */
const seconds = Number(process.env['RUNNEL_FUZZ_SECONDS'] ?? 25);
const seed = Number(process.env['RUNNEL_FUZZ_SEED'] ?? 20261122);
const perOperation = 4;
const atATime = 4;
/** Nothing hangs; how fast answers are is measured and not asserted, as machines differ. */
const patienceMs = 10_000;
/** What a process may gain after its first round, in which it fills what it keeps. */
const mostGrowth = 160 * 1024 ** 2;

let database: TestDatabase;
let beside: DataSource;
let api: AppProcess;
let documents: Documents;
let operations: DocumentedOperation[];
let check: AnswerCheck;

beforeAll(async () => {
  database = await cloneDatabase();
  beside = await openDataSource({ url: database.url, poolSize: 3, application: 'beside' });
  api = await startApp('api', {
    DATABASE_URL: database.url,
    RUNNEL_API_KEY: 'rk_a-key-that-the-test-knows',
    RUNNEL_RATE_LIMIT: '0',
    // What is no longer needed has to go: a process that keeps it ends here.
    NODE_OPTIONS: '--max-old-space-size=128',
  });
  documents = await readDocuments(`http://127.0.0.1:${api.port}`);
  operations = operationsIn(documents);
  check = new AnswerCheck(documents);
});

afterAll(async () => {
  await api.kill('SIGTERM');
  await beside.destroy();
  await database.drop();
});

/** What no answer shows: a place in the program, a statement, where the ledger is, a file of ours. */
const insides = [
  /node_modules|\/dist\/|\.ts:\d|main\.js/,
  /\bat (?:async )?[\w.<>[\] ]+ \(/,
  /\b(?:SELECT|INSERT INTO|DELETE FROM)\s+\S+/,
  /postgres(?:ql)?:\/\/|redis:\/\/|ECONN|QueryFailed/,
  /"workspaces"|root:x:0/,
  /"INTERNAL"/,
];

/** What Node itself refuses, before there is a request: the head, its lengths, and what is expected of it. */
function isRefusedByNode({ status, text, headers }: RawAnswer): boolean {
  return text === '' && headers['x-request-id'] === undefined && [400, 408, 413, 417, 431].includes(status);
}

/** True where the head of some operation of the document tells of such a refusal. */
function isToldRefusal(answer: RawAnswer): boolean {
  return operations.some((operation) => check.faultOf(operation, answer) === null);
}

/** What is wrong with an answer; null: nothing. */
function faultIn(
  operation: DocumentedOperation,
  request: RawRequest,
  answer: RawAnswer | null,
): string | null {
  if (!answer) return mayHangUpOn(request) ? null : 'the server hung up without a word';
  const shown = insides.find((inside) => inside.test(answer.text));
  if (shown) return `shows ${String(shown)}`;
  if (isRefusedByNode(answer) || answer.status < 400) return null;
  if (answer.status >= 500 && !isToldFailure(operation, answer.status)) return `is ${answer.status}`;
  return faultOfRefusal(request, answer);
}

function faultOfRefusal(request: RawRequest, answer: RawAnswer): string | null {
  if (request.method === 'HEAD') return answer.text === '' ? null : 'an answer to HEAD has a body';
  return isToldRefusal(answer) ? null : `${answer.status} is in no document's shape`;
}

/** A model that is not there, or a run that failed where that is told. */
function isToldFailure({ responses, text }: DocumentedOperation, status: number): boolean {
  return responses[status] !== undefined || (status === 501 && /\b501\b/.test(text));
}

/** Of who is still sending the answer may be lost; who asks for a tunnel gets none. */
function mayHangUpOn({ method, body, endsEarly }: RawRequest): boolean {
  return endsEarly === true || method === 'CONNECT' || (body?.length ?? 0) > 60_000;
}

interface Seen {
  faults: string[];
  count: number;
  slowest: { ms: number; place: string; request: RawRequest }[];
}

/** Every operation, with a key and sometimes without: hostile requests that follow from the round's number. */
function requestsOf(round: number, space: FullSpace): [DocumentedOperation, RawRequest][] {
  return operations.flatMap((operation, index) => {
    const document = documents[operation.document];
    const key = [space.key, space.key, space.key, null, 'rk_of-nobody'][(round + index) % 5] ?? null;
    const good = goodRequest(operation, idsOf(space), { document, key });
    const samples = fc.sample(hostileRequests(operation, good), {
      seed: seed + round * 1_000 + index,
      numRuns: perOperation,
    });
    return samples.map((request): [DocumentedOperation, RawRequest] => [operation, request]);
  });
}

async function sendAll(requests: [DocumentedOperation, RawRequest][], seen: Seen): Promise<void> {
  const left = requests.values();
  const send = async (): Promise<void> => {
    for (const [operation, request] of left) {
      const place = `${operation.method.toUpperCase()} ${operation.path}`;
      const tell = (fault: string): unknown =>
        seen.faults.push(`${place}: ${fault}\n  sent ${toldOf(request)}`);
      try {
        const answer = await ask(api.port, request, patienceMs);
        const fault = faultIn(operation, request, answer);
        if (fault !== null) tell(`${fault}\n  answered ${answer?.status} ${answer?.text.slice(0, 500)}`);
        note(seen, { ms: answer?.ms ?? 0, place: `${place} ${answer?.status}`, request });
      } catch (error) {
        tell(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: atATime }, send));
}

function note(seen: Seen, one: Seen['slowest'][number]): void {
  seen.count += 1;
  seen.slowest = [...seen.slowest, one].sort((a, b) => b.ms - a.ms).slice(0, 5);
}

test(
  `whatever is sent, the API answers in its own words, shows nothing of its insides and keeps its memory`,
  async () => {
    const seen: Seen = { faults: [], count: 0, slowest: [] };
    const memory: number[] = [];
    const until = Date.now() + seconds * 1_000;
    for (let round = 0; round < 2 || Date.now() < until; round += 1) {
      const space = await aFullSpace(beside, `fuzz${round}`);
      // Who answers when its run has ended needs somebody to end it.
      const worker = workOn(beside);
      await sendAll(requestsOf(round, space), seen).finally(() => worker.stop());
      memory.push((await residentMemory(api.pid)) ?? 0);
      if (seen.faults.length > 20) break;
    }
    if (process.env['RUNNEL_FUZZ_SECONDS']) process.stdout.write(`${summaryOf(seen, memory)}\n`);
    expect(`${seen.faults.length} faults of seed ${seed}\n${seen.faults.join('\n')}`).toBe(
      `0 faults of seed ${seed}\n`,
    );
    expect(seen.count).toBeGreaterThan(operations.length * perOperation);
    // Not a request broke it where nobody saw: its log tells of none, and it is the process that it was.
    expect(api.log.filter((line) => /a request broke|"level":[56]0/.test(line))).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${api.port}/health`)).status).toBe(200);
    const [first = 0] = memory;
    expect(Math.min(...memory.slice(-3)) - first).toBeLessThan(mostGrowth);
  },
  (seconds + 60) * 1_000,
);

function summaryOf({ count, slowest, faults }: Seen, memory: number[]): string {
  const slow = slowest
    .map(({ ms, place, request }) => `${Math.round(ms)} ms  ${place}  sent ${toldOf(request).slice(0, 300)}`)
    .join('\n');
  const megabytes = memory.map((bytes) => Math.round(bytes / 1024 ** 2)).join(' ');
  return `${count} requests, ${faults.length} faults; MiB by rounds: ${megabytes}\nslowest:\n${slow}`;
}
