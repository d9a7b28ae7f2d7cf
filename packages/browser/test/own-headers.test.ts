import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RecorderStep, Session, SessionSource } from '@runnel/contracts';
import { parseHtml } from '@runnel/extraction';
import {
  aDefinition,
  launchForTest,
  page,
  serveSite,
  startTestPool,
  temporaryFolder,
  testEgress,
  until,
  type Page,
  type Site,
} from '@runnel/testing';
import { HttpSessions, Tape, type BrowserPool } from '../src';
import { sendOwnHeaders } from '../src/send-own-headers';

/** What reached a host, and with which of the two headers. */
interface Seen {
  host: string;
  path: string;
  secret: string | undefined;
  plain: string | undefined;
  cookie: string | undefined;
  body: string;
}

const secret = 'hunter2';
let seen: Seen[];
/** On both hosts: the one that may see the secret, and another. */
let sites: Site[];
let own: string;
let other: string;
let sources: { browser: BrowserPool; http: HttpSessions };
const signal = AbortSignal.timeout(120_000);
const step = (more: object) => ({ optional: false, target: 'main', ...more }) as RecorderStep;
const call = { signal };

async function read(request: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { host = '', cookie, 'x-secret': key, 'x-plain': plain } = request.headers;
  const body = Buffer.concat(chunks).toString();
  const said = { secret: key?.toString(), plain: plain?.toString(), cookie, body };
  seen.push({ host, path: request.url ?? '', ...said });
}

/** Tells what came with a request before it answers it. */
function told(answer: string | ((response: ServerResponse) => void)): Page {
  return (request, response) => {
    void read(request).then(() => {
      if (typeof answer === 'function') return answer(response);
      const type = answer.startsWith('<') ? 'text/html' : 'text/javascript';
      response.writeHead(200, { 'content-type': type, 'set-cookie': 'seen=1' }).end(answer);
    });
  };
}

const to = (url: () => string) => told((response) => response.writeHead(302, { location: url() }).end());

/** Asks a host in every way that a page has, and is called `done` when all have ended. */
const asks = (host: () => string): Page =>
  told((response) => {
    const text = page(`<h1>Asks</h1><iframe src="${host()}/frame"></iframe><img src="${host()}/image.png">
      <script src="${host()}/script.js"></script>
      <script>
        const worker = new Worker('/worker.js');
        worker.postMessage('${host()}/by-worker');
        Promise.all([
          fetch('${host()}/fetched', { mode: 'no-cors' }).catch(() => null),
          fetch('/to-own').catch(() => null),
          fetch('/to-other', { mode: 'no-cors' }).catch(() => null),
          new Promise((done) => { worker.onmessage = done; }),
          new Promise((done) => { addEventListener('load', done); }),
        ]).then(() => { document.title = 'done'; });
      </script>`);
    response.writeHead(200, { 'content-type': 'text/html' }).end(text);
  });

beforeAll(async () => {
  const pages = (): Record<string, Page> => ({
    '/': told(page('<h1>Home</h1>')),
    '/to-own': to(() => `${own}/arrived`),
    '/to-other': to(() => `${other}/to-own`),
    '/arrived': told(page('<h1>Arrived</h1>')),
    '/robots.txt': told('User-agent: *'),
    '/asks-own': asks(() => own),
    '/asks-other': asks(() => other),
    '/frame': told(page('<img src="/in-frame.png">')),
    '/script.js': told(';'),
    '/worker.js': told(
      'onmessage = ({ data }) => fetch(data, { mode: "no-cors" }).catch(() => null).then(() => postMessage(1))',
    ),
    '/serves': told(
      page(`<script>navigator.serviceWorker.register('/service.js').then(() => navigator.serviceWorker.ready)
        .then(({ active }) => { navigator.serviceWorker.onmessage = () => { document.title = 'done'; };
          active.postMessage(0); })</script>`),
    ),
    '/service.js': told((response) => {
      const script = `onmessage = ({ source }) => fetch('${other}/by-worker', { mode: 'no-cors' }).catch(() => null)
        .then(() => source.postMessage(1))`;
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    }),
    '/form': told(
      page('<form method="post" action="/sent"><input name="a" value="b"><button>Send</button></form>'),
    ),
    '/sent': told(page('<h1>Sent</h1>')),
    '/opens': told(page(`<button onclick="window.open('/opened')">Open</button>`)),
    '/opened': told(page('<a href="/arrived">Go on</a>')),
    ...Object.fromEntries(
      ['/image.png', '/in-frame.png', '/fetched', '/by-worker'].map((path) => [path, told('<p>')]),
    ),
  });
  sites = [await serveSite(pages()), await serveSite(pages())];
  own = sites[0]!.url;
  other = sites[1]!.url.replace('127.0.0.1', 'localhost');
  sources = { browser: await startTestPool(), http: new HttpSessions({ parseHtml, egress: testEgress() }) };
});

