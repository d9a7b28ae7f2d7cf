import { readFile, readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseDefinition, type RecorderStep, type Session } from '@runnel/contracts';
import { AllowedHosts, Egress } from '@runnel/egress';
import {
  aDocument,
  openTestSession,
  page,
  serveSite,
  startTestPool,
  until,
  type Page,
  type Site,
} from '@runnel/testing';
import type { BrowserPool } from '../src';

const { signal } = new AbortController();
const step = (more: object) => ({ optional: false, target: 'main', ...more }) as RecorderStep;
const does = (script: string): string => page(`<h1>there</h1><script>${script}</script>`);
const failsWith = (code: string, message: RegExp) => ({
  failure: { code, message: expect.stringMatching(message) as string },
});
const heading = () => document.querySelector('h1')?.textContent ?? null;
const told = () => document.title;

/** The site that robots may visit, and one that they may not. */
let site: Site;
let inside: Site;
let pool: BrowserPool;
let session: Session;

/** Names of sites, all of which are at this machine. */
const names = ['shop.test', 'www.shop.test', 'other.test'];
const lookup = (host: string) => {
  if (host === 'public.example') return Promise.resolve([{ address: '93.184.215.14', family: 4 as const }]);
  return names.includes(host)
    ? Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
    : Promise.reject(new Error(`${host} has no address`));
};

const redirectsTo =
  (url: () => string): Page =>
  (_request, response) =>
    response.writeHead(302, { location: url() }).end();

beforeAll(async () => {
  inside = await serveSite({ '/': page('<h1>Secret</h1>') });
  const host = new URL(inside.url).host;
  site = await serveSite({
    '/': page('<h1>Home</h1>'),
    '/redirect': redirectsTo(() => `${inside.url}/`),
    '/redirects': redirectsTo(() => '/redirect'),
    '/redirecting-link': page('<a href="/redirects">on</a>'),
    '/link': page(`<h1>Links</h1><a href="${inside.url}/">inside</a>`),
    '/asks': does(`
      const ask = (how, wait) => Promise.race([wait, new Promise((done) => setTimeout(done, 2000, 'late'))])
        .then((got) => how + ' ' + got, () => how + ' failed');
      const shown = (tag) => new Promise((done) => {
        const element = Object.assign(document.createElement(tag), { src: '${inside.url}/', onload: () => done('shown'), onerror: () => done('failed') });
        document.body.append(element);
      });
      const socket = new Promise((done) => Object.assign(new WebSocket('ws://${host}/'), { onopen: () => done('open'), onerror: () => done('failed') }));
      Promise.all([
        ask('fetch', fetch('${inside.url}/', { mode: 'no-cors' }).then(() => 'answered')),
        ask('img', shown('img')), ask('iframe', shown('iframe')), ask('socket', socket),
      ]).then((all) => { document.title = all.join(', ') });
    `),
    '/silent': (request) => request.socket.destroy(),
    '/dialogs': does(
      'document.title = [alert("a"), confirm("b"), prompt("c")].join("|"); onbeforeunload = (event) => event.preventDefault()',
    ),
    '/popup-dialogs': page(
      `<button onclick="window.open('/dialogs-of-popup'); setTimeout(() => document.title = 'goes on', 500)">Open</button>`,
    ),
    '/dialogs-of-popup': does('alert(1); alert(2)'),
    '/opens': page('<h1>Opens</h1>'),
    '/leaves': page(`<meta http-equiv="refresh" content="0; url=${inside.url}/"><h1>Leaves</h1>`),
  });
  const allow = AllowedHosts.parse(`${new URL(site.url).host},shop.test,*.shop.test,other.test`);
  pool = await startTestPool({ egress: new Egress({ allow, lookup }) });
});
beforeEach(async () => {
  session = await openTestSession(pool);
});
afterEach(async () => {
  await session.close();
  expect(inside.asked).toEqual([]);
});
afterAll(async () => {
  await Promise.all([pool.close(), site.close(), inside.close()]);
});

const goes = (url: string, by = session) =>
  by.navigate(new URL(url, site.url).href, { signal: new AbortController().signal });
const named = (name: string) => site.url.replace('127.0.0.1', name);

async function openWith(options: object, domains: string[] | null = null): Promise<Session> {
  const { definition } = parseDefinition(aDocument({ options }));
  return pool.open(definition!.options, signal, { domains });
}

