import { setTimeout as sleep } from 'node:timers/promises';
import { constants, deflateRawSync } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import {
  parseDefinition,
  type Failure,
  FailureError,
  type RecorderStep,
  type Session,
} from '@runnel/contracts';
import { parseHtml } from '@runnel/extraction';
import {
  aDocument,
  openTestSession,
  page,
  serveSite,
  startTestPool,
  type Page,
  type Site,
  testEgress,
} from '@runnel/testing';
import type { CDPSession } from 'puppeteer';
import type { BrowserPool } from '../src';
import { HttpSessions } from '../src';

const MiB = 1024 ** 2;
const options = parseDefinition(aDocument()).definition!.options;
const over = new AbortController().signal;
/** Far less than a hang would take. */
const soonMs = 5_000;

/** A gigabyte of zeros in a megabyte of gzip: the same compressed block again and again. */
function gzipBomb(): Buffer {
  const block = deflateRawSync(Buffer.alloc(MiB), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([Buffer.from('1f8b0800000000000003', 'hex'), ...Array<Buffer>(1024).fill(block)]);
}

/** Sends `chunk` again and again, as fast as it is taken, or once in `everyMs`. */
const endless =
  (contentType: string, chunk: Buffer, { everyMs = 0, chunks = Infinity } = {}): Page =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': contentType });
    let left = chunks;
    const send = (): void => {
      if (response.destroyed) return;
      if ((left -= 1) < 0) return void response.end();
      response.write(chunk, () => void (everyMs > 0 ? setTimeout(send, everyMs) : setImmediate(send)));
    };
    send();
  };

const does = (script: string): string => page(`<h1>there</h1><script>${script}</script>`);
const bomb = gzipBomb();
const paragraphs = Buffer.from('<p>more of the same</p>'.repeat(MiB / 23));

const pages: Record<string, Page> = {
  '/': page('<h1>there</h1>'),
  '/bomb': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
    response.end(bomb);
  },
  '/200-mb': endless('text/html', paragraphs, { chunks: 200 }),
  '/endless': endless('text/html', Buffer.from(`<!--${'x'.repeat(65_000)}-->`)),
  '/drip': endless('text/html', Buffer.from('<p>'), { everyMs: 1_000 }),
  '/endless.js': endless('text/javascript', Buffer.from('// nothing\n'.repeat(6_000))),
  '/endless-script': page('<h1>there</h1><script src="/endless.js"></script>'),
  '/endless-fetch': does('fetch("/endless").then(({ body }) => body.pipeTo(new WritableStream()))'),
  '/megabytes': endless('text/plain', Buffer.alloc(MiB, 'x'), { chunks: 10 }),
  '/many-files': does('setInterval(() => fetch("/megabytes").then((answer) => answer.text()), 20)'),
  '/memory-timer': does('const a = []; setInterval(() => a.push(new Array(1e6).fill(Math.random())), 1)'),
  '/memory-loop': does('const a = []; for (;;) a.push(new Array(1e6).fill(Math.random()))'),
  '/memory-buffers': does('const a = []; setInterval(() => a.push(new Uint8Array(1.6e7).fill(1)), 1)'),
  '/memory-worker': does(
    'new Worker(URL.createObjectURL(new Blob(["const a=[];for(;;)a.push(new Array(1e6).fill(Math.random()))"])))',
  ),
  '/console': does('setInterval(() => { for (let i = 0; i < 5000; i++) console.log(i) }, 0)'),
  '/console-megabytes': does('setInterval(() => console.log("x".repeat(1e7)), 0)'),
  '/addresses': does(
    'let i = 0; setInterval(() => { for (;i++ % 200;) history.replaceState(0, "", "#" + i) }, 0)',
  ),
  '/long': does('document.querySelector("h1").title = "\\u0001".repeat(12e6)'),
  '/litter': page(
    `${'<li><a href="/x">item</a><p>words and words</p></li>'.repeat(5000)}
    <script>window.much = Array.from({ length: 2e5 }, (_, i) => ({ i, text: 'x' + i }))</script>`,
  ),
  '/loop': does('while (true);'),
  '/loop-on-click': page('<h1>there</h1><button onclick="while (true);">Stop</button>'),
  '/alerts': does('for (;;) alert(1)'),
};

let site: Site;
let pool: BrowserPool;
let session: Session;

