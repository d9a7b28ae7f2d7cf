import { AnswerCheck } from './openapi/answer-check';
import {
  offeredBy,
  operationsIn,
  readDocuments,
  type DocumentedOperation,
  type Documents,
} from './openapi/documented-operation';
import { aFullSpace, workOn, type FullSpace } from './openapi/full-space';
import { formsOf, idsOf, idsOfNothing, isWord, nouns, written, type Ids, type Noun } from './openapi/nouns';
import { assembled, leastParts } from './openapi/requests';
import { sender, type Answered, type Sent } from './openapi/send';
import { Statements } from './openapi/statements';
import { startTestApi, type TestApi } from './test-api';

let api: TestApi;
let documents: Documents;
let operations: DocumentedOperation[];
let check: AnswerCheck;
let line: ReturnType<typeof sender>;
let statements: Statements;
/** Who asks, and whose things it asks for. */
let ours: FullSpace;
let theirs: FullSpace;

beforeAll(async () => {
  api = await startTestApi();
  documents = await readDocuments(api.url);
  operations = operationsIn(documents);
  check = new AnswerCheck(documents);
  line = sender(api.url);
  statements = new Statements(api.dataSource);
  ours = await aFullSpace(api.beside, 'zzours');
  theirs = await aFullSpace(api.beside, 'zztheirs');
});

afterAll(async () => {
  line.close();
  await api.close();
});

const placeOf = ({ method, path }: DocumentedOperation): string => `${method.toUpperCase()} ${path}`;

function requestFor(operation: DocumentedOperation, ids: Ids, key: string | null): Sent {
  return assembled(operation, leastParts(operation, ids, documents[operation.document]), key);
}

/** What of the things that an operation names may be another's. */
function nounsIn(operation: DocumentedOperation): Noun[] {
  const own = idsOf(ours);
  const nothing = idsOfNothing();
  const asText = (ids: Ids): string => JSON.stringify(requestFor(operation, ids, null));
  return nouns.filter((noun) => asText(own) !== asText({ ...own, [noun]: nothing[noun] }));
}

/** Each of them alone, and all of them. */
function choicesOf(operation: DocumentedOperation): Noun[][] {
  const all = nounsIn(operation);
  const alone = all.map((noun) => [noun]);
  return all.length > 1 ? [...alone, all] : alone;
}

function withIdsOf(others: Ids, chosen: Noun[]): Ids {
  return { ...idsOf(ours), ...Object.fromEntries(chosen.map((noun) => [noun, others[noun]])) };
}

/** The same request with its ids in another form: the one at this place of all that an id has. */
function inForm(
  operation: DocumentedOperation,
  asked: { ids: Ids; chosen: Noun[]; form: number | null },
): Sent {
  const { ids, chosen, form } = asked;
  const sent = requestFor(operation, ids, ours.key);
  if (form === null) return sent;
  const changed = (text: string): string =>
    chosen.reduce((left, noun) => {
      const other = hasOneForm(noun) ? ids[noun] : formsOf(ids[noun])[form];
      return left.replaceAll(written(operation.document, noun, ids), other ?? '');
    }, text);
  return {
    ...sent,
    path: changed(sent.path),
    body: typeof sent.body === 'string' ? changed(sent.body) : sent.body,
  };
}

const incidental = new Set(['date', 'x-request-id', 'content-length', 'etag', 'keep-alive', 'connection']);

/** An answer without what is of this request alone, and without the ids that were sent. */
function essence(
  answer: Answered,
  ids: Ids,
  chosen: Noun[],
): { status: number; headers: object; text: string } {
  const headers = Object.entries(answer.headers).filter(([name]) => !incidental.has(name));
  const withoutRequest = answer.text.replace(/"requestId":"[^"]*"/, '');
  const text = chosen.reduce((left, noun) => withoutId(left, noun, ids), withoutRequest);
  return { status: answer.status, headers: Object.fromEntries(headers), text };
}

function withoutId(text: string, noun: Noun, ids: Ids): string {
  const forms = isWord(noun) ? [ids[noun]] : formsOf(ids[noun]);
  return forms.reduce((left, form) => left.replaceAll(form, `<${noun}>`), text);
}

/** What of another's things stands in a text. */
function leaksIn(text: string, { mark, ...space }: FullSpace): string[] {
  const ids = Object.entries(idsOf({ ...space, mark })).flatMap(([noun, id]) =>
    isWord(noun as Noun) ? [id] : formsOf(id),
  );
  return [mark, space.key, ...ids].filter((word) => text.includes(word));
}

