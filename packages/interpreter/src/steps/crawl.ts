import { FailureError, type CrawlStep, type RowData, type Session } from '@runnel/contracts';
import { pageLinks, type PageLinks } from '@runnel/extraction';
import { canonicalUrl } from '../pages/canonical-url';
import { inOrder } from '../pages/in-order';
import { linkFilter } from '../pages/link-filter';
import { PageLanes, visitOf, type Visit } from '../pages/page-lanes';
import { readPageRow } from '../pages/read-page-row';
import { pagesOfSitemaps } from '../pages/sitemap';
import { SiteRules } from '../pages/site-rules';
import { within } from '../pages/within';
import type { StepContext } from '../step-context';

interface Place {
  address: string;
  depth: number;
}

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
  let skipped = 0;
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
        if (visit === null) skipped += 1;
        else if (visit.failure === null)
          await give(visit.read, { depth, frontier, step, context, rules, address });
        else if (step.required) throw new FailureError(visit.failure);
        else await context.warn(`${address}: ${visit.failure.message}`);
      },
    );
  } finally {
    await lanes.close();
  }
  if (skipped > 0)
    await context.warn(`robots.txt does not allow ${skipped} of the pages; they were left out`);
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

/** The addresses still to visit, in the order in which they were found. */
class Frontier {
  readonly #known = new Set<string>();
  readonly #waiting: Place[] = [];
  readonly #given = new Set<string>();
  #at = 0;

  constructor(
    private readonly limits: Pick<CrawlStep, 'maxPages' | 'maxDepth'>,
    private readonly isWanted: (address: string) => boolean,
  ) {}

  add(link: string, depth: number): void {
    const address = canonicalUrl(link);
    if (address === null || depth > this.limits.maxDepth || this.#known.has(address)) return;
    this.#known.add(address);
    if (depth === 0 || this.isWanted(address)) this.#waiting.push({ address, depth });
  }

  next(): Place | null {
    if (this.#at >= this.limits.maxPages) return null;
    const place = this.#waiting[this.#at];
    if (!place) return null;
    this.#at += 1;
    return place;
  }

  /** False when the page behind the address was given under another one, or lies outside. */
  landed(address: string, url: string): boolean {
    this.#known.add(url);
    if (this.#given.has(url) || (url !== address && !this.isWanted(url))) return false;
    this.#given.add(url);
    return true;
  }
}
