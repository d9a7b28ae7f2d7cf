import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { parseDefinition, type Dom, type Options, type Proxy, type Session } from '@runnel/contracts';
import { AllowedHosts, Egress } from '@runnel/egress';
import { parseHtml } from '@runnel/extraction';
import { aDocument, page, serveSite, type Site } from '@runnel/testing';
import { HttpSessions } from '../src/http/http-sessions';

const signal = new AbortController().signal;
const options: Options = parseDefinition(aDocument()).definition!.options;
const file = (name: string) => readFileSync(join(__dirname, 'localhost', name), 'utf8');
const ca = file('cert.pem');
const title = <Node>(dom: Dom<Node>): string =>
  dom.select(dom.document, 'h1').map((found) => dom.innerHtml(found))[0] ?? '';

let site: Site;
let inside: Site;
let secure: Server;
let proxy: Server;
let egress: Egress;
let sessions: HttpSessions;
let port: string;
let secureUrl: string;
const asked: string[] = [];
const sockets = new Set<Socket>();

/** Names are this machine's, but for those of the inside: there they are another address of it. */
const lookup = (host: string) =>
  Promise.resolve([{ address: host.startsWith('inside') ? '127.0.0.2' : '127.0.0.1', family: 4 as const }]);

const failsWith = (code: string, message: RegExp) => ({
  failure: { code, message: expect.stringMatching(message) as string },
});
const refused = failsWith(
  'EGRESS_REFUSED',
  /: it is at 127\.0\.0\.2, a loopback address; RUNNEL_ALLOW_HOSTS/,
);
const goes = (session: Session, url: string) => session.navigate(url, { signal: AbortSignal.timeout(9_000) });
const listening = async (server: Server): Promise<number> => {
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

beforeAll(async () => {
  inside = await serveSite({ '/': page('<h1>inside</h1>'), '/robots.txt': 'secret' });
  const within = `http://inside.test:${new URL(inside.url).port}/`;
  site = await serveSite({
    '/': page('<h1>home</h1>'),
    ...Object.fromEntries(
      [301, 302, 303, 307, 308].map((status) => [
        `/${status}`,
        (_request, response) => void response.writeHead(status, { location: within }).end(),
      ]),
    ),
    '/refresh': page(`<meta http-equiv="refresh" content="0; url=${within}">`),
    '/elsewhere': (_request, response) =>
      void response.writeHead(302, { location: `http://elsewhere.test:${port}/` }).end(),
    '/robots.txt': (_request, response) =>
      void response.writeHead(302, { location: `${within}robots.txt` }).end(),
  });
  port = new URL(site.url).port;
  secure = createSecureServer({ cert: ca, key: file('key.pem') }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(page('<h1>secure</h1>'));
  });
  secureUrl = `https://localhost:${await listening(secure)}/`;
  proxy = createServer((request, response) => {
    asked.push(`${request.headers['proxy-authorization']} ${request.url}`);
    response.writeHead(200, { 'content-type': 'text/html' }).end(page('<h1>by proxy</h1>'));
  });
  proxy.on('connect', ({ url = '', headers }, client: Duplex) => {
    asked.push(`${headers['proxy-authorization']} ${url}`);
    client.on('error', () => null).write('HTTP/1.1 200 OK\r\n\r\n');
    const to = connect(Number(url.split(':')[1]), '127.0.0.1').on('error', () => client.destroy());
    client.pipe(to).pipe(client);
  });
  egress = new Egress({ allow: AllowedHosts.parse('127.0.0.1'), lookup });
  sessions = new HttpSessions({ egress, parseHtml, connect: { ca } });
});
afterAll(async () => {
  await sessions.close();
  for (const socket of sockets) socket.destroy();
  await Promise.all([site.close(), inside.close()]);
  secure.close();
  proxy.close();
});
afterEach(() => expect(inside.asked).toEqual([]));