const heading = (): string | null => document.querySelector('h1')?.textContent ?? null;
const longTitle = (): string => document.querySelector('h1')!.title;
const step = (more: object) => ({ optional: false, target: 'main', ...more }) as RecorderStep;
const failsWith = (code: string, message: RegExp) => ({
  code,
  message: expect.stringMatching(message) as string,
});

beforeAll(async () => {
  site = await serveSite(pages);
  const pageLimits = { memoryBytes: 400 * MiB, fileBytes: 100 * MiB, loadedBytes: 200 * MiB };
  const limits = { uses: 1000, ageMs: 600_000, memoryBytes: Infinity };
  pool = await startTestPool({ pageLimits, limits });
});
beforeEach(async () => {
  session = await openTestSession(pool);
});
afterEach(async () => {
  const began = performance.now();
  await session.close();
  expect(performance.now() - began).toBeLessThan(soonMs);
});
afterAll(async () => {
  await Promise.all([pool.close(), site.close()]);
});

const goes = (path: string, ms: number) =>
  session.navigate(`${site.url}${path}`, { signal: AbortSignal.timeout(ms) });

async function failureOf(work: Promise<unknown>): Promise<Failure | null> {
  return work.then(
    () => null,
    (error: unknown) => {
      if (error instanceof FailureError) return error.failure;
      throw error;
    },
  );
}

/** Opens a page and asks it, until that fails or the time is over. */
async function stays(path: string, ms: number): Promise<void> {
  await goes(path, ms);
  const signal = AbortSignal.timeout(ms);
  while (!signal.aborted) {
    await session.ask(heading, null, { signal });
    await sleep(50);
  }
}

/** How `work` fails, and its session ends for good, while a neighbour in the same browser reads a page again and again; how often that went well. */
async function besideNeighbour(
  work: () => Promise<unknown>,
): Promise<{ failure: Failure | null; read: number }> {
  const neighbour = await openTestSession(pool);
  const failing = failureOf(work()).then(async (failure) => {
    if (failure && !failure.retryable) await session.close();
    return failure;
  });
  const done = failing.then(() => true);
  let read = 0;
  do {
    const signal = AbortSignal.timeout(40_000);
    await neighbour.navigate(site.url, { signal });
    if ((await neighbour.ask(heading, null, { signal })) === 'there') read += 1;
  } while (!(await Promise.race([done, sleep(100).then(() => false)])));
  await neighbour.close();
  return { failure: await failing, read };
}

async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return children.split(' ').flatMap((child) => (child === '' ? [] : [Number(child)]));
}

/** The processes that show pages of this process's browsers. */
async function pageProcesses(pid = process.pid): Promise<number[]> {
  const below = await Promise.all((await childrenOf(pid)).map(pageProcesses));
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return [...(command.includes('--type=renderer') ? [pid] : []), ...below.flat()];
}

describe('a page that takes more than it may fails for good, and its neighbours do not notice', () => {
  test.each([
    ['/bomb', /\/bomb is larger than 64 MiB$/],
    ['/endless', /\/endless is larger than 64 MiB$/],
    ['/200-mb', /takes more memory than a page may: \d+ MiB; the limit is 400 MiB$|is larger than 64 MiB$/],
    ['/endless-script', /loads a file of more than 100 MiB$|takes more memory/],
    ['/endless-fetch', /loads a file of more than 100 MiB$/],
    ['/many-files', /loads more than 200 MiB$/],
    ['/memory-timer', /takes more memory/],
    ['/memory-loop', /takes more memory/],
    ['/memory-buffers', /takes more memory/],
    ['/memory-worker', /takes more memory/],
    ['/console', /in a second/],
    ['/console-megabytes', /in a second|takes more memory/],
  ])('%s', async (path, message) => {
    const { failure, read } = await besideNeighbour(() => stays(path, 20_000));
    expect(failure).toMatchObject({ ...failsWith('PAGE_TOO_LARGE', message), retryable: false });
    expect(read).toBeGreaterThan(0);
  });

  test('an answer of more than 64 MiB is refused', async () => {
    await goes('/long', 10_000);
    const { failure } = await besideNeighbour(() => session.ask(longTitle, null, { signal: over }));
    expect(failure).toMatchObject(failsWith('PAGE_TOO_LARGE', /longer than 64 MiB/));
  });
});

test('what pages leave in memory is cleared, and is not held against the next', async () => {
  const roomy = await startTestPool({ pageLimits: { memoryBytes: 800 * MiB } });
  const crawler = await openTestSession(roomy);
  for (let count = 0; count < 9; count += 1) {
    await crawler.navigate(`${site.url}/litter`, { signal: AbortSignal.timeout(20_000) });
  }
  await crawler.close();
  await roomy.close();
});