describe('an address inside', () => {
  const refused = (url: string) =>
    failsWith('EGRESS_REFUSED', new RegExp(`^Could not open ${url}.*127\\.0\\.0\\.1.*RUNNEL_ALLOW_HOSTS`));

  test('is not opened, neither at once nor by a redirect nor by a click', async () => {
    await expect(goes(inside.url)).rejects.toMatchObject(refused(inside.url));
    await expect(goes('/redirect')).rejects.toMatchObject(refused(inside.url));
    await goes('/link');
    const click = session.perform(step({ type: 'click', selectors: ['a'] }), signal);
    await expect(click).rejects.toMatchObject(refused(inside.url));
    await goes('/');
    expect(await session.ask(heading, null, { signal })).toBe('Home');
  });

  test('is told as such after redirects too, which the browser tells of late when it is busy', async () => {
    const tries = Array.from({ length: 8 }, async () => {
      const own = await openTestSession(pool);
      for (let round = 0; round < 12; round += 1) {
        await expect(goes('/redirects', own)).rejects.toMatchObject(refused(inside.url));
        await goes('/redirecting-link', own);
        const click = own.perform(step({ type: 'click', selectors: ['a'] }), new AbortController().signal);
        await expect(click).rejects.toMatchObject(refused(inside.url));
      }
      await own.close();
    });
    await Promise.all(tries);
  });

  test('is reached by nothing that a page asks for', async () => {
    await goes('/asks');
    const asked = await until(async () => (await session.ask(told, null, { signal })).includes(',') && told);
    expect(await session.ask(asked, null, { signal })).toMatch(
      /^fetch failed, img failed, iframe \w+, socket failed$/,
    );
  });
});

test('what fails behind the gate has the code that it has without one', async () => {
  const spare = await serveSite({});
  await spare.close();
  const free = await startTestPool({ egress: null });
  const plain = await openTestSession(free);
  const cases = [
    ['http://no-such-host.invalid/', 'NAVIGATION_DNS', /: its host name does not resolve$/],
    [`${named('shop.test').replace(/\d+$/, new URL(spare.url).port)}/`, 'NAVIGATION_REFUSED', /was refused$/],
    [`${site.url}/silent`, 'NAVIGATION_FAILED', /: ERR_EMPTY_RESPONSE$/],
    ['http://shop.test:25/', 'URL_INVALID', /: browsers do not open this port$/],
  ] as const;
  for (const [url, code, message] of cases) {
    await expect(goes(url)).rejects.toMatchObject(failsWith(code, message));
    const atHome = url.replace('shop.test', '127.0.0.1');
    await expect(goes(atHome, plain)).rejects.toMatchObject(failsWith(code, message));
  }
  await free.close();
});

describe('a session of its own', () => {
  test('visits the hosts that its key is for, and no other', async () => {
    const limited = await openWith({}, ['*.shop.test']);
    await goes(named('www.shop.test'), limited);
    expect(await limited.ask(heading, null, { signal })).toBe('Home');
    const other = goes(named('other.test'), limited);
    await expect(other).rejects.toMatchObject(failsWith('EGRESS_REFUSED', /other\.test.*\*\.shop\.test/));
    await limited.close();
    const none = await openWith({}, []);
    await expect(goes(named('other.test'), none)).rejects.toMatchObject(
      failsWith('EGRESS_REFUSED', /no host/),
    );
    await none.close();
    await goes(named('other.test'));
    expect(await session.ask(heading, null, { signal })).toBe('Home');
  });

  test('has its own proxy, and fails when that fails', async () => {
    const asked: string[] = [];
    const proxy: Server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'text/html' }).end(page('<h1>By proxy</h1>'));
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const server = `http://shop.test:${port}`;
    const own = await openWith({ proxy: { server } });
    await goes('http://public.example/', own);
    expect(await own.ask(heading, null, { signal })).toBe('By proxy');
    expect(asked).toContain('http://public.example/');
    await expect(goes(inside.url, own)).rejects.toMatchObject(failsWith('EGRESS_REFUSED', /127\.0\.0\.1/));
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
    await expect(goes('http://public.example/', own)).rejects.toMatchObject(
      failsWith('PROXY_FAILED', /proxy/),
    );
    await own.close();
  });
});

describe('what is not of the web', () => {
  test.each([
    'file:///etc/passwd',
    ' FiLe:///etc/passwd',
    'view-source:http://127.0.0.1/',
    'chrome://version',
    'chrome://newtab/',
    'devtools://devtools/bundled/inspector.html',
    'java\nscript:document.write(1)',
    'data:text/html,<h1>x</h1>',
    'blob:http://127.0.0.1/x',
    'filesystem:http://127.0.0.1/temporary/x',
    'ftp://127.0.0.1/',
    'about:version',
    '/etc/passwd',
  ])('%j is not opened', async (url) => {
    await expect(session.navigate(url, { signal })).rejects.toMatchObject(
      failsWith('URL_INVALID', /^Could not open [^]*address$/),
    );
    expect(session.url()).toBe('about:blank');
  });

  test('about:blank is', async () => {
    await session.navigate('about:blank', { signal });
    expect(session.url()).toBe('about:blank');
  });

  test.each([
    'file:///etc/passwd',
    'view-source:file:///etc/passwd',
    'chrome://version',
    'devtools://devtools/x',
  ])('%s is opened by no page: not in its place, in a frame or in a tab', async (url) => {
    const after = "setTimeout(() => document.title = 'done', 500)";
    site.replace('/goes', does(`try { location = '${url}' } catch {} ${after}`));
    site.replace(
      '/frames',
      does(
        `document.body.append(Object.assign(document.createElement('iframe'), { src: '${url}' })); ${after}`,
      ),
    );
    site.replace(
      '/tabs',
      page(`<h1>there</h1><button onclick="try { window.open('${url}') } catch {} ${after}">Open</button>`),
    );
    for (const path of ['/goes', '/frames', '/tabs']) {
      await goes(path);
      if (path === '/tabs') await session.perform(step({ type: 'click', selectors: ['button'] }), signal);
      await until(async () => (await session.ask(told, null, { signal })) === 'done');
      expect(await session.ask(heading, null, { signal })).toBe('there');
      const read = session.ask(heading, null, { signal: AbortSignal.timeout(300), target: url });
      await expect(read).rejects.toMatchObject({ failure: { code: 'ELEMENT_NOT_FOUND' } });
      const texts = () =>
        [...document.querySelectorAll('iframe')].map(
          (each) => each.contentDocument?.body.textContent ?? null,
        );
      for (const text of await session.ask(texts, null, { signal })) expect(text ?? '').toBe('');
    }
  });
});

