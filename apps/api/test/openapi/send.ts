import { request as startRequest, Agent } from 'node:http';

/** A request as it goes over the line; the path is sent as it stands. */
export interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Buffer | null;
}

export interface Answered {
  status: number;
  headers: Record<string, unknown>;
  /** Without its parameters; the empty text where there is none. */
  contentType: string;
  text: string;
  /** Undefined: the body is no JSON. */
  json: unknown;
}

const longestMs = 10_000;

/** Sends what no client library would, and gives the answer; of a stream its head alone. */
export function sender(url: string): { send(sent: Sent): Promise<Answered>; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const { hostname, port } = new URL(url);
  return { send: (sent) => answerTo(sent, { agent, hostname, port }), close: () => agent.destroy() };
}

function answerTo(
  { method, path, headers, body }: Sent,
  to: { agent: Agent; hostname: string; port: string },
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = startRequest({ ...to, method, path, headers: { ...headers, ...length } }, (incoming) => {
      const contentType = (incoming.headers['content-type'] ?? '').split(';')[0] ?? '';
      const isStream = /event-stream|ndjson/.test(contentType);
      const chunks: Buffer[] = [];
      const finish = (): void => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString();
        const { statusCode: status = 0, headers: found } = incoming;
        resolve({ status, headers: found, contentType, text, json: jsonIn(text) });
        if (isStream) outgoing.destroy();
      };
      if (isStream) return finish();
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', finish);
      incoming.on('error', reject);
    });
    const timer = setTimeout(() => {
      outgoing.destroy(new Error(`no answer in ${longestMs} ms: ${method} ${path}`));
    }, longestMs);
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    outgoing.end(body ?? undefined);
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
