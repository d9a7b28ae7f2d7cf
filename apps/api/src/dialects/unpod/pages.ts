import { createHash } from 'node:crypto';
import type { ListWalkStore } from '@runnel/store';
import type { Request } from 'express';
import type { Page } from './query';

/** Who walks through which list. */
export interface Walker {
  spaceId: string;
  query: Page;
  request: Pick<Request, 'path' | 'ip' | 'get'>;
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

/** The name of one walk: the same for all pages, another for each client and each list. */
export function walkOf({ spaceId, query, request }: Walker): Buffer {
  const filters = { ...query, page: null };
  const path = request.path.replace(/\/+$/, '');
  const who = [spaceId, request.ip ?? '', request.get('user-agent') ?? ''];
  return createHash('sha256')
    .update(JSON.stringify([...who, path, filters]))
    .digest();
}
