import { failure, FailureError, type PaginateBy } from '@runnel/contracts';
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
  const number = paginate.from + (list.page - 1) * paginate.step;
  const text = paginate.url.replaceAll(placeholder, String(number));
  if (!URL.canParse(text, session.url())) {
    throw new FailureError(failure('URL_INVALID', `${JSON.stringify(text)} is not an address`));
  }
  const address = new URL(text, session.url()).href;
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
