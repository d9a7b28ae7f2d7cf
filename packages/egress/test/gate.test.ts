import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { AllowedHosts, Egress, type Gate } from '../src';
import { askGate, tunnelThrough } from './ask-gate';
import { certificate, started, type TestProxy } from './test-proxies';

const MiB = 1024 * 1024;
const large = randomBytes(20 * MiB);
const hashOf = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex');

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const pages: Record<string, Handler> = {
  '/headers': (request, response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    response.writeHead(201, { Connection: 'X-Of-Hop', 'X-Of-Hop': '1', 'Proxy-Authenticate': 'Basic' });
    response.end(JSON.stringify(request.rawHeaders));
  },
  '/echo': (request, response) => void request.pipe(response),
  '/large': (_request, response) => void response.end(large),
  '/slow': (_request, response) => {
    response.write('one ');
    setTimeout(() => response.end('two'), 300);
  },
  '/cut': (_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('begun');
    setTimeout(() => response.destroy(), 20);
  },
  '/resets': (request) => request.socket.destroy(),
  '/odd': (request) => {
    request.socket.end(
      'HTTP/1.1 200 OK\r\nx-bad: a\x01b\r\nx-good: \xe9\r\ncontent-length: 2\r\n\r\nok',
      'latin1',
    );
  },
  '/early': (_request, response) => void response.writeHead(413, { connection: 'close' }).end('too large'),
};

let site: TestProxy;
let sockets: Socket[];
let server: Server;
let egress: Egress;
let gate: Gate;
let url: string;
const asked: IncomingMessage[] = [];

const lookups: string[] = [];
const answers: Record<string, string[]> = {
  'inside.test': ['10.0.0.5'],
  'mixed.test': ['127.0.0.1', '10.0.0.5'],
};
const lookup = (host: string) => {
  lookups.push(host);
  if (host === 'unknown.test') return Promise.reject(new Error('no such name'));
  return Promise.resolve(
    (answers[host] ?? ['127.0.0.1']).map((address) => ({ address, family: 4 as const })),
  );
};

beforeAll(async () => {
  sockets = [];
  server = createServer((request, response) => {
    asked.push(request);
    const page = pages[request.url ?? ''];
    if (page) page(request, response);
    else response.end(`${request.method} ${request.url}`);
  });
  server.on('connection', (socket: Socket) => sockets.push(socket));
  site = await started(server);
  egress = new Egress({ allow: AllowedHosts.parse('127.0.0.1'), lookup });
  gate = await egress.openGate();
  url = `http://site.test:${site.port}`;
});
afterAll(async () => {
  await gate.close();
  await site.close();
});