beforeEach(() => {
  seen = [];
});

afterAll(async () => {
  await Promise.all([sources.browser.close(), sources.http.close(), ...sites.map((site) => site.close())]);
});

interface Asked {
  options?: object;
  site?: string;
}

async function within(
  source: SessionSource,
  { options: more = {}, site = own }: Asked,
  work: (session: Session) => Promise<unknown>,
): Promise<void> {
  const { options } = aDefinition({ options: { headers: { 'x-plain': 'yes' }, ...more } });
  const ownHeaders = { site: new URL(site), headers: { 'X-Secret': secret } };
  const session = await source.open(options, signal, { ownHeaders });
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

const hostOf = (url: string): string => new URL(url).host;
/** The paths of a host that were asked for with the secret, and without. */
function askedOf(url: string): { with: string[]; without: string[] } {
  const asked = seen.filter(({ host, path }) => host === hostOf(url) && path !== '/favicon.ico');
  const paths = (isGiven: boolean): string[] =>
    asked.filter((each) => (each.secret === secret) === isGiven).map(({ path }) => path);
  return { with: paths(true), without: paths(false) };
}
const whenDone = (session: Session): Promise<true> =>
  until(async () => (await session.ask(() => document.title, null, call)) === 'done');

describe.each(['browser', 'http'] as const)('headers of one site (%s)', (engine) => {
  const on = (asked: Asked, work: (session: Session) => Promise<unknown>) =>
    within(sources[engine], asked, work);

  test('are sent to it, beside the others, and to no other host', async () => {
    await on({}, async (session) => {
      for (const host of [own, other, own]) await session.navigate(`${host}/`, call);
    });
    expect(askedOf(own)).toEqual({ with: ['/', '/'], without: [] });
    expect(askedOf(other)).toEqual({ with: [], without: ['/'] });
    expect(seen.map(({ plain }) => plain)).toEqual(['yes', 'yes', 'yes']);
    expect(seen.at(-1)?.cookie).toBe('seen=1');
  });

  test('do not go along with a redirect to another host, and are there when it leads back', async () => {
    await on({}, (session) => session.navigate(`${own}/to-other`, call));
    expect(askedOf(own)).toEqual({ with: ['/to-other', '/arrived'], without: [] });
    expect(askedOf(other)).toEqual({ with: [], without: ['/to-own'] });
  });

  test('are not sent by http where the site is one of https', async () => {
    await on({ site: own.replace('http:', 'https:') }, (session) => session.navigate(`${own}/`, call));
    expect(askedOf(own)).toEqual({ with: [], without: ['/'] });
  });

  test('are not sent to another port of the host', async () => {
    await on({}, (session) => session.navigate(`${sites[1]!.url}/`, call));
    expect(askedOf(sites[1]!.url)).toEqual({ with: [], without: ['/'] });
  });

  test('are sent where the address holds a user, and not where a user is called like the host', async () => {
    const looksOwn = `/?@${hostOf(own)}/`;
    sites[1]!.replace(looksOwn, told(page('')));
    await on({}, async (session) => {
      await session.navigate(`${own.replace('//', '//a:b@')}/`, call);
      await session.navigate(`http://${hostOf(own).replace(':', '%3A')}@${hostOf(other)}/`, call);
      await session.navigate(`${other}${looksOwn}`, call);
    });
    expect(askedOf(own)).toEqual({ with: ['/'], without: [] });
    expect(askedOf(other)).toEqual({ with: [], without: ['/', looksOwn] });
  });

  test('are sent for what a robot fetches beside its pages', async () => {
    await on({}, async (session) => {
      for (const host of [own, other]) await session.fetchText(`${host}/robots.txt`, signal);
    });
    expect(askedOf(own)).toEqual({ with: ['/robots.txt'], without: [] });
    expect(askedOf(other)).toEqual({ with: [], without: ['/robots.txt'] });
  });
});

describe('headers of one site, in a browser,', () => {
  const on = (asked: Asked, work: (session: Session) => Promise<unknown>) =>
    within(sources.browser, asked, work);
  const everyWay = ['/by-worker', '/fetched', '/frame', '/image.png', '/in-frame.png', '/script.js'];

  test('are sent with all that its page asks of it', async () => {
    await on({}, async (session) => {
      await session.navigate(`${own}/asks-own`, call);
      await whenDone(session);
    });
    expect(askedOf(own).without).toEqual([]);
    expect(askedOf(own).with.sort()).toEqual(
      [...everyWay, '/arrived', '/arrived', '/asks-own', '/to-other', '/to-own', '/worker.js'].sort(),
    );
    expect(askedOf(other)).toEqual({ with: [], without: ['/to-own'] });
  });

  test('are not sent with what its page asks of another', async () => {
    await on({}, async (session) => {
      await session.navigate(`${own}/asks-other`, call);
      await whenDone(session);
    });
    expect(askedOf(other).with).toEqual([]);
    expect(askedOf(other).without.sort()).toEqual([...everyWay, '/to-own'].sort());
    expect(askedOf(own).without).toEqual([]);
  });

  test('are sent with what a page of another asks of it, in frames and workers too', async () => {
    await on({}, async (session) => {
      await session.navigate(`${other}/asks-own`, call);
      await whenDone(session);
    });
    expect(askedOf(own).without).toEqual([]);
    expect(askedOf(own).with.sort()).toEqual([...everyWay, '/arrived', '/arrived'].sort());
    expect(askedOf(other).with).toEqual([]);
  });

  test('are sent by frames that the browser runs in processes of their own', async () => {
    const { browser, close } = await launchForTest(['--site-per-process']);
    try {
      const tab = await browser.newPage();
      await sendOwnHeaders(tab, { site: new URL(own), headers: { 'x-secret': secret } });
      await tab.goto(`${other}/asks-own`);
      await until(() => seen.some(({ path }) => path === '/in-frame.png'));
      await tab.goto(`${own}/asks-other`);
      await until(() => seen.filter(({ path }) => path === '/in-frame.png').length === 2);
    } finally {
      await close();
    }
    expect(askedOf(own).without).toEqual([]);
    expect(askedOf(own).with).toEqual(expect.arrayContaining(['/frame', '/in-frame.png', '/asks-other']));
    expect(askedOf(other).with).toEqual([]);
  });

  test('are not sent to another host by a service worker, which starts as ever', async () => {
    await on({}, async (session) => {
      await session.navigate(`${own}/serves`, call);
      await whenDone(session);
    });
    expect(askedOf(other)).toEqual({ with: [], without: ['/by-worker'] });
  });

  test('leave the body of a form as it is', async () => {
    await on({}, async (session) => {
      await session.navigate(`${own}/form`, call);
      await session.perform(step({ type: 'click', selectors: ['button'] }), signal);
    });
    expect(seen.find(({ path }) => path === '/sent')).toMatchObject({ secret, plain: 'yes', body: 'a=b' });
  });

  test('are sent by tabs that the page opened, once steps have reached them', async () => {
    await on({}, async (session) => {
      await session.navigate(`${own}/opens`, call);
      await session.perform(step({ type: 'click', selectors: ['button'] }), signal);
      await session.perform(step({ type: 'click', selectors: ['a'], target: `${own}/opened` }), signal);
    });
    expect(seen.find(({ path }) => path === '/arrived')).toMatchObject({ secret, plain: 'yes' });
  });

  test('do not let through what is blocked', async () => {
    await on({ options: { block: ['image'] } }, async (session) => {
      await session.navigate(`${own}/asks-own`, call);
      await whenDone(session);
    });
    expect(askedOf(own).without).toEqual([]);
    expect(askedOf(own).with).toEqual(expect.arrayContaining(['/script.js', '/frame', '/fetched']));
    expect(askedOf(own).with).not.toContain('/image.png');
  });

  test('are in no recording, and what was recorded plays with them', async () => {
    const folder = await temporaryFolder('runnel-tape-');
    const heading = () => document.querySelector('h1')?.textContent;
    const visit = async (tape: Tape): Promise<void> => {
      const pool = await startTestPool({ tape, ...(tape.mode === 'replay' && { egress: null }) });
      try {
        await within(pool, { options: { block: ['image'] } }, async (session) => {
          await session.navigate(`${own}/to-other`, call);
          expect(await session.ask(heading, null, call)).toBe('Arrived');
        });
      } finally {
        await pool.close();
      }
    };
    const recording = Tape.record();
    await visit(recording);
    await recording.save(folder);
    expect(askedOf(own)).toEqual({ with: ['/to-other', '/arrived'], without: [] });
    seen = [];
    await visit(await Tape.replay(folder));
    expect(seen).toEqual([]);
  });
});
