import { failure, FailureError, type PaginateBy } from '@runnel/contracts';
import { findNext } from '@runnel/extraction';
import type { StepContext } from '../step-context';
import { clickOn } from './click-on';
import { whenListTurns, type List, type NextPage } from './list';
import { pageAddress } from './page-address';

/** Follows the address of a control, or clicks it when it has none. */
export async function next(
  { selector }: PaginateBy<'next'>,
  list: List,
  context: StepContext,
): Promise<NextPage | null> {
  const { session } = context;
  const call = context.call();
  const control = await session.ask(findNext, selector, call);
  if (control === null) return null;
  const { href } = control;
  // A page in a frame has its frame turn over.
  const isElsewhere = href !== null && pageAddress(href) !== pageAddress(session.url());
  if (isElsewhere && call.frame === undefined) return openUnseen(href, list, context);
  if (session.engine === 'http') return withoutClick(href, selector, session.url());
  return whenListTurns(() => clickOn(selector, context), list, context);
}

async function openUnseen(href: string, { visited }: List, context: StepContext): Promise<NextPage | null> {
  const { session, trail } = context;
  if (visited.has(pageAddress(href))) return null;
  trail.asked = href;
  await session.navigate(href, context.call());
  return visited.has(pageAddress(session.url())) ? null : { skip: 0 };
}

function withoutClick(href: string | null, selector: string, url: string): null {
  if (href !== null) return null;
  const message = `The control ${JSON.stringify(selector)} on ${url} has no address of its own`;
  throw new FailureError(failure('NEEDS_BROWSER', message));
}
