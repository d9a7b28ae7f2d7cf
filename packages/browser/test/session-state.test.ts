import { HttpSessions, type BrowserPool } from '@runnel/browser';
import {
  FailureError,
  type KeptCookie,
  type Question,
  type Session,
  type SessionSource,
  type SessionState,
} from '@runnel/contracts';
import { parseHtml } from '@runnel/extraction';
import { aDefinition, page, serveSite, startTestPool, testEgress, type Site } from '@runnel/testing';

let sources: { browser: BrowserPool; http: HttpSessions };
let site: Site;
let other: Site;

const { options } = aDefinition();
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const { signal: never } = new AbortController();

const textOf: Question<null, string> = (dom) => {
  const [element] = dom.select(dom.document, '#said');
  return element === undefined ? '' : dom.innerHtml(element);
};

/** Says what the cookies and the storage were before any script of the page, and what they are behind it. */
const says = (script: string): string =>
  page(`<p id="said"></p><script>
    const before = JSON.stringify({ ...localStorage });
    ${script}
    document.getElementById('said').textContent = before + ' ' + document.cookie;
  </script>`);

beforeAll(async () => {
  sources = { browser: await startTestPool(), http: new HttpSessions({ parseHtml, egress: testEgress() }) };
  site = await serveSite({
    '/': says(''),
    '/in': (_request, response) => {
      const lines = [
        'hidden=1; HttpOnly; SameSite=Lax',
        'shown=2; Max-Age=1000; Path=/',
        'gone=3; Max-Age=0',
      ];
      response.writeHead(200, { 'set-cookie': lines, 'content-type': 'text/html' });
      response.end(says('localStorage.setItem("token", "t1")'));
    },
    '/more': says('localStorage.setItem("token", "t2"); localStorage.setItem("__proto__", "p")'),
    '/much': says('localStorage.setItem("much", "x".repeat(1100000))'),
    '/cookies': (request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(page(`<p id="said">${request.headers.cookie ?? ''}</p>`));
    },
  });
  other = await serveSite({ '/': says('localStorage.setItem("other", "o")') });
});

afterAll(async () => {
  await Promise.all([sources.browser.close(), sources.http.close(), site.close(), other.close()]);
});

/** What `work` gives on a session that is closed behind it. */
async function within<T>(
  source: SessionSource,
  state: SessionState | null,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await source.open(options, never, { state });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

async function said(session: Session, url: string): Promise<string> {
  await session.navigate(url, call());
  return session.ask(textOf, null, call());
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => (error instanceof FailureError ? error.failure : error),
  );
}

const byName = (cookies: KeptCookie[]) => [...cookies].sort((a, b) => (a.name < b.name ? -1 : 1));
const cookie = (name: string, more: Partial<KeptCookie> = {}): KeptCookie => ({
  ...{ name, value: 'v', domain: '127.0.0.1', path: '/', expires: null },
  ...{ httpOnly: false, secure: false, sameSite: null },
  ...more,
});

