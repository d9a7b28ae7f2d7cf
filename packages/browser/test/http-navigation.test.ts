import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseDefinition, type Dom, type Options, type RecorderStep, type Session } from '@runnel/contracts';
import { AllowedHosts, Egress } from '@runnel/egress';
import { parseHtml } from '@runnel/extraction';
import {
  aDocument,
  answersWith,
  freePort,
  hangs,
  page,
  serveSite,
  type Page,
  type Site,
} from '@runnel/testing';
import { HttpSessions } from '../src/http/http-sessions';

const egress = new Egress({ allow: AllowedHosts.parse('localhost, 127.0.0.1') });
const signal = new AbortController().signal;
const options: Options = parseDefinition(aDocument()).definition!.options;

const title = <Node>(dom: Dom<Node>): string =>
  dom.select(dom.document, 'h1').map((found) => dom.innerHtml(found))[0] ?? '';

const sends =
  (location: string, { status = 302, ...headers }: { status?: number; 'set-cookie'?: string[] } = {}): Page =>
  (_request, response) => {
    response.writeHead(status, { location, ...headers });
    response.end('moved');
  };
const refreshes = (content: string): Page =>
  page(`<meta http-equiv="Refresh" content="${content}"><h1>first</h1>`);
const tells =
  (what: (request: IncomingMessage) => unknown): Page =>
  (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(what(request)));
  };

const failsWith = (code: string, message: RegExp = /./) => ({
  failure: { code, message: expect.stringMatching(message) as string },
});

let site: Site;
let other: Site;
let sessions: HttpSessions;
let session: Session;
const sockets = new Set<unknown>();

const goes = (address: string, from = session) =>
  from.navigate(address.startsWith('/') ? `${site.url}${address}` : address, {
    signal: AbortSignal.timeout(9000),
  });

/** What a page of JSON says. */
async function told<T>(from = session): Promise<T> {
  const text = <Node>(dom: Dom<Node>): string =>
    dom
      .select(dom.document, 'pre')
      .flatMap((pre) => dom.children(pre))
      .map((node) => dom.text(node) ?? '')
      .join('');
  return JSON.parse(await from.ask(text, null, { signal })) as T;
}

const open = (more: Partial<Options> = {}) => sessions.open({ ...options, ...more }, signal);
const cookies = async (from = session) => (await told<IncomingHttpHeaders>(from)).cookie ?? '';

