import { FailureError, type CrawlStep, type RowData, type Session } from '@runnel/contracts';
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
  row: RowData;
}

/** Reads the pages that links lead to, breadth first from the one that is open, each address once. */
export async function crawl(step: CrawlStep, context: StepContext): Promise<void> {
  const { session } = context;
  const start = canonicalUrl(session.url());
  if (start === null) return;
  const rules = new SiteRules(context);
  const frontier = new Frontier(step, linkFilter(new URL(start).origin, step));
  frontier.add(start, 0);
  if (step.sitemap) for (const address of await sitemapPages(start, rules, context)) frontier.add(address, 1);
  const lanes = new PageLanes(context);
  const leftOut = new LeftOut();
  try {
    await inOrder<Place, Visit<CrawledPage> | null>(
      { next: () => frontier.next(), width: step.concurrency },
      async ({ address }, lane, signal) => {
        const inner = within(context, signal);
        if (address === start) return visitOf(() => readOpenPage(step, session, inner));
        if (!(await rules.allow(address))) return null;
        return lanes.visit(lane, async (page) => {
          await rules.takeTurn(address);
          await page.navigate(address, { signal: inner.callSignal() });
          return readOpenPage(step, page, inner);
        });
      },
      async ({ address, depth }, visit) => {
        if (visit === null) leftOut.add('disallowed', address);
        else if (visit.failure === null)
          await give(visit.read, { depth, frontier, step, context, rules, address });
        else if (visit.failure.code === 'URL_INVALID') leftOut.add('no page', address);
        else if (step.required) throw new FailureError(visit.failure);
        else await context.warn(`${address}: ${visit.failure.message}`);
      },
    );
  } finally {
    await lanes.close();
  }
  for (const warning of leftOut.warnings()) await context.warn(warning);
}

interface Giving {
  address: string;
  depth: number;
  frontier: Frontier;
  step: CrawlStep;
  context: StepContext;
  rules: SiteRules;
}

/** The page's row, unless another address led to the same page before; its links join the frontier. */
async function give({ url, links, row }: CrawledPage, giving: Giving): Promise<void> {
  const { address, depth, frontier, step, context, rules } = giving;
  if (!frontier.landed(address, url)) return;
  const own = { url, title: links.title, depth };
  await context.sink.rows(step.name, [{ ...own, ...row, ...own }]);
  if (rules.areObeyed && /nofollow|none/.test(links.robots ?? '')) return;
  for (const { url: link, rel } of links.links) {
    if (!rules.areObeyed || !/\bnofollow\b/.test(rel)) frontier.add(link, depth + 1);
  }
}

async function readOpenPage(step: CrawlStep, page: Session, context: StepContext): Promise<CrawledPage> {
  const row = await readPageRow(step.steps, page, context);
  const links = await page.ask(pageLinks, null, { signal: context.callSignal() });
  return { url: canonicalUrl(page.url()) ?? page.url(), links, row };
}

async function sitemapPages(start: string, rules: SiteRules, context: StepContext): Promise<string[]> {
  const own = new URL('/sitemap.xml', start).href;
  const named = (await rules.sitemaps(start)).filter((address) => URL.canParse(address, start));
  return pagesOfSitemaps([...named.map((address) => new URL(address, start).href), own], context);
}