describe.each(['browser', 'http'] as const)('the state of a session (%s)', (engine) => {
  test('holds its cookies, and a session that begins with it sends them', async () => {
    const state = await within(sources[engine], null, async (session) => {
      await session.navigate(`${site.url}/in`, call());
      return session.state(never);
    });
    expect(byName(state.cookies)).toEqual([
      cookie('hidden', { value: '1', httpOnly: true, sameSite: 'Lax' }),
      cookie('shown', { value: '2', expires: expect.any(Number) as number }),
    ]);
    expect(state.cookies.find(({ name }) => name === 'shown')?.expires).toBeGreaterThan(
      Date.now() / 1000 + 900,
    );
    const sent = await within(sources[engine], state, (session) => said(session, `${site.url}/cookies`));
    expect(sent.split('; ').sort()).toEqual(['hidden=1', 'shown=2']);
    expect(await within(sources[engine], null, (session) => said(session, `${site.url}/cookies`))).toBe('');
  });

  test('comes back as it was, for one host or for those below as well', async () => {
    const cookies = [
      cookie('all', {
        domain: '.example.com',
        expires: Math.floor(Date.now() / 1000) + 5000,
        sameSite: 'Strict',
      }),
      cookie('deep', { domain: 'example.com', path: '/a/b', value: 'a=b"c' }),
      cookie('safe', { domain: 'www.example.com', secure: true, httpOnly: true, sameSite: 'None' }),
    ];
    const storage = {
      'https://www.example.com': { key: '</script><script>alert(1)', '${x}': '`"\'\\\u2028' },
    };
    const state = await within(sources[engine], { cookies, storage }, (session) => session.state(never));
    expect(byName(state.cookies)).toEqual(cookies);
    expect(state.storage).toEqual(storage);
  });

  test('is refused where it is larger than what is kept', async () => {
    const cookies = Array.from({ length: 300 }, (_, index) =>
      cookie(`c${index}`, { domain: `h${index % 20}.test`, value: 'x'.repeat(4000) }),
    );
    const found = await within(sources[engine], { cookies, storage: {} }, (session) =>
      refusal(session.state(never)),
    );
    expect(found).toMatchObject({ code: 'PAGE_TOO_LARGE' });
  });

  test('takes the time that it is given, and no more', async () => {
    const found = await within(sources[engine], null, (session) =>
      refusal(session.state(AbortSignal.abort(new DOMException('late', 'TimeoutError')))),
    );
    expect(found).toMatchObject({ code: 'STEP_TIMEOUT' });
  });
});

describe('the storage of pages in a browser', () => {
  test('is that of every origin that was visited, and no site is asked for it', async () => {
    const { state, asked } = await within(sources.browser, null, async (session) => {
      await session.navigate(`${site.url}/in`, call());
      await session.navigate(`${other.url}/`, call());
      const before = site.asked.length + other.asked.length;
      return { state: await session.state(never), asked: site.asked.length + other.asked.length - before };
    });
    expect(state.storage).toEqual({ [site.url]: { token: 't1' }, [other.url]: { other: 'o' } });
    expect(asked).toBe(0);
  });

  test('is there before any script of the page, once: what the site changes since stays changed', async () => {
    const state = { cookies: [], storage: { [site.url]: { token: 't0', kept: 'k' } } };
    const before = site.asked.length;
    await within(sources.browser, state, async (session) => {
      expect(site.asked).toHaveLength(before);
      expect(await said(session, `${site.url}/more`)).toContain('"token":"t0"');
      expect(await said(session, site.url)).toContain('"token":"t2"');
      const after = await session.state(never);
      expect(Object.entries(after.storage[site.url] ?? {}).sort()).toEqual([
        ['__proto__', 'p'],
        ['kept', 'k'],
        ['token', 't2'],
      ]);
    });
  });

  test('is refused where a page stored more than is kept', async () => {
    const found = await within(sources.browser, null, async (session) => {
      await session.navigate(`${site.url}/much`, call());
      return refusal(session.state(never));
    });
    expect(found).toMatchObject({
      code: 'PAGE_TOO_LARGE',
      message: 'Its cookies and storage take more than 1 MiB',
    });
  });

  test('a cookie or an origin that no browser takes is left out, and told', async () => {
    const cookies = [cookie('bad', { value: 'a;\n' }), cookie('good')];
    const state = { cookies, storage: { 'javascript:alert(1)': { a: 'b' } } };
    await within(sources.browser, state, async (session) => {
      expect(session.takeWarnings()).toEqual(['the browser did not take 1 of the stored cookies']);
      expect((await session.state(never)).cookies).toEqual([cookie('good')]);
    });
  });
});

test('the http engine gives on the storage that it began with: none of its pages changes it', async () => {
  const state = { cookies: [], storage: { 'https://example.com': { token: 't' } } };
  const after = await within(sources.http, state, async (session) => {
    await session.navigate(`${site.url}/in`, call());
    return session.state(never);
  });
  expect(after.storage).toEqual(state.storage);
});
