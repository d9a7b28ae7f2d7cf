import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { HttpSessions } from '@runnel/browser';
import { parseDefinition, type Definition, type SessionSource } from '@runnel/contracts';
import { parseHtml } from '@runnel/extraction';
import { runDefinition } from '@runnel/interpreter';
import { load } from 'cheerio';
import { CollectedOutput } from '../collected-output';
import { testEgress } from '../test-egress';
import { startTestPool } from '../test-session';
import { report, say, type Round } from './report';

const rounds = 5;
const pages = { fast: 1_500, slow: 60 };
const concurrency = 4;
const itemsOfPage = 24;

/** The same page by the http engine, by the browser engine and by a bare loop of fetch and cheerio, in turn. */
export async function benchEngines(): Promise<void> {
  const site = fork(join(__dirname, 'page-server.js'));
  const [{ port }] = (await once(site, 'message')) as [{ port: number }];
  const url = `http://127.0.0.1:${port}/`;
  const definition = aRobot(url);
  const http = new HttpSessions({ parseHtml, egress: testEgress() });
  const browser = await startTestPool();
  const byHttp = () => runPages(http, definition);
  const byBrowser = () => runPages(browser, definition);
  const bare = () => fetchAndParse(url);
  say(`engines: a session and a robot for each page of ${itemsOfPage} items, ${concurrency} at a time`);
  const besideBare: Round[] = [];
  const besideBrowser: Round[] = [];
  await pagesPerSecond(pages.fast, byHttp);
  await pagesPerSecond(pages.fast, bare);
  for (let round = 0; round < rounds; round += 1) {
    const ours = await pagesPerSecond(pages.fast, byHttp);
    besideBare.push({ ours, theirs: await pagesPerSecond(pages.fast, bare) });
    besideBrowser.push({ ours, theirs: await pagesPerSecond(pages.slow, byBrowser) });
  }
  report('The http engine beside a bare loop of fetch and cheerio', 'pages/s', besideBare);
  report('The http engine beside the browser engine', 'pages/s', besideBrowser);
  await Promise.all([http.close(), browser.close()]);
  site.disconnect();
}

function aRobot(url: string): Definition {
  const fields = {
    name: 'h2',
    price: { selector: '.price', type: 'number' },
    url: { selector: 'h2 a', attribute: 'href' },
  };
  const steps = [
    { type: 'navigate', url },
    { type: 'extractList', item: 'article.product', fields },
  ];
  const { definition } = parseDefinition({ steps });
  if (!definition) throw new Error('the benchmark has no valid robot');
  return definition;
}

async function pagesPerSecond(count: number, onePage: () => Promise<number>): Promise<number> {
  let left = count;
  const began = performance.now();
  const loop = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const rows = await onePage();
      if (rows !== itemsOfPage) throw new Error(`${rows} rows of ${itemsOfPage}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return (count / (performance.now() - began)) * 1000;
}

async function runPages(source: SessionSource, definition: Definition): Promise<number> {
  const { signal } = new AbortController();
  const session = await source.open(definition.options, signal);
  const output = new CollectedOutput();
  await runDefinition(definition, {}, { session, output, signal });
  await session.close();
  return output.lists['rows']?.length ?? 0;
}

async function fetchAndParse(url: string): Promise<number> {
  const response = await fetch(url);
  const $ = load(await response.text());
  const rows = $('article.product').map((_, item) => ({
    name: $(item).find('h2').text().trim(),
    price: Number($(item).find('.price').text().replace('£', '')),
    url: new URL($(item).find('h2 a').attr('href') ?? '', url).href,
  }));
  return rows.get().length;
}
