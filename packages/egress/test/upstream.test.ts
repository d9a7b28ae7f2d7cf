import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import { FailureError, type Proxy } from '@runnel/contracts';
import { AllowedHosts, Egress, type Gate } from '../src';
import { askGate, tunnelThrough } from './ask-gate';
import { certificate, started, startHttpProxy, startSocksProxy, type TestProxy } from './test-proxies';

const secret = 'pa:ss-w0rd é';
const login = `user:${secret}`;
const answers: Record<string, string> = { 'inside.test': '10.0.0.5' };
const egress = new Egress({
  allow: AllowedHosts.parse('127.0.0.1'),
  lookup: (host) => {
    if (host === 'unknown.test') return Promise.reject(new Error('no such name'));
    return Promise.resolve([{ address: answers[host] ?? '127.0.0.1', family: 4 as const }]);
  },
  ca: certificate.cert,
});

let site: TestProxy;
let secure: TestProxy;
const proxies: TestProxy[] = [];
const gates: Gate[] = [];
const bytes = randomBytes(3_000_000);

beforeAll(async () => {
  site = await started(createServer((request, response) => void request.pipe(response)));
  secure = await started(createTlsServer(certificate, (socket) => void socket.end('secret')));
});
afterAll(() => Promise.all([site.close(), secure.close()]));
afterEach(async () => {
  await Promise.all(gates.splice(0).map((gate) => gate.close()));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

const kinds = {
  http: (options: { login?: string } = {}) => startHttpProxy(options),
  https: (options: { login?: string } = {}) => startHttpProxy({ ...options, tls: true }),
  socks5: (options: { login?: string } = {}) => startSocksProxy(options),
};
type Kind = keyof typeof kinds;
const all: Kind[] = ['http', 'https', 'socks5'];

async function start(kind: Kind, options: { login?: string } = {}): Promise<TestProxy> {
  const proxy = await kinds[kind](options);
  proxies.push(proxy);
  return proxy;
}
const at = (kind: Kind, port: number, password: string | null = null): Proxy => ({
  server: `${kind}://localhost:${port}`,
  username: password === null ? null : 'user',
  password,
});
async function open(upstream: Proxy, domains: string[] | null = null): Promise<Gate> {
  const gate = await egress.openGate({ upstream, domains });
  gates.push(gate);
  return gate;
}
const failed = async (work: Promise<unknown>): Promise<FailureError> => {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FailureError) return error;
  throw new Error('it did not fail');
};
const dropped = /hang up|ECONNRESET/;

describe.each(all)('a proxy by %s', (kind) => {
  test.each([null, secret])('carries all of a robot, with the password %j', async (password) => {
    const proxy = await start(kind, password === null ? {} : { login });
    const gate = await open(at(kind, proxy.port, password));
    const name = `site.test:${site.port}`;
    const told = await askGate(gate, `http://${name}/a?b`, { method: 'POST', body: bytes });
    expect(told.body.equals(bytes)).toBe(true);
    const socket = await tunnelThrough(gate, `localhost:${secure.port}`);
    const secured = connectTls({ socket, servername: 'localhost', ca: certificate.cert });
    expect(String(await once(secured, 'data'))).toBe('secret');
    expect(proxy.asked).toEqual(
      kind === 'socks5'
        ? [`SOCKS ${name}`, `SOCKS localhost:${secure.port}`]
        : [`POST http://${name}/a?b`, `CONNECT localhost:${secure.port}`],
    );
  });

  test('is asked for nothing inside, of no other key, and for no name that there is not', async () => {
    const proxy = await start(kind);
    const gate = await open(at(kind, proxy.port), ['inside.test', '10.0.0.5', 'unknown.test']);
    for (const [host, code] of [
      ['inside.test', 'EGRESS_REFUSED'],
      ['10.0.0.5', 'EGRESS_REFUSED'],
      ['other.test', 'EGRESS_REFUSED'],
      ['unknown.test', 'NAVIGATION_DNS'],
    ] as const) {
      await expect(askGate(gate, `http://${host}/`)).rejects.toThrow(dropped);
      expect(gate.whyFailed(`http://${host}/`)?.code).toBe(code);
      await expect(tunnelThrough(gate, `${host}:443`)).rejects.toThrow(dropped);
      expect(gate.whyFailed(`https://${host}/`)?.code).toBe(code);
    }
    expect(proxy.asked).toEqual([]);
  });

  test.each([
    ['a wrong password', 'wrong'],
    ['no user', null],
  ])('that is given %s is PROXY_FAILED', async (_what, password) => {
    const proxy = await start(kind, { login });
    const gate = await open(at(kind, proxy.port, password));
    const message = `The proxy localhost:${proxy.port} cannot be used: it refused the user and password`;
    await expect(askGate(gate, `http://site.test:${site.port}/`)).rejects.toThrow(dropped);
    expect(gate.whyFailed(`http://site.test:${site.port}/`)).toMatchObject({ code: 'PROXY_FAILED', message });
    await expect(tunnelThrough(gate, `localhost:${secure.port}`)).rejects.toThrow(dropped);
    expect(gate.whyFailed(`https://localhost:${secure.port}/`)).toMatchObject({
      code: 'PROXY_FAILED',
      message,
    });
  });

  test('can be tried', async () => {
    const proxy = await start(kind, { login });
    await egress.testProxy(at(kind, proxy.port, secret), { host: 'site.test', port: site.port });
    expect(proxy.asked).toHaveLength(1);
    const wrong = await failed(
      egress.testProxy(at(kind, proxy.port, 'wrong-one'), { host: 'site.test', port: site.port }),
    );
    expect(wrong.failure).toMatchObject({
      code: 'PROXY_FAILED',
      message: expect.stringMatching(/refused the user and password$/) as string,
    });
    const inside = egress.testProxy(at(kind, proxy.port, secret), { host: '10.0.0.5', port: 443 });
    expect((await failed(inside)).failure.code).toBe('EGRESS_REFUSED');
    const unknown = egress.testProxy(at(kind, proxy.port, secret), { host: 'unknown.test', port: 443 });
    expect((await failed(unknown)).failure.code).toBe('PROXY_FAILED');
  });

  test('that is dead, or speaks something else, is PROXY_FAILED', async () => {
    const proxy = await start(kind);
    const { port } = proxies.pop()!;
    await proxy.close();
    const tries = (proxyAt: Proxy, to = 443) =>
      failed(egress.testProxy(proxyAt, { host: 'site.test', port: to }));
    for (const to of [443, 80]) {
      const dead = await tries(at(kind, port, secret), to);
      expect(dead.failure).toMatchObject({
        code: 'PROXY_FAILED',
        message: `The proxy localhost:${port} cannot be used: the connection was refused`,
      });
    }
    const silly = await started(createTcpServer((socket) => void socket.end('hello\r\n')));
    proxies.push(silly);
    for (const to of [443, 80]) {
      expect((await tries(at(kind, silly.port, secret), to)).failure.code).toBe('PROXY_FAILED');
    }
  });

  test('that never answers ends in 5 s', async () => {
    const silent = await started(createTcpServer(() => undefined));
    proxies.push(silent);
    for (const port of kind === 'http' ? [443, 80] : [443]) {
      const begun = Date.now();
      const { failure } = await failed(
        egress.testProxy(at(kind, silent.port, secret), { host: 'site.test', port }),
      );
      expect(failure.message).toMatch(/it did not answer in 5 s$/);
      expect(Date.now() - begun).toBeLessThan(6_000);
    }
  }, 15_000);

  test('inside is not used', async () => {
    const own = { server: `${kind}://inside.test:3128`, username: 'user', password: secret };
    const refused = /^The proxy inside\.test:3128 cannot be used: it is at 10\.0\.0\.5, a private address/;
    const message = expect.stringMatching(refused) as string;
    const { failure } = await failed(egress.testProxy(own, { host: 'site.test', port: 443 }));
    expect(failure).toMatchObject({ code: 'EGRESS_REFUSED', message });
    const gate = await open(own);
    await expect(askGate(gate, 'http://site.test/')).rejects.toThrow(dropped);
    await expect(tunnelThrough(gate, 'site.test:443')).rejects.toThrow(dropped);
    for (const url of ['http://site.test/', 'https://site.test/']) {
      expect(gate.whyFailed(url)).toMatchObject({ code: 'EGRESS_REFUSED', message });
    }
    const written = ['0x7f.1', '2130706433', '[::ffff:127.0.0.1]', '[::1]'];
    for (const host of written) {
      const tried = new Egress().testProxy(
        { ...own, server: `${kind}://${host}:3128` },
        { host: '8.8.8.8', port: 443 },
      );
      expect((await failed(tried)).failure.code).toBe('EGRESS_REFUSED');
    }
  });

  test('that closes its connections is PROXY_FAILED', async () => {
    const closing = await started(createTcpServer((socket) => void socket.once('data', () => socket.end())));
    proxies.push(closing);
    const gate = await open(at(kind, closing.port));
    await expect(askGate(gate, `http://site.test/`)).rejects.toThrow(dropped);
    await expect(tunnelThrough(gate, 'site.test:443')).rejects.toThrow(dropped);
    for (const url of ['http://site.test/', 'https://site.test/']) {
      expect(gate.whyFailed(url)?.code).toBe('PROXY_FAILED');
    }
  });

  test('that is silent is left with the gate, or with who asked', async () => {
    let asked = 0;
    const left: Promise<unknown>[] = [];
    const silent = await started(
      createTcpServer((socket) => {
        asked += 1;
        left.push(once(socket.resume(), 'close'));
      }),
    );
    proxies.push(silent);
    const gate = await open(at(kind, silent.port));
    const client = connect(Number(new URL(gate.url).port), '127.0.0.1');
    client.write('CONNECT site.test:443 HTTP/1.1\r\nHost: site.test\r\n\r\n');
    while (asked < 1) await sleep(10);
    client.destroy();
    await left[0];
    const asking = expect(askGate(gate, 'http://site.test/')).rejects.toThrow(dropped);
    while (asked < 2) await sleep(10);
    await gate.close();
    await Promise.all([asking, left[1]]);
  });

  test('is told of without its password', async () => {
    const proxy = await start(kind, { login: 'user:another' });
    const dead = await start(kind);
    const { port } = proxies.pop()!;
    await dead.close();
    const coded = Buffer.from(login).toString('base64');
    for (const own of [at(kind, proxy.port, secret), at(kind, port, secret)]) {
      for (const to of [site.port, 443]) {
        const error = await failed(egress.testProxy(own, { host: 'site.test', port: to }));
        const said = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error.failure);
        expect(said).not.toContain(secret);
        expect(said).not.toContain(coded);
      }
    }
  });
});

