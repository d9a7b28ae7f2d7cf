import type { RecorderStep, Session } from '@runnel/contracts';
import { AllowedHosts, Egress } from '@runnel/egress';
import {
  hangs,
  openTestSession,
  page,
  serveSite,
  startTestPool,
  type Page,
  type Site,
} from '@runnel/testing';
import type { BrowserPool } from '../src';

/** All that Chromium opens to one proxy, and some that wait. */
const images = 36;
const trackers = 6;
const soon = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(15_000) });
const lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }]);
const heading = () => document.querySelector('h1')?.textContent ?? null;

let site: Site;
let pool: BrowserPool;
let session: Session;

/** Images of hosts that never answer. */
const dead = (): string =>
  Array.from({ length: images }, (_, index) => {
    const host = `tracker${index % trackers}.test:${new URL(site.url).port}`;
    return `<img src="http://${host}/dead/${index}">`;
  }).join('');

/** Sends its own script when its images hang already. */
const late: Page = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.write(`<!doctype html><h1>Late</h1>${dead()}`);
  setTimeout(() => response.end('<script src="/own.js"></script><p>end</p>'), 1_000);
};

beforeAll(async () => {
  const deadOnes = Object.fromEntries(
    Array.from({ length: images }, (_, index): [string, Page] => [`/dead/${index}`, hangs]),
  );
  site = await serveSite({
    ...deadOnes,
    '/': page('<h1>Home</h1>'),
    '/late': late,
    '/own.js': (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/javascript' }).end('document.title = "ran"'),
  });
  site.replace('/crowded', page(`<h1>Crowded</h1><a href="/">Home</a>${dead()}`));
  const egress = new Egress({ allow: AllowedHosts.parse('*.test'), lookup });
  pool = await startTestPool({ egress });
});
beforeEach(async () => {
  session = await openTestSession(pool);
});
afterEach(() => session.close());
afterAll(async () => {
  await pool.close();
  await site.close();
});

const goes = (path: string, by = session): Promise<void> =>
  by.navigate(new URL(path, site.url).href.replace('127.0.0.1', 'main.test'), soon());

describe('a page whose images never answer, more of them than there are connections', () => {
  test('is left for the next page at once', async () => {
    await goes('/crowded');
    const began = performance.now();
    await goes('/');
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(await session.ask(heading, null, soon())).toBe('Home');
  });

  test('leaves the other tabs of its session a connection', async () => {
    await goes('/crowded');
    const tab = await session.openPage(soon().signal);
    await goes('/', tab);
    expect(await tab.ask(heading, null, soon())).toBe('Home');
    expect(await session.ask(heading, null, soon())).toBe('Crowded');
    await tab.close();
  });

  test('is left by a click', async () => {
    await goes('/crowded');
    const click = { type: 'click', selectors: ['a'], optional: false, target: 'main' } as RecorderStep;
    await session.perform(click, soon().signal);
    expect(await session.ask(heading, null, soon())).toBe('Home');
  });

  test('is read to its end without them when its own script waits for them', async () => {
    await goes('/late');
    expect(await session.ask(() => document.title, null, soon())).toBe('ran');
    // Where Chromium asked for the script before the last of the images, nothing had to be left out.
    for (const warning of session.takeWarnings()) expect(warning).toMatch(/^left out .*tracker0\.test:/);
  });
});
