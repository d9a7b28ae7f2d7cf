import { setTimeout as sleep } from 'node:timers/promises';
import type { Paginate } from '@runnel/contracts';
import { findNext, listSignature } from '@runnel/extraction';
import type { StepContext } from '../step-context';
import { pageAddress } from './page-address';

const pollMs = 50;

/** Opens the list's next page. False when there is none, or it was read before. */
export async function nextPage(
  paginate: Paginate | undefined,
  list: { item: string; visited: ReadonlySet<string> },
  context: StepContext,
): Promise<boolean> {
  if (!paginate) return false;
  const { session } = context;
  const control = await session.evaluate(findNext, paginate.selector, context.callSignal());
  if (control === null) return false;
  if (control.href !== null && pageAddress(control.href) !== pageAddress(session.url())) {
    if (list.visited.has(pageAddress(control.href))) return false;
    await session.navigate(control.href, context.callSignal());
    return true;
  }
  return clickThrough(paginate, list.item, context);
}

/** A control without an address of its own: it works when the list changes after a click on it. */
async function clickThrough(paginate: Paginate, item: string, context: StepContext): Promise<boolean> {
  const signature = () => context.session.evaluate(listSignature, item, context.callSignal());
  const before = await signature();
  await context.session.click({ selectors: [paginate.selector], navigates: false }, context.callSignal());
  const until = Date.now() + context.timeoutMs;
  while (Date.now() < until) {
    if ((await signature()) !== before) return true;
    await sleep(pollMs, undefined, { signal: context.signal });
  }
  return false;
}