describe('a plain request', () => {
  test("comes to its site as it was sent, without what is the connection's", async () => {
    const headers = {
      'X-Own': 'é',
      'Proxy-Connection': 'keep-alive',
      'Proxy-Authorization': 'Basic eDp5',
      Connection: 'close, X-Private',
      'X-Private': '1',
      TE: 'trailers',
      Host: 'other.example',
    };
    const {
      status,
      body,
      rawHeaders,
      headers: answered,
    } = await askGate(gate, `${url}/headers`, { headers });
    const raw = JSON.parse(body.toString()) as string[];
    expect(status).toBe(201);
    expect(raw).toEqual(['Host', `site.test:${site.port}`, 'Connection', 'keep-alive', 'X-Own', 'é']);
    expect(answered['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(rawHeaders).toEqual(expect.arrayContaining(['Set-Cookie']));
    expect(Object.keys(answered)).not.toEqual(expect.arrayContaining(['x-of-hop']));
    expect(answered).not.toHaveProperty('proxy-authenticate');
  });

  test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'PROPFIND'])(
    '%s without a body has none',
    async (method) => {
      const { status, body } = await askGate(gate, `${url}/none`, { method });
      expect([status, body.toString()]).toEqual([200, method === 'HEAD' ? '' : `${method} /none`]);
      expect(asked.at(-1)?.headers['transfer-encoding']).toBeUndefined();
    },
  );

  test('with a body is sent whole, of a known length or in chunks', async () => {
    const length = String(large.length);
    const known = await askGate(gate, `${url}/echo`, {
      method: 'POST',
      body: large,
      headers: { 'content-length': length },
    });
    expect(hashOf(known.body)).toBe(hashOf(large));
    expect(asked.at(-1)?.headers['content-length']).toBe(length);
    const chunked = await askGate(gate, `${url}/echo`, {
      method: 'POST',
      body: large,
      headers: { 'transfer-encoding': 'chunked' },
    });
    expect(hashOf(chunked.body)).toBe(hashOf(large));
  });

  test('is answered whole, at once as it comes', async () => {
    expect(hashOf((await askGate(gate, `${url}/large`)).body)).toBe(hashOf(large));
    expect((await askGate(gate, `${url}/slow`)).body.toString()).toBe('one two');
  });

  test('that is answered before its body was read has that answer', async () => {
    const told = await askGate(gate, `${url}/early`, { method: 'POST', body: Buffer.alloc(64 * 1024) });
    expect([told.status, told.body.toString()]).toEqual([413, 'too large']);
  });

  test('whose answer is cut off is cut off, and one without an answer has none', async () => {
    await expect(askGate(gate, `${url}/cut`)).rejects.toThrow(/aborted|hang up/);
    await expect(askGate(gate, `${url}/resets`)).rejects.toThrow(/hang up|ECONNRESET/);
    expect(gate.whyFailed(`${url}/resets`)).toBeNull();
  });

  test('is answered without what no header may hold', async () => {
    const { status, headers, body } = await askGate(gate, `${url}/odd`);
    expect([status, headers['x-good'], headers['x-bad'], body.toString()]).toEqual([
      200,
      'é',
      undefined,
      'ok',
    ]);
  });

  test('takes one connection for many, and another when the site closed that one', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await askGate(gate, `${url}/`, { agent });
    const before = sockets.length;
    for (let count = 0; count < 10; count += 1) await askGate(gate, `${url}/`, { agent });
    expect(sockets).toHaveLength(before);
    let answered = 0;
    const hasty = createTcpServer((socket) => {
      let isUsed = false;
      socket.on('data', () => {
        if (isUsed) return void socket.destroy();
        isUsed = true;
        answered += 1;
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    });
    const closing = await started(hasty);
    for (let count = 0; count < 4; count += 1)
      await askGate(gate, `http://hasty.test:${closing.port}/`, { agent });
    expect(answered).toBe(4);
    await closing.close();
    agent.destroy();
  });

  test('that is given up is given up at the site too', async () => {
    const { hostname, port } = new URL(gate.url);
    const closed = new Promise((resolve) => {
      pages['/hangs'] = (_request, response) => void response.once('close', resolve);
    });
    const client = connect(Number(port), hostname);
    client.write(`GET ${url}/hangs HTTP/1.1\r\nHost: site.test\r\n\r\n`);
    await until(() => asked.at(-1)?.url === '/hangs');
    client.destroy();
    await closed;
  });

  test.each(['/', 'https://site.test/', 'ftp://site.test/', 'file:///etc/passwd', 'nonsense'])(
    'for %s is dropped',
    async (path) => {
      await expect(askGate(gate, path)).rejects.toThrow(/hang up|ECONNRESET/);
    },
  );
});

describe('a tunnel', () => {
  test('carries bytes both ways, and ends with either side', async () => {
    const echo = await started(createTcpServer((socket) => void socket.pipe(socket)));
    const socket = await tunnelThrough(gate, `echo.test:${echo.port}`);
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part)).end(large);
    await once(socket, 'close');
    expect(hashOf(Buffer.concat(parts))).toBe(hashOf(large));
    const cut = await tunnelThrough(gate, `echo.test:${echo.port}`);
    await echo.close();
    await once(cut.resume(), 'close');
  });

  test('waits for a side that is slow to read', async () => {
    let sent = 0;
    const flood = await started(
      createTcpServer((socket) => {
        const more = (): void => {
          while (sent < 200 * MiB && socket.write(Buffer.alloc(MiB))) sent += MiB;
        };
        socket.on('drain', more).on('error', () => null);
        more();
      }),
    );
    const socket = await tunnelThrough(gate, `flood.test:${flood.port}`);
    socket.pause();
    await sleep(500);
    expect(sent).toBeLessThan(50 * MiB);
    socket.destroy();
    await flood.close();
  });

  test('carries TLS and websockets, which the gate knows nothing of', async () => {
    const secure = createTlsServer(certificate, (socket) => void socket.end('secret'));
    const tls = await started(secure);
    const socket = await tunnelThrough(gate, `localhost:${tls.port}`);
    const secured = connectTls({ socket, servername: 'localhost', ca: certificate.cert });
    expect(String(await once(secured, 'data'))).toBe('secret');
    await tls.close();
    server.once('upgrade', (_request, upgraded) => {
      upgraded.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      upgraded.on('data', (data: Buffer) => upgraded.write(data));
    });
    const web = await tunnelThrough(gate, `site.test:${site.port}`);
    web.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    expect(String(await once(web, 'data'))).toMatch(/^HTTP\/1\.1 101/);
    web.write('ping');
    expect(String(await once(web, 'data'))).toBe('ping');
    web.destroy();
  });

  test.each(['site.test', 'site.test:0', 'site.test:99999', ':80', '[::1:80', '127.0.0.1:80:80'])(
    'to %s is dropped',
    async (authority) => {
      await expect(tunnelThrough(gate, authority)).rejects.toThrow(/hang up|ECONNRESET/);
    },
  );
});

