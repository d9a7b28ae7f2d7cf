import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { AllowedHosts, Egress, type Gate } from '../src';
import { askGate } from './ask-gate';
import { started, type TestProxy } from './test-proxies';

const egress = new Egress({
  allow: AllowedHosts.parse('127.0.0.1'),
  lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
});
const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n';
/** Of a site that writes its answers by hand. */
const rawAnswers: Record<string, (socket: Socket) => void> = {
  '/reset': (socket) => {
    socket.write(`${head}\r\n<p>begun`);
    setTimeout(() => socket.resetAndDestroy(), 100);
  },
  '/until-closed': (socket) => void socket.end(`${head}\r\n<p>whole`),
  '/both-short': (socket) => {
    socket.write(`${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n<p>whole\r\n`);
    setTimeout(() => socket.write(`${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`), 50);
  },
  '/both-long': (socket) =>
    void socket.write(
      `${head}Content-Length: 3000\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    ),
  '/names-length': (socket) =>
    void socket.write(`${head}Connection: content-length\r\nContent-Length: 2\r\n\r\nok`),
};
const inner = `${head}Content-Length: 4\r\n\r\nevil`;

let raw: TestProxy;
let site: TestProxy;
let server: Server;
let gate: Gate;
let asked: IncomingMessage[];

beforeAll(async () => {
  raw = await started(
    createTcpServer((socket) => {
      socket.on('data', (data) => rawAnswers[String(data).split(' ')[1] ?? '']?.(socket));
    }),
  );
  const users = new WeakMap<Socket, string>();
  server = createServer((request, response) => {
    asked.push(request);
    const { authorization } = request.headers;
    if (authorization !== undefined) users.set(request.socket, authorization);
    request.resume().once('end', () => response.end(users.get(request.socket) ?? 'nobody'));
  });
  site = await started(server);
  gate = await egress.openGate();
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  await gate.close();
  await Promise.all([raw.close(), site.close()]);
});

const rawUrl = (path: string) => `http://raw.test:${raw.port}${path}`;
const siteUrl = (path: string) => `http://site.test:${site.port}${path}`;
const bodyOf = async (url: string) => (await askGate(gate, url)).body.toString();

describe('an answer', () => {
  test('without a length is whole when its connection ends, and cut off when that is reset', async () => {
    expect(await bodyOf(rawUrl('/until-closed'))).toBe('<p>whole');
    await expect(askGate(gate, rawUrl('/reset'))).rejects.toThrow(/aborted|ECONNRESET/);
  });

  test('in chunks has no other length', async () => {
    for (const [path, body] of [
      ['/both-short', `<p>whole${inner}`],
      ['/both-long', 'ok'],
    ] as const) {
      const told = await askGate(gate, rawUrl(path));
      expect([told.body.toString(), told.headers['content-length']]).toEqual([body, undefined]);
    }
  });

  test('is never the answer to what was asked before on the same connection', async () => {
    const client = connect(Number(new URL(gate.url).port), '127.0.0.1');
    let said = '';
    client.on('data', (data) => (said += String(data)));
    client.write(`GET ${rawUrl('/both-short')} HTTP/1.1\r\nHost: raw.test\r\n\r\n`);
    client.write(`GET ${siteUrl('/')} HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n`);
    await new Promise((resolve) => client.once('close', resolve));
    expect(said.match(/^transfer-encoding: chunked/gim)).toHaveLength(1);
    expect(said).toMatch(/evil\r\n0\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*nobody/);
  });

  test('keeps its length, whatever its connection is said to be', async () => {
    const { headers, body } = await askGate(gate, rawUrl('/names-length'));
    expect([headers['content-length'], body.toString()]).toEqual(['2', 'ok']);
  });
});

describe('a request', () => {
  test.each([
    ['/x?', '/x?'],
    ['/x', '/x'],
    ['/x?#', '/x?'],
    ['/x#?', '/x'],
    ['/?a=b?', '/?a=b?'],
  ])('for %s asks its site for %s', async (path, expected) => {
    await askGate(gate, siteUrl(path));
    expect(asked.at(-1)?.url).toBe(expected);
  });

  test('has its connection second, and what came in the order of what came', async () => {
    const headers = {
      'X-One': '1',
      Connection: 'keep-alive',
      'X-Two': '2',
      'Content-Length': '2',
      'X-Three': '3',
    };
    await askGate(gate, siteUrl('/'), { method: 'POST', body: 'ok', headers });
    const names = asked.at(-1)?.rawHeaders.filter((_text, index) => index % 2 === 0);
    expect(names).toEqual(['Host', 'Connection', 'X-One', 'X-Two', 'Content-Length', 'X-Three']);
  });

  test('keeps its host and length, whatever its connection is said to be', async () => {
    const headers = { Connection: 'Host, Content-Length, X-Gone', 'X-Gone': '1', 'Content-Length': '2' };
    await askGate(gate, siteUrl('/'), { method: 'POST', body: 'ok', headers });
    expect(asked.at(-1)?.headers).toEqual({
      host: `site.test:${site.port}`,
      connection: 'keep-alive',
      'content-length': '2',
    });
  });

  test.each(['NTLM TlRM', 'negotiate YII='])('with %s logs nobody else in', async (authorization) => {
    expect(await bodyOf(siteUrl('/'))).toBe('nobody');
    const own = await askGate(gate, siteUrl('/'), { headers: { authorization } });
    expect(own.body.toString()).toBe(authorization);
    expect(await bodyOf(siteUrl('/'))).toBe('nobody');
  });
});
