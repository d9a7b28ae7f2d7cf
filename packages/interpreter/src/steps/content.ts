import { setTimeout as sleep } from 'node:timers/promises';
import { failure, FailureError, type StepOf } from '@runnel/contracts';
import { contentOf, pageHtml, type PageHtml } from '@runnel/extraction';
import type { StepContext } from '../step-context';

const pollMs = 100;
/** To read what is larger would hold up all other tasks of the worker for seconds. */
const maxMiB = 2;

/** One row with the page's address, its title and a column for each format. */
export async function content(step: StepOf<'content'>, context: StepContext): Promise<void> {
  const { name, formats, scope = null } = step;
  const page = await htmlWhenThere(scope, context);
  const url = context.session.url();
  if (page === null) {
    const message = `Nothing on ${url} matches ${JSON.stringify(scope)}`;
    throw new FailureError(failure('SELECTOR_NO_MATCH', message, { selectors: [scope], url }));
  }
  if (page.html.length > maxMiB * 1024 * 1024) {
    const message = `The content of ${url} is larger than ${maxMiB} MiB; read a part of it by \`scope\``;
    throw new FailureError(failure('PAGE_TOO_LARGE', message, { url }));
  }
  const columns = contentOf(page.html, page.baseUrl, formats);
  await context.sink.row(name, columns, { url, title: page.title });
}

/** The part of the page that was asked for, as soon as it is there; null when it does not come in time. */
async function htmlWhenThere(scope: string | null, context: StepContext): Promise<PageHtml | null> {
  const until = Date.now() + context.timeoutMs;
  for (;;) {
    const page = await context.session.ask(pageHtml, { scope }, context.call());
    if (page !== null || context.session.engine === 'http' || Date.now() >= until) return page;
    await sleep(pollMs, undefined, { signal: context.signal });
  }
}