beforeAll(async () => {
  other = await serveSite({ '/headers': tells(({ headers }) => headers), '/': page('<h1>other</h1>') });
  site = await serveSite({
    '/': page('<h1>home</h1><p class="a">1</p><p class="a">2</p>'),
    '/headers': tells(({ headers }) => headers),
    '/once': (request, response) => {
      sockets.add(request.socket);
      response.writeHead(200, { 'content-type': 'text/html' }).end(page('<h1>once</h1>'));
    },
    '/302': sends('/target#there', { 'set-cookie': ['hop=1; Path=/'] }),
    '/target': page('<h1>home</h1>'),
    '/301': sends('/302', { status: 301 }),
    '/308': sends('/301', { status: 308 }),
    '/utf8': (_request, response) => {
      response.socket?.end('HTTP/1.1 302 Found\r\nlocation: /caf\u00e9\r\ncontent-length: 0\r\n\r\n');
    },
    '/caf%C3%A9': page('<h1>café</h1>'),
    '/loop': sends('/loop'),
    '/to-file': sends('file:///etc/passwd'),
    '/nowhere': (_request, response) => {
      response.writeHead(302, { 'content-type': 'text/html' }).end(page('<h1>302 without a way</h1>'));
    },
    '/sign-in': sends('/headers', {
      'set-cookie': ['who=me; Path=/; HttpOnly', 'at=here', 'no; Domain=other.example'],
    }),
    '/sign-out': sends('/headers', { 'set-cookie': ['who=; Path=/; Max-Age=0'] }),
    '/no-slash': sends('/headers', { 'set-cookie': ['secret=1; Secure', `big=${'x'.repeat(5000)}`, 'odd'] }),
    '/refresh': refreshes('0; url=/302'),
    '/refresh-quoted': refreshes("0;URL='/'"),
    '/refresh-soon': refreshes('1; /'),
    '/refresh-late': refreshes('30; url=/'),
    '/refresh-self': refreshes('2'),
    '/refresh-loop': refreshes('0; url=/refresh-loop'),
    '/refresh-script': refreshes('0; url=javascript:alert(1)'),
    '/refresh-unseen': page('<!-- <meta http-equiv="refresh" content="0; url=/"> --><h1>stays</h1>'),
    '/refresh-noscript': page(
      '<noscript><meta http-equiv="refresh" content="0; url=/"></noscript><h1>stays</h1>',
    ),
    '/refresh-header': (_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html', refresh: '0; url=/' })
        .end(page('<h1>first</h1>'));
    },
    '/refresh-error': (_request, response) => {
      response
        .writeHead(500, { 'content-type': 'text/html', refresh: '0; url=/' })
        .end(page('<h1>broken</h1>'));
    },
    '/guarded': (request, response) => {
      const isKnown =
        request.headers.authorization === `Basic ${Buffer.from('us er:p@ss').toString('base64')}`;
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'text/html' });
      response.end(page(`<h1>${isKnown ? 'in' : 'out'}</h1>`));
    },
    '/hangs': hangs,
    '/resets': (request) => request.socket.destroy(),
    ...Object.fromEntries([401, 403, 404, 429, 500].map((status) => [`/${status}`, answersWith(status)])),
    '/404-zip': (_request, response) => {
      response.writeHead(404, { 'content-type': 'application/zip' }).end('PK');
    },
    '/robots.txt': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('User-agent: *\nDisallow: /é');
    },
    '/sitemap.xml.gz': (_request, response) => {
      response
        .writeHead(200, { 'content-type': 'application/octet-stream' })
        .end(gzipSync('<urlset>é</urlset>'));
    },
    '/long.txt': (_request, response) => void response.end('z'.repeat(11 * 1024 * 1024)),
    '/to-robots': sends('/robots.txt'),
  });
  sessions = new HttpSessions({ egress, parseHtml });
});

beforeEach(async () => {
  session = await open();
});
afterEach(() => session.close());
afterAll(async () => {
  await sessions.close();
  await Promise.all([site.close(), other.close()]);
});