describe('a page that hangs ends with the time of its step, and its neighbours do not notice', () => {
  test.each(['/loop', '/alerts', '/drip'])('%s', async (path) => {
    const began = performance.now();
    const { failure, read } = await besideNeighbour(() => goes(path, 1_000));
    // Many dialogs a second are more than can be heard.
    expect(['NAVIGATION_TIMEOUT', 'PAGE_TOO_LARGE']).toContain(failure?.code);
    expect(read).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(1_000 + soonMs);
  });

  test('a step that hangs the page says so, and so do those after it', async () => {
    await goes('/loop-on-click', 10_000);
    const hung = failsWith('STEP_TIMEOUT', /loop-on-click did not answer the robot in time$/);
    const steps = [
      step({ type: 'click', selectors: ['button'] }),
      step({ type: 'waitForElement', selectors: ['h2'], operator: '>=', count: 1, visible: true }),
      step({ type: 'waitForExpression', expression: 'true' }),
    ];
    for (const each of steps) {
      const failure = await failureOf(session.perform(each, AbortSignal.timeout(500)));
      expect(failure).toMatchObject({ ...hung, retryable: true });
    }
  });

  test('an address that changes without end does not hold up others', async () => {
    await goes('/addresses', 10_000);
    const { read } = await besideNeighbour(() => sleep(1_500));
    expect(read).toBeGreaterThan(5);
  });
});

/** As a fault of the browser would. */
async function crash(of: Session): Promise<void> {
  const { page } = (of as unknown as { main: { page: { createCDPSession(): Promise<CDPSession> } } }).main;
  const client = await page.createCDPSession();
  // The page is gone before it answers.
  client.send('Page.crash').catch(() => null);
}

describe('a crash', () => {
  test('of a page ends what waits for it, and its neighbours live on', async () => {
    await goes('/', 10_000);
    const never = (): Promise<never> => new Promise(() => null);
    const waiting = failureOf(session.ask(never, null, { signal: over }));
    const { read } = await besideNeighbour(async () => {
      await crash(session);
      await waiting;
    });
    expect(await waiting).toMatchObject({
      ...failsWith('BROWSER_CRASHED', /The page crashed/),
      retryable: true,
    });
    expect(read).toBeGreaterThan(0);
  });

  test('by the system, which ends what takes its memory, is told as such', async () => {
    await goes('/', 10_000);
    const never = (): Promise<never> => new Promise(() => null);
    const waiting = failureOf(session.ask(never, null, { signal: over }));
    for (const pid of await pageProcesses()) process.kill(pid, 'SIGKILL');
    const killed = failsWith('BROWSER_CRASHED', /The page was killed, as systems do that run out of memory/);
    expect(await waiting).toMatchObject({ ...killed, retryable: true });
  });
});

test('a browser that dies while a session is opened is told as such', async () => {
  const dying = await startTestPool();
  const [youngest] = (await childrenOf(process.pid)).slice(-1);
  const opening = failureOf(openTestSession(dying));
  process.kill(youngest!, 'SIGKILL');
  const failure = await opening;
  expect(failure).toMatchObject({ code: 'BROWSER_CRASHED', retryable: true });
  await dying.close();
});

describe('without a browser', () => {
  let sessions: HttpSessions;

  beforeAll(() => {
    sessions = new HttpSessions({ parseHtml, egress: testEgress() });
  });
  beforeEach(async () => {
    session = await sessions.open(options, over);
  });
  afterAll(() => sessions.close());

  test.each(['/bomb', '/endless', '/200-mb'])('%s ends at its limit', async (path) => {
    expect(await failureOf(goes(path, 20_000))).toMatchObject(
      failsWith('PAGE_TOO_LARGE', /larger than 10 MiB$/),
    );
    await goes('/', 10_000);
    expect(session.status()).toBe(200);
  });

  test('/drip ends with its time', async () => {
    expect(await failureOf(goes('/drip', 500))).toMatchObject({ code: 'NAVIGATION_TIMEOUT' });
  });

  test('of a text beside the pages the first 10 MiB are taken', async () => {
    const { text } = await session.fetchText(`${site.url}/endless`, AbortSignal.timeout(20_000));
    expect(text).toHaveLength(10 * MiB);
  });
});