/** With what an operation may answer that was asked for what is not there. */
function isRefusal(operation: DocumentedOperation, status: number, chosen: Noun[]): boolean {
  if (status === 404) return true;
  if (status === 206) return operation.document === 'unpod';
  if (status === 501) return /\b501\b/.test(operation.text);
  const own = requestFor(operation, idsOf(ours), null);
  const asked = requestFor(operation, withIdsOf(idsOf(theirs), chosen), null);
  return status === 400 && own.body !== asked.body;
}

interface Compared {
  operation: DocumentedOperation;
  chosen: Noun[];
  form: number | null;
  accept: string;
}

/** What is wrong with the answers to another's ids and to ids of nothing. */
async function faultsOf({
  operation,
  chosen,
  form,
  accept,
}: Compared): Promise<{ faults: string[]; statementCount: number }> {
  const ask = async (others: Ids) => {
    const ids = withIdsOf(others, chosen);
    const sent = inForm(operation, { ids, chosen, form });
    const headers = { ...sent.headers, accept };
    const { result, texts } = await statements.during(() => line.send({ ...sent, headers }));
    return { answer: result, told: { ...essence(result, ids, chosen), statements: texts } };
  };
  const nothing = idsOfNothing();
  // The first time may fill what is remembered of our own robot.
  await ask(nothing);
  const [foreign, missing] = [await ask(idsOf(theirs)), await ask(nothing)];
  const place = `${placeOf(operation)} with another's ${chosen.join(', ')}${form === null ? '' : ` in form ${form}`}`;
  const leaks = leaksIn(foreign.told.text, theirs);
  const faults = [
    ...(isRefusal(operation, foreign.told.status, chosen)
      ? []
      : [`${place}: ${foreign.told.status} ${foreign.told.text}`]),
    ...(JSON.stringify(foreign.told) === JSON.stringify(missing.told)
      ? []
      : [`${place} is told from nothing:\n${JSON.stringify(foreign.told)}\n${JSON.stringify(missing.told)}`]),
    ...(leaks.length === 0 ? [] : [`${place} shows ${leaks.join(', ')}`]),
    ...[check.faultOf(operation, foreign.answer)]
      .filter((fault) => fault !== null)
      .map((fault) => `${place}: ${fault}`),
  ];
  return { faults, statementCount: foreign.told.statements.length };
}

/** A record of somebody may be called as anything, so what is no id of ours is taken. */
const hasOneForm = (noun: Noun): boolean => isWord(noun) || noun === 'record';

/** Who answers when its run has ended needs somebody to end it. */
const worksFor = ({ path }: DocumentedOperation) => (path.endsWith('/execute') ? workOn(api.beside) : null);

const guarded = (): DocumentedOperation[] => operations.filter(({ isPublic }) => !isPublic);

