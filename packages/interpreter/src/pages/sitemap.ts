import { sitemapLinks } from '@runnel/extraction';
import type { StepContext } from '../step-context';

const maxSitemaps = 50;

/** The pages that sitemaps name, nested ones read as well; one that is not there names none. */
export async function pagesOfSitemaps(sitemaps: string[], context: StepContext): Promise<string[]> {
  const waiting = [...new Set(sitemaps)];
  const pages: string[] = [];
  for (let read = 0; waiting.length > 0 && read < maxSitemaps; read += 1) {
    const address = waiting.shift() ?? '';
    const { status, text } = await context.session
      .fetchText(address, context.callSignal())
      .catch(() => ({ status: 0, text: '' }));
    context.signal.throwIfAborted();
    if (status !== 200) continue;
    const found = sitemapLinks(text);
    for (const page of found.pages) pages.push(page);
    for (const sitemap of found.sitemaps) waiting.push(sitemap);
  }
  return pages;
}
