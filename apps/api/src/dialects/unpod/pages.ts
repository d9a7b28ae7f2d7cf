import { createHash } from 'node:crypto';
import type { ListWalkStore } from '@runnel/store';
import type { Request } from 'express';
import { keyFrom } from '../../credential';
import { withoutEndSlashes } from '../../without-end-slashes';
import type { Page } from './query';

/** What a client has to know of pages. */
export const pagesDescription =
  'Pages that are read one after the other neither repeat nor miss what is added meanwhile; several readers of one list are told apart by key, address and user agent.';

/** Who walks through which list. */
export interface Walker {
  spaceId: string;
  query: Page;
  request: Pick<Request, 'path' | 'ip' | 'get' | 'headers'>;
}

/** Where a page begins: behind a place, or so many items behind the newest. */
interface Start {
  after: string | null;
  skip: number;
}

interface PagedList<Item> {
  read: (from: Start & { limit: number }) => Promise<Item[]>;
  placeOf: (item: Item) => string;
}

/**
 * A page of a list that grows at its beginning, newest first. Clients know the page's number alone, so where each page
 * ended is kept for the one who read it: the next one neither repeats nor misses what was added meanwhile.
 */
export async function readPage<Item>(
  walks: ListWalkStore,
  walker: Walker,
  { read, placeOf }: PagedList<Item>,
): Promise<Item[]> {
  const { page, page_size: limit } = walker.query;
  const walk = walkOf(walker);
  const after = page === 1 ? null : await walks.find(walk, page);
  const skip = after === null ? (page - 1) * limit : 0;
  const items = await read({ after, skip, limit });
  const last = items.at(-1);
  const end = last === undefined ? after : placeOf(last);
  if (end !== null) await walks.note(walk, page + 1, end);
  return items;
}

/**
 * The name of one walk: the same for all pages, another for each key, address and program, and for each list. Two that
 * are the same in all of these share their places: an item may come to one of them twice, and none is missed.
 */
export function walkOf({ spaceId, query, request }: Walker): Buffer {
  const filters = { ...query, page: null };
  const path = withoutEndSlashes(request.path);
  const key = keyFrom(request.headers);
  const who = [spaceId, key, request.ip ?? '', request.get('user-agent') ?? ''];
  return createHash('sha256')
    .update(JSON.stringify([...who, path, filters]))
    .digest();
}
