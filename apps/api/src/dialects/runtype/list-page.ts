import { z } from 'zod';
import { listCursor, type ListCursor, type ListedKind } from './list-cursor';
import type { ListQuery } from './query';

/** What the client asks for: a page on one side of a place, or the first one. */
export interface WantedPage {
  limit: number;
  cursor: ListCursor | null;
  direction: 'next' | 'prev';
}

const count = z.number().int().min(0);

export const listPagination = z.object({
  currentOffset: count,
  hasMore: z.boolean(),
  hasPrev: z.boolean(),
  limit: count,
  nextCursor: z.string().nullable(),
  prevCursor: z.string().nullable(),
  currentPage: count.optional(),
  totalCount: count.optional(),
  totalPages: count.optional(),
});

interface ListPage<Item> {
  items: Item[];
  pagination: z.infer<typeof listPagination>;
}

/** Between which items a page lies, and which way it goes. */
export function wantedPage({ limit, cursor = null, direction }: Omit<ListQuery, 'search'>): WantedPage {
  return { limit, cursor, direction: direction ?? cursor?.direction ?? 'next' };
}

/** The same for a store: the ids that stand at its ends, and one item more than the page has. */
export function sideOf({ limit, cursor, direction }: WantedPage): {
  before: string | null;
  after: string | null;
  limit: number;
} {
  const place = cursor?.id ?? null;
  const side = direction === 'prev' ? { before: null, after: place } : { before: place, after: null };
  return { ...side, limit: limit + 1 };
}

/**
 * A page of what was found there, newest first: of one item more than the page has, where there is one, and that tells
 * that the list goes on. Places are items, so those that are added meanwhile shift nothing; the offset tells how many
 * were before the page when the list was begun.
 */
export function listPage<Item extends { id: string }>(
  kind: ListedKind,
  found: Item[],
  wanted: WantedPage,
): ListPage<Item> {
  const { limit, cursor, direction } = wanted;
  const goesOn = found.length > limit;
  if (cursor !== null && direction === 'prev') {
    const items = found.slice(-limit);
    const offset = goesOn ? Math.max(0, cursor.offset - items.length) : 0;
    const page = { limit, offset, hasMore: true, hasPrev: goesOn };
    return { items, pagination: paginationOf(kind, items, page) };
  }
  const items = found.slice(0, limit);
  const page = { limit, offset: cursor?.offset ?? 0, hasMore: goesOn, hasPrev: cursor !== null };
  return { items, pagination: paginationOf(kind, items, page) };
}

/** A page of nothing leads nowhere. */
function paginationOf(
  kind: ListedKind,
  items: { id: string }[],
  page: { limit: number; offset: number; hasMore: boolean; hasPrev: boolean },
): z.infer<typeof listPagination> {
  const { limit, offset } = page;
  const next = page.hasMore ? items.at(-1) : undefined;
  const prev = page.hasPrev ? items[0] : undefined;
  const end = offset + items.length;
  return {
    currentOffset: offset,
    hasMore: next !== undefined,
    hasPrev: prev !== undefined,
    limit,
    nextCursor: next ? listCursor(kind, { id: next.id, direction: 'next', offset: end }) : null,
    prevCursor: prev ? listCursor(kind, { id: prev.id, direction: 'prev', offset }) : null,
  };
}

/** What a page that was asked to count tells beside. */
export function countedPages(
  { currentOffset, limit }: z.infer<typeof listPagination>,
  totalCount: number,
): { currentPage: number; totalCount: number; totalPages: number } {
  const currentPage = Math.floor(currentOffset / limit) + 1;
  return { currentPage, totalCount, totalPages: Math.ceil(totalCount / limit) };
}