describe('what a gate does not open', () => {
  const dropped = /hang up|ECONNRESET/;
  const failsWith = async (address: string, code: string, message: string) => {
    const { protocol, hostname, port } = new URL(address);
    const asking =
      protocol === 'https:' ? tunnelThrough(gate, `${hostname}:${port || 443}`) : askGate(gate, address);
    await expect(asking).rejects.toThrow(dropped);
    expect(gate.whyFailed(address)).toMatchObject({ code, message: `Could not open ${address}: ${message}` });
  };

  test('it tells of afterwards, by the host of the address', async () => {
    const closed = await started(createTcpServer());
    await closed.close();
    const inside = 'it is at 10.0.0.5, a private address; RUNNEL_ALLOW_HOSTS does not name it';
    for (const scheme of ['http', 'https']) {
      const { port } = closed;
      await failsWith(`${scheme}://10.0.0.5/a?b`, 'EGRESS_REFUSED', inside);
      await failsWith(`${scheme}://inside.test/`, 'EGRESS_REFUSED', inside);
      await failsWith(`${scheme}://mixed.test/`, 'EGRESS_REFUSED', inside);
      await failsWith(
        `${scheme}://[::1]/`,
        'EGRESS_REFUSED',
        'it is at ::1, a loopback address; RUNNEL_ALLOW_HOSTS does not name it',
      );
      await failsWith(`${scheme}://unknown.test/`, 'NAVIGATION_DNS', 'its host name does not resolve');
      await failsWith(`${scheme}://gone.test:${port}/`, 'NAVIGATION_REFUSED', 'the connection was refused');
    }
  });

  test('it forgets when the host could be reached', async () => {
    const site = createTcpServer((socket) => void socket.end('HTTP/1.0 200 OK\r\n\r\n'));
    const before = await started(createTcpServer());
    await before.close();
    const address = `http://moody.test:${before.port}/`;
    await expect(askGate(gate, address)).rejects.toThrow(dropped);
    expect(gate.whyFailed(address)?.code).toBe('NAVIGATION_REFUSED');
    expect(gate.whyFailed('http://moody.test/')).toBeNull();
    expect(gate.whyFailed('no address')).toBeNull();
    await new Promise<void>((resolve) => site.listen(before.port, '127.0.0.1', resolve));
    await askGate(gate, address);
    expect(gate.whyFailed(address)).toBeNull();
    site.close();
  });

  test('are hosts of other keys', async () => {
    const own = await egress.openGate({ domains: ['site.test', '*.below.test'] });
    expect((await askGate(own, `${url}/`)).status).toBe(200);
    expect((await askGate(own, `http://a.below.test:${site.port}/`)).status).toBe(200);
    const message = 'the API key of this run is for site.test, *.below.test only';
    for (const host of ['other.test', 'below.test', '127.0.0.1']) {
      const address = `http://${host}:${site.port}/`;
      await expect(askGate(own, address)).rejects.toThrow(dropped);
      await expect(tunnelThrough(own, `${host}:${site.port}`)).rejects.toThrow(dropped);
      expect(own.whyFailed(address)).toMatchObject({
        code: 'EGRESS_REFUSED',
        message: `Could not open ${address}: ${message}`,
      });
    }
    await own.close();
  });

  test('a host of both families fails as its IPv4 address does', async () => {
    const closed = await started(createTcpServer());
    await closed.close();
    for (const addresses of [
      ['2001:db8::1', '127.0.0.1'],
      ['127.0.0.1', '2001:db8::1'],
    ]) {
      const both = new Egress({
        allow: AllowedHosts.parse('127.0.0.1, 2001:db8::/32'),
        lookup: () =>
          Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))),
      });
      await expect(both.connect({ host: 'both.test', port: closed.port })).rejects.toMatchObject({
        failure: { code: 'NAVIGATION_REFUSED' },
      });
    }
  });

  test('a name that changes its answer is asked for at the address that was checked', async () => {
    let turn = 0;
    const seen: string[] = [];
    const changing = new Egress({
      allow: AllowedHosts.parse(`127.0.0.1:${site.port}`),
      lookup: () => {
        turn += 1;
        const address = turn % 2 === 1 ? '127.0.0.1' : '10.0.0.5';
        seen.push(address);
        return Promise.resolve([{ address, family: 4 as const }]);
      },
    });
    const socket = await changing.connect({ host: 'rebinds.example', port: site.port });
    expect([socket.remoteAddress, seen]).toEqual(['127.0.0.1', ['127.0.0.1']]);
    socket.destroy();
  });
});