describe('a session without a browser', () => {
  test.each(['301', '302', '303', '307', '308', 'refresh'])('is not led inside by /%s', async (way) => {
    const session = await sessions.open(options, signal);
    await expect(goes(session, `http://site.test:${port}/${way}`)).rejects.toMatchObject(refused);
    await session.close();
  });

  test.each([
    'http://inside.test/',
    'http://inside.test./',
    'http://2130706434/',
    'http://0x7f.2/',
    'http://[::ffff:127.0.0.2]/',
    'https://inside.test/',
    'https://user:password@127.0.0.2/',
  ])('does not open %s', async (url) => {
    const session = await sessions.open(options, signal);
    const full = new URL(url);
    full.port = new URL(inside.url).port;
    await expect(goes(session, full.href)).rejects.toMatchObject(refused);
    await session.close();
  });

  test('does not fetch a robots.txt that is inside', async () => {
    const session = await sessions.open(options, signal);
    const fetching = session.fetchText(`http://site.test:${port}/robots.txt`, signal);
    await expect(fetching).rejects.toMatchObject(refused);
    await session.close();
  });

  test('of a key opens the hosts of that key', async () => {
    const session = await sessions.open(options, signal, { domains: ['site.test', '*.below.test'] });
    const others = failsWith(
      'EGRESS_REFUSED',
      /elsewhere\.test.*: the API key of this run is for site\.test, /,
    );
    await goes(session, `http://site.test:${port}/`);
    await goes(session, `http://a.below.test:${port}/`);
    await expect(goes(session, `http://elsewhere.test:${port}/`)).rejects.toMatchObject(others);
    await expect(goes(session, `http://site.test:${port}/elsewhere`)).rejects.toMatchObject(others);
    await expect(session.fetchText(`http://elsewhere.test:${port}/robots.txt`, signal)).rejects.toMatchObject(
      others,
    );
    const child = await session.openPage(signal);
    await expect(goes(child, `http://elsewhere.test:${port}/`)).rejects.toMatchObject(others);
    await session.close();
  });

  test('asks for an empty query, and logs no other session in on its connection', async () => {
    const seen: [string | undefined, Socket][] = [];
    const own = createServer((request, response) => {
      seen.push([request.url, request.socket]);
      response.writeHead(200, { 'content-type': 'text/html' }).end(page('<h1>own</h1>'));
    });
    const url = `http://own.test:${await listening(own)}/x?`;
    const headers = { Authorization: 'Negotiate YII=' };
    for (const given of [options, { ...options, headers }, options]) {
      const session = await sessions.open(given, signal);
      await goes(session, url);
      await session.close();
    }
    expect(seen.map(([asked]) => asked)).toEqual(['/x?', '/x?', '/x?']);
    expect(seen[2]?.[1]).not.toBe(seen[1]?.[1]);
    own.close();
  });

  test('is not filtered without an egress', async () => {
    const open = new HttpSessions({ egress: null, parseHtml });
    const session = await open.open(options, signal);
    await goes(session, `${site.url}/`);
    expect(await session.ask(title, null, { signal })).toBe('home');
    await open.close();
  });
});

describe('a session with a proxy', () => {
  const own = (at: number): Proxy => ({
    server: `http://127.0.0.1:${at}`,
    username: 'me',
    password: 'secret',
  });
  const known = `Basic ${Buffer.from('me:secret').toString('base64')}`;

  test('loads all by it, plain pages plainly and others by a tunnel', async () => {
    const session = await sessions.open({ ...options, proxy: own(await listening(proxy)) }, signal);
    await goes(session, `http://site.test:${port}/a`);
    expect(await session.ask(title, null, { signal })).toBe('by proxy');
    await goes(session, secureUrl);
    expect(await session.ask(title, null, { signal })).toBe('secure');
    await session.fetchText(`http://site.test:${port}/robots.txt`, signal);
    expect(asked).toEqual([
      `${known} http://site.test:${port}/a`,
      `${known} ${new URL(secureUrl).host}`,
      `${known} http://site.test:${port}/robots.txt`,
    ]);
    for (const url of ['http://inside.test/', 'https://inside.test/']) {
      await expect(goes(session, url)).rejects.toMatchObject(refused);
    }
    await session.close();
    await expect(goes(session, `http://site.test:${port}/`)).rejects.toMatchObject(
      failsWith('INTERNAL', /closed/),
    );
    expect(asked).toHaveLength(3);
  });

  test('that is dead fails with PROXY_FAILED, and other sessions do not mind', async () => {
    const session = await sessions.open({ ...options, proxy: own(1) }, signal);
    const dead = failsWith(
      'PROXY_FAILED',
      /^The proxy 127\.0\.0\.1:1 cannot be used: the connection was refused$/,
    );
    await expect(goes(session, `http://site.test:${port}/`)).rejects.toMatchObject(dead);
    await expect(goes(session, secureUrl)).rejects.toMatchObject(dead);
    const other = await sessions.open(options, signal);
    await goes(other, `http://site.test:${port}/`);
    await Promise.all([session.close(), other.close()]);
  });
});