describe('a proxy', () => {
  const target = { host: 'site.test', port: 443 };

  test('that opens no tunnel says its status', async () => {
    const proxy = await startHttpProxy({ status: 503 });
    proxies.push(proxy);
    const { failure } = await failed(egress.testProxy(at('http', proxy.port), target));
    expect(failure.message).toMatch(/it answered with HTTP status 503 for site\.test:443$/);
  });

  test('whose certificate is not trusted is PROXY_FAILED', async () => {
    const proxy = await start('https');
    const strict = new Egress({ allow: AllowedHosts.parse('localhost') });
    const { failure } = await failed(
      strict.testProxy(at('https', proxy.port), { host: '8.8.8.8', port: 443 }),
    );
    expect(failure.message).toMatch(/its certificate or encryption is not valid$/);
  });

  test('by socks5 takes no user or password of more than 255 bytes', async () => {
    const proxy = await start('socks5', { login });
    const { failure } = await failed(egress.testProxy(at('socks5', proxy.port, 'x'.repeat(256)), target));
    expect(failure.message).toMatch(/at most 255 bytes$/);
  });

  test('by socks5 that cannot reach the site says so', async () => {
    const proxy = await start('socks5');
    const closed = await started(createServer());
    await closed.close();
    const { failure } = await failed(
      egress.testProxy(at('socks5', proxy.port), { ...target, port: closed.port }),
    );
    expect(failure.message).toMatch(/it answered ConnectionRefused for site\.test:\d+$/);
  });
});
