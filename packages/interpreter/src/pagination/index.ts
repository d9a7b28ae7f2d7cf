import type { Paginate, PaginateBy } from '@runnel/contracts';
import type { StepContext } from '../step-context';
import type { List, NextPage } from './list';
import { loadMore } from './load-more';
import { next } from './next';
import { scroll } from './scroll';
import { url } from './url';

export type { NextPage } from './list';
export { pageAddress } from './page-address';

type Pager<K extends Paginate['by']> = (
  paginate: PaginateBy<K>,
  list: List,
  context: StepContext,
) => Promise<NextPage | null>;

const pagers: { [K in Paginate['by']]: Pager<K> } = { loadMore, next, scroll, url };

/** Opens the list's next page. Null when there is none, or it was read before. */
export function nextPage<P extends Paginate>(
  paginate: P,
  list: List,
  context: StepContext,
): Promise<NextPage | null> {
  const pager = pagers[paginate.by] as Pager<P['by']>;
  return pager(paginate as never, list, context);
}
