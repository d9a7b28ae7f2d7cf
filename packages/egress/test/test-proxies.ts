import { createServer as createHttpServer, request as sendRequest, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

const file = (name: string) => readFileSync(join(__dirname, '../../browser/test/localhost', name), 'utf8');
/** Of `localhost`. */
export const certificate = { cert: file('cert.pem'), key: file('key.pem') };

export interface TestProxy {
  port: number;
  /** What it was asked to open, in order. */
  asked: string[];
  close(): Promise<void>;
}

interface ProxyOptions {
  tls?: boolean;
  /** `user:password`; null: anybody may use it. */
  login?: string | null;
  /** Answers every CONNECT with it. */
  status?: number;
}

/** An HTTP proxy to whom every name is this machine's. */
export async function startHttpProxy({
  tls = false,
  login = null,
  status = 200,
}: ProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const isKnown = ({ headers }: IncomingMessage) =>
    login === null || headers['proxy-authorization'] === `Basic ${Buffer.from(login).toString('base64')}`;
  const server = tls ? createHttpsServer(certificate) : createHttpServer();
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    asked.push(`CONNECT ${request.url}`);
    client.on('error', () => null);
    const answer = isKnown(request) ? status : 407;
    client.write(`HTTP/1.1 ${answer} Whatever\r\n\r\n`);
    if (answer !== 200) return client.end();
    const site = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1');
    site.on('error', () => client.destroy());
    site.write(head);
    client.pipe(site).pipe(client);
  });
  server.on('request', (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (!isKnown(request)) return void response.writeHead(407).end();
    const url = new URL(request.url ?? '');
    const sent = sendRequest({
      host: '127.0.0.1',
      port: url.port,
      path: url.pathname,
      method: request.method,
      headers: { ...request.headers, 'proxy-authorization': '' },
    });
    sent.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    sent.on('error', () => response.destroy());
    request.pipe(sent);
  });
  return started(server, asked);
}

/** A SOCKS5 proxy to whom every name is this machine's. */
export function startSocksProxy({ login = null }: ProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const server = createServer((client) => {
    client.on('error', () => null);
    void serveSocks(client, { login, asked }).catch(() => client.destroy());
  });
  return started(server, asked);
}

async function serveSocks(
  client: Socket,
  { login, asked }: { login: string | null; asked: string[] },
): Promise<void> {
  const greeting = await nextData(client);
  if (login === null) client.write(Buffer.from([5, 0]));
  else {
    if (!greeting.subarray(2).includes(2)) return void client.end(Buffer.from([5, 0xff]));
    client.write(Buffer.from([5, 2]));
    const said = await nextData(client);
    const user = said.subarray(2, 2 + said[1]!).toString();
    const password = said.subarray(3 + said[1]!).toString();
    const isKnown = `${user}:${password}` === login;
    client.write(Buffer.from([1, isKnown ? 0 : 1]));
    if (!isKnown) return void client.end();
  }
  const wanted = await nextData(client);
  const host = wanted[3] === 3 ? wanted.subarray(5, -2).toString() : [...wanted.subarray(4, -2)].join('.');
  const port = wanted.readUInt16BE(wanted.length - 2);
  asked.push(`SOCKS ${host}:${port}`);
  const site = connect(port, '127.0.0.1');
  const answer = (code: number) => Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
  site.once('connect', () => {
    client.write(answer(0));
    client.pipe(site).pipe(client);
  });
  site.on('error', () => client.end(answer(5)));
}

function nextData(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('data', resolve).once('close', reject);
  });
}

export async function started(server: Server, asked: string[] = []): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => null).once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
