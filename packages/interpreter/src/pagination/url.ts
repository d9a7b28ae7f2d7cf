import { failure, FailureError, type PaginateBy, isUrl } from '@runnel/contracts';
import type { StepContext } from '../step-context';
import type { List, NextPage } from './list';
import { pageAddress } from './page-address';

const placeholder = '{{page}}';

/** Opens the address with the next number in it. A page that does not exist is behind the last one. */
export async function url(
  paginate: PaginateBy<'url'>,
  list: List,
  context: StepContext,
): Promise<NextPage | null> {
  const { session } = context;
  const [start] = list.visited;
  // Where `from` is the page that the list began on, the next one comes after it.
  const isFromStart = pageAddress(addressOf(paginate, 0, session.url())) === start;
  const address = addressOf(paginate, isFromStart ? list.page : list.page - 1, session.url());
  if (list.visited.has(pageAddress(address))) return null;
  context.trail.asked = address;
  try {
    await session.navigate(address, context.call());
  } catch (error) {
    const status = error instanceof FailureError ? error.failure.details?.['status'] : null;
    if (status === 404 || status === 410) return null;
    throw error;
  }
  return list.visited.has(pageAddress(session.url())) ? null : { skip: 0 };
}

/** The address of the page that is `count` steps after `from`. */
function addressOf({ url: template, from, step }: PaginateBy<'url'>, count: number, base: string): string {
  const text = template.replaceAll(placeholder, String(from + count * step));
  if (isUrl(text, base)) return new URL(text, base).href;
  throw new FailureError(failure('URL_INVALID', `${JSON.stringify(text)} is not an address`));
}
