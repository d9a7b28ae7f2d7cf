import { connect } from 'node:net';
import type { Answered } from '../openapi/send';
import { bytesOf, type RawRequest } from './raw-request';

export interface RawAnswer extends Answered {
  ms: number;
}

/** Sends the bytes on a connection of their own. Null: the server hung up without a word. */
export function ask(port: number, request: RawRequest, patienceMs: number): Promise<RawAnswer | null> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const chunks: Buffer[] = [];
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const answer = answerIn(Buffer.concat(chunks), request.method === 'HEAD');
      resolve(answer && { ...answer, ms: performance.now() - startedAt });
    };
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      socket.write(bytesOf(request));
      if (request.endsEarly) socket.end();
    });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no whole answer in ${patienceMs} ms`));
    }, patienceMs);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (isStream(chunks)) finish();
    });
    socket.on('end', finish);
    // The server may hang up on what it does not want to read: what it said before counts.
    socket.on('error', finish);
  });
}

/** A stream goes on for long: its head is its answer. */
function isStream(chunks: Buffer[]): boolean {
  const [head = ''] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n', 1);
  return /^content-type: [^\r]*(?:event-stream|ndjson)/im.test(head) && chunks.length > 0;
}

function answerIn(bytes: Buffer, isHead: boolean): Answered | null {
  const split = bytes.indexOf('\r\n\r\n');
  if (split < 0) return null;
  const [first = '', ...lines] = bytes.subarray(0, split).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0);
  // What comes before the answer itself, such as "100 Continue".
  if (status < 200) return answerIn(bytes.subarray(split + 4), isHead);
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const rest = bytes.subarray(split + 4);
  const body = headers['transfer-encoding'] === 'chunked' ? unchunked(rest) : rest;
  const text = isHead ? '' : body.toString();
  const contentType = (headers['content-type'] ?? '').split(';')[0] ?? '';
  return { status, headers, contentType, text, json: jsonIn(text) };
}

function unchunked(bytes: Buffer): Buffer {
  const end = bytes.indexOf('\r\n');
  const size = parseInt(bytes.subarray(0, Math.max(end, 0)).toString('latin1'), 16);
  if (!(size > 0)) return Buffer.alloc(0);
  const chunk = bytes.subarray(end + 2, end + 2 + size);
  return Buffer.concat([chunk, unchunked(bytes.subarray(end + 4 + size))]);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