describe('with the key of one space', () => {
  test('every operation answers what is of its own, and shows nothing of another', async () => {
    const faults: string[] = [];
    for (const operation of guarded()) {
      const space = await aFullSpace(api.beside, 'zzown');
      const worker = worksFor(operation);
      const answer = await line.send(requestFor(operation, idsOf(space), space.key));
      await worker?.stop();
      const isServed = answer.status < 300 && !(operation.document === 'unpod' && answer.status === 206);
      const is501 = answer.status === 501 && /\b501\b/.test(operation.text);
      if (!isServed && !is501) faults.push(`${placeOf(operation)}: ${answer.status} ${answer.text}`);
      const leaks = leaksIn(answer.text, theirs);
      if (leaks.length > 0) faults.push(`${placeOf(operation)} shows ${leaks.join(', ')}`);
    }
    expect(faults).toEqual([]);
  });

  test("every operation answers another's ids as it does ids that are of nothing, by the same statements", async () => {
    const faults: string[] = [];
    let [count, statementCount] = [0, 0];
    for (const operation of guarded()) {
      for (const chosen of choicesOf(operation)) {
        for (const accept of offeredBy(operation)) {
          const found = await faultsOf({ operation, chosen, form: null, accept });
          faults.push(...found.faults);
          count += 1;
          statementCount += found.statementCount;
        }
      }
    }
    expect(faults).toEqual([]);
    expect(count).toBeGreaterThan(operations.length);
    // Not all are asked for: some ids are refused by their form.
    expect(statementCount).toBeGreaterThan(count / 2);
  });

  test('so it does when the ids are written as in other dialects', async () => {
    const faults: string[] = [];
    for (const operation of guarded()) {
      for (const chosen of choicesOf(operation).filter((each) => !each.every(hasOneForm))) {
        const forms = formsOf(ours.id).map((_, form) => form);
        for (const form of forms)
          faults.push(...(await faultsOf({ operation, chosen, form, accept: '*/*' })).faults);
      }
    }
    expect(faults).toEqual([]);
  });

  test("a search for another's words finds what one for no words of anybody finds", async () => {
    const faults: string[] = [];
    for (const operation of guarded()) {
      const least = leastParts(operation, idsOf(ours), documents[operation.document]);
      for (const { name } of operation.parameters.filter((each) => /^(?:search|tag|list)$/.test(each.name))) {
        const ask = (word: string) =>
          line.send(assembled(operation, { ...least, query: { ...least.query, [name]: word } }, ours.key));
        const [foreign, missing] = [await ask(theirs.mark), await ask('zznobody')];
        const isSame = foreign.status === missing.status && foreign.text === missing.text;
        if (!isSame) faults.push(`${placeOf(operation)}?${name}=: ${foreign.text}\n${missing.text}`);
      }
    }
    expect(faults).toEqual([]);
  });

  test("another's idempotency key is as good as any", async () => {
    const starts = guarded().filter(({ parameters }) =>
      parameters.some(({ name }) => name === 'Idempotency-Key'),
    );
    expect(starts.length).toBeGreaterThan(4);
    for (const operation of starts) {
      const worker = worksFor(operation);
      const ask = (space: FullSpace) => {
        const sent = requestFor(operation, idsOf(space), space.key);
        const headers = { ...sent.headers, 'idempotency-key': `one-${operation.document}-${operation.id}` };
        return line.send({ ...sent, headers });
      };
      const [first, second] = [await ask(theirs), await ask(ours)];
      expect([placeOf(operation), first.status]).toEqual([placeOf(operation), second.status]);
      expect([placeOf(operation), first.status < 300]).toEqual([placeOf(operation), true]);
      expect([second.headers['idempotent-replayed'], leaksIn(second.text, theirs)]).toEqual([undefined, []]);
      expect((await ask(ours)).headers['idempotent-replayed']).toBe('true');
      await worker?.stop();
    }
  });

  test("another's continuation token goes on with nothing", async () => {
    const list = operations.find(({ document, id }) => document === 'kognitos' && id === 'listRuns')!;
    const least = leastParts(list, idsOf(theirs), documents.kognitos);
    const first = await line.send(
      assembled(list, { ...least, query: { ...least.query, limit: '1' } }, theirs.key),
    );
    const { continuation_token: token } = first.json as { continuation_token: string };
    const own = leastParts(list, idsOf(ours), documents.kognitos);
    const ask = (continuation_token: string) =>
      line.send(assembled(list, { ...own, query: { ...own.query, continuation_token } }, ours.key));
    const [foreign, wrong] = [await ask(token), await ask('A'.repeat(token.length))];
    expect([foreign.status, wrong.status]).toEqual([400, 400]);
    expect(foreign.text.replace(token, '').replace(/"requestId":"[^"]*"/, '')).toBe(
      wrong.text.replace('A'.repeat(token.length), '').replace(/"requestId":"[^"]*"/, ''),
    );
  });

  test('an upload address is good for its own file alone', async () => {
    const upload = operations.find(({ id }) => id === 'uploadFile')!;
    const foreign = withIdsOf(idsOf(theirs), ['upload']);
    const nothing = withIdsOf(idsOfNothing(), ['upload']);
    const [first, second] = [
      essence(await line.send(requestFor(upload, foreign, null)), foreign, ['upload']),
      essence(await line.send(requestFor(upload, nothing, null)), nothing, ['upload']),
    ];
    expect(first).toEqual(second);
    expect(first.status).toBe(403);
  });
});

describe('without a key that is known', () => {
  test.each([
    ['no key', null],
    ['a wrong key', 'rk_of-nobody'],
  ])('nothing is answered: %s', async (_what, key) => {
    const faults: string[] = [];
    for (const operation of guarded()) {
      for (const ids of [idsOf(theirs), idsOfNothing()]) {
        const answer = await line.send(requestFor(operation, ids, key));
        if (answer.status !== 401) faults.push(`${placeOf(operation)}: ${answer.status}`);
        const fault = check.faultOf(operation, answer) ?? leaksIn(answer.text, theirs)[0];
        if (fault !== undefined) faults.push(`${placeOf(operation)}: ${fault}`);
      }
    }
    expect(faults).toEqual([]);
  });

  test('only what needs none is served', () => {
    const open = operations.filter(({ isPublic }) => isPublic).map(({ id }) => id.replace(/_v2$/, ''));
    expect(new Set(open)).toEqual(new Set(['uploadFile', 'getHealth']));
  });
});