describe('a page that is fetched', () => {
  test('is about:blank before one is opened', async () => {
    expect([session.engine, session.url(), session.status()]).toEqual(['http', 'about:blank', null]);
    expect(await session.ask(title, null, { signal })).toBe('');
  });

  test('twenty of them take one connection', async () => {
    for (let count = 0; count < 20; count += 1) {
      await goes('/once');
      // A connection is free again in the next turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sockets.size).toBe(1);
  });

  test('a connection that its site closed meanwhile is made anew', async () => {
    let answered = 0;
    const hasty = createServer((socket) => {
      let isUsed = false;
      socket
        .on('error', () => null)
        .on('data', () => {
          // Closes at the second request, as if the idle connection had been closed just then.
          if (isUsed) return socket.destroy();
          isUsed = true;
          answered += 1;
          socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 11\r\n\r\n<h1>on</h1>');
        });
    });
    await new Promise<void>((resolve) => hasty.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(hasty.address() as AddressInfo).port}/`;
    for (let count = 0; count < 4; count += 1) await goes(url);
    expect(answered).toBe(4);
    await session.close();
    hasty.close();
  });

  test('asks as a browser does, by the options of its robot', async () => {
    await goes('/headers');
    expect(await told()).toMatchObject({
      'user-agent': expect.stringMatching(/^Mozilla\/5\.0 .* Chrome\/\d+/) as string,
      accept: expect.stringContaining('text/html') as string,
      'accept-language': 'en-US,en;q=0.9',
      'accept-encoding': 'gzip, deflate, br',
      'upgrade-insecure-requests': '1',
    });
    const headers = { 'X-Key': '1', Accept: 'text/x', Host: 'no.example', Cookie: 'own=1' };
    const own = await open({ userAgent: 'Mine/1.0', locale: 'de-DE', headers });
    expect(own.takeWarnings()).toEqual([expect.stringContaining('"host"')]);
    await goes('/headers', own);
    expect(await told(own)).toMatchObject({
      'user-agent': 'Mine/1.0',
      'accept-language': 'de-DE',
      'x-key': '1',
      accept: 'text/x',
      cookie: 'own=1',
      host: new URL(site.url).host,
    });
    await own.close();
  });

  test('is opened with the user and password of its address, for the whole origin', async () => {
    await goes(`${site.url.replace('//', '//us%20er:p%40ss@')}/guarded`);
    expect(await session.ask(title, null, { signal })).toBe('in');
    await goes('/guarded');
    await goes(`${other.url}/headers`);
    expect(await told()).not.toHaveProperty('authorization');
  });
});

describe('cookies', () => {
  test('are taken at every hop, and are those of one session and its pages', async () => {
    await goes('/sign-in');
    expect(await cookies()).toBe('who=me; at=here');
    const child = await session.openPage(signal);
    await goes('/headers', child);
    expect(await cookies(child)).toBe('who=me; at=here');
    await goes('/sign-out', child);
    await child.close();
    await goes('/headers');
    expect(await cookies()).toBe('at=here');
    const stranger = await open();
    await goes('/headers', stranger);
    expect(await cookies(stranger)).toBe('');
    await stranger.close();
  });

  test('that browsers drop are dropped, and those that they bear with are kept', async () => {
    await goes('/no-slash');
    expect(await cookies()).toBe('secret=1; odd');
  });
});

describe('redirects', () => {
  test.each(['/302', '/301', '/308'])('%s is followed', async (path) => {
    await goes(path);
    expect([session.url(), session.status()]).toEqual([`${site.url}/target#there`, 200]);
  });

  test('the fragment that was asked for stays', async () => {
    await goes('/sign-in#part');
    expect(session.url()).toBe(`${site.url}/headers#part`);
    await goes('/302#part');
    expect(session.url()).toBe(`${site.url}/target#there`);
  });

  test('an address in UTF-8 is understood', async () => {
    await goes('/utf8');
    expect(session.url()).toBe(`${site.url}/caf%C3%A9`);
  });

  test('without end fail', async () => {
    const endless = failsWith('NAVIGATION_FAILED', /: it redirects without end$/);
    await expect(goes('/loop')).rejects.toMatchObject(endless);
    expect(site.asked.filter((path) => path === '/loop')).toHaveLength(21);
    await expect(goes('/refresh-loop')).rejects.toMatchObject(endless);
    expect(site.asked.filter((path) => path === '/refresh-loop')).toHaveLength(21);
  });

  test('to what is not of the web fail, and one without an address is a page', async () => {
    await expect(goes('/to-file')).rejects.toMatchObject(failsWith('NAVIGATION_FAILED', /UNSAFE_REDIRECT/));
    await goes('/nowhere');
    expect(session.status()).toBe(302);
  });

  test.each(['/refresh', '/refresh-quoted', '/refresh-soon', '/refresh-header'])(
    '%s is followed',
    async (path) => {
      await goes(path);
      expect(await session.ask(title, null, { signal })).toBe('home');
    },
  );

  test.each(['late', 'self', 'script', 'unseen', 'noscript'])('/refresh-%s is the page', async (name) => {
    await goes(`/refresh-${name}`);
    expect(session.url()).toBe(`${site.url}/refresh-${name}`);
  });
});

describe('what cannot be opened', () => {
  test.each([
    [401, 'LOGIN_REQUIRED'],
    [403, 'BLOCKED'],
    [404, 'HTTP_STATUS'],
    [429, 'RATE_LIMITED'],
    [500, 'HTTP_UNAVAILABLE'],
  ])('status %i is %s, and its page can be read', async (status, code) => {
    await expect(goes(`/${status}`)).rejects.toMatchObject(
      failsWith(code, new RegExp(`HTTP status ${status}$`)),
    );
    expect(session.status()).toBe(status);
    expect(await session.ask(title, null, { signal })).toBe(`${status}`);
  });

  test('an error is told by its status, whatever came with it', async () => {
    await expect(goes('/404-zip')).rejects.toMatchObject(failsWith('HTTP_STATUS'));
    await expect(goes('/refresh-error')).rejects.toMatchObject(failsWith('HTTP_UNAVAILABLE'));
    expect(await session.ask(title, null, { signal })).toBe('broken');
  });

  test('each has its code', async () => {
    const port = await freePort();
    const cases: [string, string, RegExp][] = [
      [`http://127.0.0.1:${port}/`, 'NAVIGATION_REFUSED', /: the connection was refused$/],
      [`http://localhost:${port}/`, 'NAVIGATION_REFUSED', /: the connection was refused$/],
      ['http://no-such-host.invalid/', 'NAVIGATION_DNS', /: its host name does not resolve$/],
      ['http://127.0.0.1:25/', 'URL_INVALID', /: browsers do not open this port$/],
      ['http://[x', 'URL_INVALID', /: it is not a valid address$/],
      ['file:///etc/passwd', 'URL_INVALID', /: it is not an http or https address$/],
      ['/resets', 'NAVIGATION_FAILED', /: ERR_(EMPTY_RESPONSE|CONNECTION_RESET)$/],
    ];
    for (const [url, code, message] of cases) {
      await expect(goes(url)).rejects.toMatchObject(failsWith(code, message));
    }
  });

  test('a site that does not answer ends with the time of the call', async () => {
    const opening = session.navigate(`${site.url}/hangs`, { signal: AbortSignal.timeout(100) });
    await expect(opening).rejects.toMatchObject(
      failsWith('NAVIGATION_TIMEOUT', /gave no whole document in time$/),
    );
  });

  test('what is under way ends when its session is closed', async () => {
    const opening = goes('/hangs');
    setTimeout(() => void session.close(), 50);
    await expect(opening).rejects.toMatchObject(failsWith('INTERNAL', /The session is closed/));
    await expect(session.ask(title, null, { signal })).rejects.toMatchObject(failsWith('INTERNAL'));
  });

  test('a call whose run is over does nothing', async () => {
    const over = AbortSignal.abort(new Error('the run was aborted'));
    const asked = site.asked.length;
    await expect(session.navigate(`${site.url}/`, { signal: over })).rejects.toThrow('the run was aborted');
    await expect(session.ask(title, null, { signal: over })).rejects.toThrow('the run was aborted');
    expect(site.asked).toHaveLength(asked);
  });
});

describe('a step on a page that was fetched', () => {
  const step = (more: object) => ({ optional: false, target: 'main', ...more }) as RecorderStep;
  const waits = (more: object) =>
    session.perform(
      step({ type: 'waitForElement', operator: '>=', count: 1, visible: true, ...more }),
      signal,
    );

  test('waitForElement looks once', async () => {
    await goes('/');
    await waits({ selectors: ['.none', ['p.a']], operator: '==', count: 2 });
    await waits({ selectors: [['body', 'p']], count: 2 });
    await waits({ selectors: ['.none'], visible: false });
    await expect(waits({ selectors: ['.none', ['.b']] })).rejects.toMatchObject(
      failsWith('ELEMENT_NOT_FOUND', /^Waited for >= 1 of "\.none" or "\.b" on http.*, found 0$/),
    );
    await expect(waits({ selectors: ['p'], visible: false })).rejects.toMatchObject(
      failsWith('ELEMENT_NOT_FOUND'),
    );
    await expect(waits({ selectors: ['aria/x'] })).rejects.toMatchObject(failsWith('NEEDS_BROWSER'));
  });

  test('is left out, or needs a browser', async () => {
    await session.perform(step({ type: 'setViewport', width: 1, height: 1 }), signal);
    await session.perform(step({ type: 'customStep', name: 'mine' }), signal);
    expect(session.takeWarnings()).toEqual(['the customStep "mine" does nothing here']);
    await session.networkIdle({ signal });
    const refused = [
      session.perform(step({ type: 'click', selectors: ['a'] }), signal),
      session.perform(step({ type: 'close' }), signal),
      session.screenshot({ fullPage: true }, { signal }),
      session.pdf({ format: 'A4', landscape: false }, { signal }),
      session.ask(title, null, { signal, frame: 'iframe' }),
      session.navigate(site.url, { signal, target: 'https://popup.example/' }),
    ];
    for (const each of refused)
      await expect(each).rejects.toMatchObject(failsWith('NEEDS_BROWSER', /needs a browser$/));
  });
});

describe('a text beside the pages', () => {
  test('is fetched with its status, unzipped, and without opening a page', async () => {
    const get = (path: string) => session.fetchText(`${site.url}${path}`, signal);
    expect(await get('/to-robots')).toEqual({ status: 200, text: 'User-agent: *\nDisallow: /é' });
    expect(await get('/sitemap.xml.gz')).toEqual({ status: 200, text: '<urlset>é</urlset>' });
    expect(await get('/404')).toMatchObject({ status: 404 });
    expect((await get('/long.txt')).text).toHaveLength(10 * 1024 * 1024);
    await expect(get('/loop')).rejects.toMatchObject(failsWith('NAVIGATION_FAILED'));
    expect(session.url()).toBe('about:blank');
  });
});

describe('a site over HTTP/2 with a certificate', () => {
  let server: Http2SecureServer;
  let ca: string;
  let url: string;

  beforeAll(async () => {
    // Nobody trusts this certificate but this test.
    const file = (name: string) => readFileSync(join(__dirname, 'localhost', name), 'utf8');
    ca = file('cert.pem');
    server = createSecureServer({ key: file('key.pem'), cert: ca, allowHTTP1: true }, (request, response) => {
      if (request.url === '/hangs') return;
      if (request.url === '/cut') {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.write('<p>begun');
        setTimeout(() => request.stream.close(2), 20);
        return;
      }
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(
        page(`<h1>HTTP/${request.httpVersion} ${request.headers['user-agent']?.slice(0, 7)}</h1>`),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    url = `https://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  test('that is not trusted fails', async () => {
    await expect(goes(`${url}/`)).rejects.toMatchObject(
      failsWith('NAVIGATION_FAILED', /: its certificate or encryption is not valid$/),
    );
  });

  test('that speaks no TLS at all fails', async () => {
    await expect(goes(`${site.url.replace('http:', 'https:')}/`)).rejects.toMatchObject(
      failsWith('NAVIGATION_FAILED', /: its certificate or encryption is not valid$/),
    );
  });

  test('is read by HTTP/2, many pages at a time, and fails like any other', async () => {
    const trusting = new HttpSessions({ egress, parseHtml, connect: { ca } });
    const own = await trusting.open(options, signal);
    const pages = await Promise.all(Array.from({ length: 10 }, () => own.openPage(signal)));
    await Promise.all(pages.map((each) => goes(`${url}/`, each)));
    expect(await Promise.all(pages.map((each) => each.ask(title, null, { signal })))).toEqual(
      pages.map(() => 'HTTP/2.0 Mozilla'),
    );
    const hanging = own.navigate(`${url}/hangs`, { signal: AbortSignal.timeout(100) });
    await expect(hanging).rejects.toMatchObject(failsWith('NAVIGATION_TIMEOUT'));
    await expect(goes(`${url}/cut`, own)).rejects.toMatchObject(failsWith('NAVIGATION_FAILED', /cut off/));
    await goes(`${url}/`, own);
    await trusting.close();
  });
});
