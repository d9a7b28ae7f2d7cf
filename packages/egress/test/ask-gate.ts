import { request, type Agent, type IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Gate } from '../src';

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  agent?: Agent;
}

export interface Told {
  status: number;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: Buffer;
}

/** A plain request through a gate, as browsers send it. */
export function askGate(gate: Gate, url: string, { body, ...rest }: Asked = {}): Promise<Told> {
  const { hostname, port } = new URL(gate.url);
  return new Promise((resolve, reject) => {
    const asking = request({ ...rest, host: hostname, port, path: url, setHost: true });
    asking.once('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const { statusCode: status = 0, headers, rawHeaders } = answer;
        resolve({ status, headers, rawHeaders, body: Buffer.concat(parts) });
      });
    });
    asking.on('error', reject).end(body);
  });
}

/** A tunnel through a gate. */
export function tunnelThrough(gate: Gate, authority: string): Promise<Socket> {
  const { hostname, port } = new URL(gate.url);
  return new Promise((resolve, reject) => {
    request({ host: hostname, port, method: 'CONNECT', path: authority })
      .once('connect', (answer, socket) => {
        if (answer.statusCode === 200) resolve(socket);
        else reject(new Error(`status ${answer.statusCode}`));
      })
      .on('error', reject)
      .end();
  });
}
