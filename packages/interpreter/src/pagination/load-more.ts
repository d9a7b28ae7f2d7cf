import type { PaginateBy } from '@runnel/contracts';
import { findNext } from '@runnel/extraction';
import type { StepContext } from '../step-context';
import { clickOn } from './click-on';
import { whenListGrows, type List, type NextPage } from './list';

/** Clicks the control until it is gone, or brings nothing. */
export async function loadMore(
  { selector }: PaginateBy<'loadMore'>,
  list: List,
  context: StepContext,
): Promise<NextPage | null> {
  const control = await context.session.ask(findNext, selector, context.call());
  if (control === null) return null;
  return whenListGrows(() => clickOn(selector, context), list, context);
}
