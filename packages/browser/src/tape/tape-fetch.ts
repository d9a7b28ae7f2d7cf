import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Tape } from './tape';

type Answer = Dispatcher.ResponseData;

/** Fetches with a tape between: the answer goes to it, or comes from it and from nowhere else. */
export async function tapeFetch(tape: Tape, url: string, fetch: () => Promise<Answer>): Promise<Answer> {
  if (tape.mode === 'replay') return played(tape, url);
  const answer = await fetch();
  const body = Buffer.from(await answer.body.arrayBuffer());
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each): [string, string] => [name, each]),
  );
  tape.add({ method: 'GET', url, sent: null, status: answer.statusCode, error: null, headers, body });
  return { ...answer, body: asBody(body) };
}

function played(tape: Tape, url: string): Answer {
  const answer = tape.answer({ method: 'GET', url, sent: null });
  if (answer === null || answer.status === null) {
    throw Object.assign(new Error(`the recording has no answer of ${url}`), { code: 'ECONNREFUSED' });
  }
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of answer.headers) {
    const key = name.toLowerCase();
    const earlier = headers[key];
    headers[key] = earlier === undefined ? value : [earlier, value].flat();
  }
  const rest = { trailers: {}, opaque: null, context: {} };
  return { ...rest, statusCode: answer.status, headers, body: asBody(answer.body) } as Answer;
}

/** What the client does with a body: it reads it as a stream, or drops it. */
function asBody(bytes: Buffer): Answer['body'] {
  const stream = Readable.from(bytes.length === 0 ? [] : [bytes]);
  return Object.assign(stream, {
    dump: () => Promise.resolve(void stream.destroy()),
  }) as unknown as Answer['body'];
}
