import type { Dom, PaginateBy } from '@runnel/contracts';
import type { StepContext } from '../step-context';
import { whenListGrows, type List, type NextPage } from './list';

/** Beyond the end of any page. */
const farDown = 100_000_000;

/** Scrolls to the end that grows, until that brings nothing. */
export async function scroll(
  { direction, selector }: PaginateBy<'scroll'>,
  list: List,
  context: StepContext,
): Promise<NextPage | null> {
  const { target = 'main', frame } = context.call();
  const isUp = direction === 'up';
  const step = {
    type: 'scroll',
    optional: false,
    target,
    frame,
    selectors: selector === undefined ? undefined : [selector],
    x: 0,
    y: isUp ? 0 : farDown,
  } as const;
  const act = async (): Promise<void> => {
    const away = { selector: selector ?? null, by: isUp ? 5 : -5 };
    await context.session.ask(scrollAway, away, context.call());
    await context.session.perform(step, context.callSignal());
  };
  return whenListGrows(act, list, context);
}

/** Runs in a live page: one that stands at its end already would not hear of a scroll to it. */
function scrollAway<Node>(dom: Dom<Node>, { selector, by }: { selector: string | null; by: number }): void {
  const element = selector === null ? document.scrollingElement : dom.select(dom.document, selector)[0];
  if (element instanceof Element) element.scrollBy(0, by);
}
