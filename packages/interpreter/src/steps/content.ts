import { failure, FailureError, type StepOf } from '@runnel/contracts';
import { contentOf, pageHtml } from '@runnel/extraction';
import type { StepContext } from '../step-context';

/** One row with the page's address, its title and a column for each format. */
export async function content(step: StepOf<'content'>, context: StepContext): Promise<void> {
  const { name, formats, scope = null } = step;
  const page = await context.session.ask(pageHtml, { scope }, context.call());
  if (page === null) {
    const message = `Nothing on ${context.session.url()} matches ${JSON.stringify(scope)}`;
    throw new FailureError(failure('SELECTOR_NO_MATCH', message, { selectors: [scope] }));
  }
  const columns = contentOf(page.html, page.baseUrl, formats);
  await context.sink.row(name, { url: context.session.url(), title: page.title, ...columns });
}