describe('a page', () => {
  test('that opens dialogs goes on, and lets itself be left', async () => {
    await goes('/dialogs');
    expect(await session.ask(told, null, { signal })).toBe('|false|');
    await session.perform(step({ type: 'click', selectors: ['h1'] }), signal);
    await goes('/');
    expect(await session.ask(heading, null, { signal })).toBe('Home');
  });

  test('that goes by itself where it may not is told so, by what reads it and by what waits', async () => {
    const refused = failsWith('EGRESS_REFUSED', /127\.0\.0\.1.*RUNNEL_ALLOW_HOSTS/);
    await goes('/leaves');
    await until(() => session.url().startsWith('chrome-error:'));
    await expect(session.ask(heading, null, { signal })).rejects.toMatchObject(refused);
    const waits = step({ type: 'waitForExpression', expression: 'document.title === "never"' });
    await expect(session.perform(waits, AbortSignal.timeout(1_000))).rejects.toMatchObject(refused);
  });

  test('that lacks what it asked for inside says so, once for each host', async () => {
    await goes('/asks');
    const warnings: string[] = [];
    // The browser tells of a request that failed a moment after its page knows.
    await until(async () => {
      const isOver = (await session.ask(told, null, { signal })) !== '';
      warnings.push(...session.takeWarnings());
      return isOver && warnings.length > 0;
    });
    await goes('/');
    expect([...warnings, ...session.takeWarnings()]).toEqual([
      expect.stringMatching(/^the page lacks what it asked for: .*RUNNEL_ALLOW_HOSTS/),
    ]);
  });

  test('goes on when a tab that it opened shows dialogs', async () => {
    await goes('/popup-dialogs');
    await session.perform(step({ type: 'click', selectors: ['button'] }), signal);
    const waits = step({ type: 'waitForExpression', expression: 'document.title === "goes on"' });
    await session.perform(waits, AbortSignal.timeout(5_000));
  });

  test('has no permission', async () => {
    await goes('/');
    const states = async () => {
      const asked = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'midi'];
      const queries = asked.map((name) => navigator.permissions.query({ name: name as 'geolocation' }));
      return (await Promise.all(queries)).map(({ state }) => state);
    };
    expect(new Set(await session.ask(states, null, { signal }))).toEqual(new Set(['denied']));
    const where = () =>
      new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('told'),
          ({ code }) => resolve(code),
        ),
      );
    expect(await session.ask(where, null, { signal })).toBe(1);
  });
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('the browser of root runs as a user of its own, in its sandbox', async () => {
  expect(pool.isolation).toEqual({ sandbox: true, user: 'user 64817' });
  const found = await processes();
  const [browser] = found.filter(({ command }) => command.includes(`runnel-browser-${process.pid}-`));
  const ours = descendantsOf(browser!, found);
  expect(ours.length).toBeGreaterThan(2);
  for (const { status } of ours) {
    expect(status).toMatch(/^Uid:\t64817\t64817\t64817\t64817$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Groups:\t\s*$/m);
  }
  const pages = ours.filter(({ command }) => command.includes('--type=renderer'));
  expect(pages.length).toBeGreaterThan(0);
  for (const { status } of pages) expect(status).toMatch(/^Seccomp:\t2$/m);
});

interface Found {
  pid: number;
  command: string;
  status: string;
}

async function processes(): Promise<Found[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => ({
      pid: Number(pid),
      command: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
      status: await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''),
    })),
  );
}

/** It and all that it started. */
function descendantsOf(first: Found, all: Found[]): Found[] {
  const children = all.filter(({ status }) => new RegExp(`^PPid:\\t${first.pid}$`, 'm').test(status));
  return [first, ...children.flatMap((child) => descendantsOf(child, all))];
}