test('a gate that is closed ends all that is under way', async () => {
  pages['/forever'] = () => undefined;
  const own = await egress.openGate();
  const socket = await tunnelThrough(own, `site.test:${site.port}`);
  const asking = askGate(own, `${url}/forever`);
  await until(() => asked.at(-1)?.url === '/forever');
  const ended = Promise.all([
    once(socket.resume(), 'close'),
    expect(asking).rejects.toThrow(/hang up|ECONNRESET/),
  ]);
  await own.close();
  await ended;
  await expect(askGate(own, `${url}/`)).rejects.toThrow(/ECONNREFUSED/);
  await own.close();
});

test('a gate has a second port, which is the same', async () => {
  const own = await egress.openGate();
  const second = { ...own, url: own.secureUrl };
  expect(own.secureUrl).not.toBe(own.url);
  expect((await askGate(second, `${url}/`)).status).toBe(200);
  const socket = await tunnelThrough(second, `site.test:${site.port}`);
  await expect(askGate(second, 'http://unknown.test/')).rejects.toThrow(/hang up|ECONNRESET/);
  expect(own.whyFailed('http://unknown.test/')?.code).toBe('NAVIGATION_DNS');
  const ended = once(socket.resume(), 'close');
  await own.close();
  await ended;
  await expect(askGate(second, `${url}/`)).rejects.toThrow(/ECONNREFUSED/);
});

test('a gate opened 300 times keeps nothing open', async () => {
  const own = await egress.openGate();
  await Promise.all(Array.from({ length: 300 }, () => tunnelThrough(own, `site.test:${site.port}`)));
  await own.close();
  await until(() => sockets.filter((socket) => !socket.destroyed).length < 100);
});

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 300) throw new Error('it did not come to that');
    await sleep(10);
  }
}
