import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { findBrowser } from '@runnel/browser';
import { parseDefinition, type Definition } from '@runnel/contracts';
import { serveShop } from '@runnel/shop';
import puppeteer, { type Browser } from 'puppeteer';
import { startApp } from '../app-process';
import { temporaryFolder } from '../temporary-folder';
import { TestClient } from '../test-client';
import { openBenchLedger } from './bench-ledger';
import { benchEgress } from './egress';
import { report, say, type Round } from './report';

const rounds = 5;
const pagesInARound = 60;
const concurrency = availableParallelism() * 2;
const key = 'rk_the-key-of-the-benchmark';
const switches = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The same pages through the whole service, from POST to rows committed, and through a bare Puppeteer loop; then
 * with and without the egress gate.
 */
export async function benchRuns(): Promise<void> {
  const { PATH: searchPath = '', PUPPETEER_EXECUTABLE_PATH: executablePath = null } = process.env;
  const program = await findBrowser({ executablePath, searchPath });
  const temporary = await temporaryFolder('runnel-bench-browser-');
  const ledger = await openBenchLedger();
  const environment = {
    DATABASE_URL: ledger.databaseUrl,
    REDIS_URL: ledger.redisUrl,
    RUNNEL_API_KEY: key,
    LOG_LEVEL: 'warn',
    WORKER_CONCURRENCY: String(concurrency),
    TMPDIR: temporary,
    PUPPETEER_EXECUTABLE_PATH: executablePath,
  };
  const shop = await serveShop({ products: 200, perPage: 20 });
  const apps = await Promise.all(
    (['api', 'scheduler', 'worker'] as const).map((app) => startApp(app, environment)),
  );
  const client = new TestClient(`http://127.0.0.1:${apps[0]?.port ?? 0}`, key);
  const robotId = await aListingRobot(client);
  const browser = await bareBrowser(program, { searchPath, temporary });
  say(
    `runs: ${pagesInARound} pages a round, ${concurrency} at a time, queue on ${ledger.redisUrl ? 'Redis' : 'Postgres'}`,
  );
  const urls = Array.from({ length: pagesInARound }, (_, index) => `${shop.url}?page=${(index % 10) + 1}`);
  await throughService(client, robotId, urls);
  await throughLoop(browser, urls);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const ours = await pagesPerSecond(() => throughService(client, robotId, urls));
    const theirs = await pagesPerSecond(() => throughLoop(browser, urls));
    measured.push({ ours, theirs });
  }
  report(
    'The whole service beside a bare Puppeteer loop with a fresh context for each page',
    'pages/s',
    measured,
  );
  await browser.close();
  await Promise.all(apps.map((app) => app.kill('SIGTERM')));
  await ledger.close();
  await benchEgress({ robots: urls.map(robotFor), concurrency });
  await shop.close();
  await rm(temporary, { recursive: true, force: true });
}

function bareBrowser(
  { path, isHeadlessShell, environment }: Awaited<ReturnType<typeof findBrowser>>,
  { searchPath, temporary }: { searchPath: string; temporary: string },
): Promise<Browser> {
  return puppeteer.launch({
    executablePath: path,
    headless: isHeadlessShell ? 'shell' : true,
    pipe: true,
    args: switches,
    env: { PATH: searchPath, HOME: temporary, TMPDIR: temporary, ...environment },
  });
}

async function aListingRobot(client: TestClient): Promise<string> {
  const { body } = await client.post<{ robot: { id: string } }>('/api/robots', {
    name: 'Listing',
    definition: documentFor('{{originUrl}}'),
  });
  return body.robot.id;
}

function robotFor(url: string): Definition {
  const { definition } = parseDefinition(documentFor(url));
  if (!definition) throw new Error('the benchmark has no valid robot');
  return definition;
}

function documentFor(url: string): object {
  const steps = [
    { type: 'navigate', url },
    {
      type: 'extractList',
      item: 'article.product',
      fields: {
        name: 'h2',
        price: { selector: '.price', type: 'number' },
        url: { selector: 'h2 a', attribute: 'href' },
      },
    },
  ];
  return { engine: 'browser', steps };
}

async function pagesPerSecond(work: () => Promise<number>): Promise<number> {
  const startedAt = performance.now();
  const rows = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  if (rows !== pagesInARound * 20) throw new Error(`${rows} rows of ${pagesInARound * 20}`);
  return pagesInARound / seconds;
}

async function throughService(client: TestClient, robotId: string, urls: string[]): Promise<number> {
  const counts = urls.map(async (originUrl) => {
    const { body } = await client.post<{ run: { data: unknown[] } }>(`/api/robots/${robotId}/runs?wait=120`, {
      originUrl,
    });
    return body.run.data.length;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

async function throughLoop(browser: Browser, urls: string[]): Promise<number> {
  const left = [...urls];
  let rows = 0;
  const loop = async (): Promise<void> => {
    for (let url = left.shift(); url !== undefined; url = left.shift()) {
      const count = await readPage(browser, url);
      rows += count;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return rows;
}

async function readPage(browser: Browser, url: string): Promise<number> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  const read = await page.$$eval('article.product', (items) =>
    items.map((item) => ({
      name: item.querySelector('h2')?.textContent,
      price: Number(item.querySelector('.price')?.textContent.replace('£', '')),
      url: item.querySelector<HTMLAnchorElement>('h2 a')?.href,
    })),
  );
  await context.close();
  return read.length;
}
