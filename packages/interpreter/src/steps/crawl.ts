import { FailureError, type CrawlStep, type RowData, type Session, isUrl } from '@runnel/contracts';
import { pageLinks, type PageLinks } from '@runnel/extraction';
import { canonicalUrl } from '../pages/canonical-url';
import { Frontier, type Place } from '../pages/frontier';
import { inOrder } from '../pages/in-order';
import { LeftOut } from '../pages/left-out';
import { linkFilter } from '../pages/link-filter';
import { PageLanes, visitOf, type Visit } from '../pages/page-lanes';
import { readPageRow } from '../pages/read-page-row';
import { pagesOfSitemaps } from '../pages/sitemap';
import { SiteRules } from '../pages/site-rules';
import { within } from '../pages/within';
import type { StepContext } from '../step-context';

interface CrawledPage {
  /** Where the address led to. */
  url: string;
  links: PageLinks;
  row: Visit<RowData>;
}

/** What became of an address: its page, or why there is none. */
type Crawled = Visit<CrawledPage> | 'disallowed' | 'unknown';

interface Crawling {
  step: CrawlStep;
  context: StepContext;
  rules: SiteRules;
  frontier: Frontier;
  leftOut: LeftOut;
}

/** Reads the pages that links lead to, breadth first from the one that is open, each address once. */
export async function crawl(step: CrawlStep, context: StepContext): Promise<void> {
  const { session } = context;
  const start = canonicalUrl(session.url());
  if (start === null) return;
  const rules = new SiteRules(context);
  const frontier = new Frontier(step, linkFilter(new URL(start).origin, step));
  const crawling: Crawling = { step, context, rules, frontier, leftOut: new LeftOut() };
  frontier.add(start, 0);
  if (step.sitemap) for (const address of await sitemapPages(start, rules, context)) frontier.add(address, 1);
  const lanes = new PageLanes(context, step.required && !step.optional);
  try {
    await inOrder<Place, Crawled>(
      { next: () => frontier.next(), width: step.concurrency },
      async ({ address }, lane, signal) => {
        const inner = within(context, signal);
        if (address === start) return visitOf(() => readOpenPage(step, session, inner));
        const judged = await rules.judge(address);
        if (judged !== 'allowed') return judged;
        return lanes.visit(lane, address, async (page) => {
          await rules.takeTurn(address, inner.signal);
          await page.navigate(address, { signal: inner.callSignal() });
          return readOpenPage(step, page, inner);
        });
      },
      (place, crawled) => handOver(place, crawled, crawling),
    );
  } finally {
    await lanes.close();
  }
  for (const warning of [...crawling.leftOut.warnings(), ...frontier.warnings()]) await context.warn(warning);
}

async function handOver(place: Place, crawled: Crawled, crawling: Crawling): Promise<void> {
  const { step, context, frontier, leftOut } = crawling;
  const { address } = place;
  if (typeof crawled === 'string') {
    frontier.passOver();
    leftOut.add(crawled, address);
  } else if (crawled.failure === null) {
    await give(place, crawled.read, crawling);
  } else if (crawled.failure.code === 'URL_INVALID') {
    frontier.passOver();
    leftOut.add('no page', address);
  } else {
    if (step.required) throw new FailureError(crawled.failure);
    await context.warn(`${address}: ${crawled.failure.message}`);
  }
}

/** The page's row, unless another address led to the same page before; its links join the frontier. */
async function give(
  { address, depth }: Place,
  { url, links, row }: CrawledPage,
  crawling: Crawling,
): Promise<void> {
  const { frontier, step, context, rules } = crawling;
  if (!frontier.landed(address, url)) return;
  const own = { url, title: links.title, depth };
  if (row.failure === null) await context.sink.rows(step.name, [{ ...own, ...row.read, ...own }]);
  else await context.warn(`${address}: ${row.failure.message}`);
  const directives = (links.robots ?? '').split(',').map((each) => each.trim());
  if (rules.areObeyed && directives.some((each) => each === 'nofollow' || each === 'none')) return;
  for (const { url: link, rel } of links.links) {
    if (!rules.areObeyed || !/\bnofollow\b/.test(rel)) frontier.add(link, depth + 1);
  }
}

/** What the steps read, and where the page leads: also where they read nothing and need not. */
async function readOpenPage(step: CrawlStep, page: Session, context: StepContext): Promise<CrawledPage> {
  const row = await visitOf(() => readPageRow(step.steps, page, context));
  if (row.failure !== null && (step.required || row.failure.retryable)) throw new FailureError(row.failure);
  const links = await page.ask(pageLinks, null, { signal: context.callSignal() });
  return { url: canonicalUrl(page.url()) ?? page.url(), links, row };
}

async function sitemapPages(start: string, rules: SiteRules, context: StepContext): Promise<string[]> {
  const own = new URL('/sitemap.xml', start).href;
  const named = (await rules.sitemaps(start)).filter((address) => isUrl(address, start));
  return pagesOfSitemaps([...named.map((address) => new URL(address, start).href), own], context);
}
