import { flowCursor, type FlowCursor } from './flow-cursor';

/** What the client asks for: a page on one side of a place, or the first one. */
export interface WantedPage {
  limit: number;
  cursor: FlowCursor | null;
  direction: 'next' | 'prev';
}

interface FlowPage<Item> {
  items: Item[];
  pagination: {
    currentOffset: number;
    hasMore: boolean;
    hasPrev: boolean;
    limit: number;
    nextCursor: string | null;
    prevCursor: string | null;
  };
}

/**
 * A page of what was found there, newest first: of one item more than the page has, where there is one, and that tells
 * that the list goes on. Places are flows, so those that are added meanwhile shift nothing; the offset tells how many
 * were before the page when the list was begun.
 */
export function flowPage<Item extends { id: string }>(found: Item[], wanted: WantedPage): FlowPage<Item> {
  const { limit, cursor, direction } = wanted;
  const goesOn = found.length > limit;
  if (cursor !== null && direction === 'prev') {
    const items = found.slice(-limit);
    const offset = goesOn ? Math.max(0, cursor.offset - items.length) : 0;
    return { items, pagination: paginationOf(items, { limit, offset, hasMore: true, hasPrev: goesOn }) };
  }
  const items = found.slice(0, limit);
  const [offset, hasPrev] = [cursor?.offset ?? 0, cursor !== null];
  return { items, pagination: paginationOf(items, { limit, offset, hasMore: goesOn, hasPrev }) };
}

/** A page of nothing leads nowhere. */
function paginationOf(
  items: { id: string }[],
  page: { limit: number; offset: number; hasMore: boolean; hasPrev: boolean },
): FlowPage<never>['pagination'] {
  const { limit, offset } = page;
  const next = page.hasMore ? items.at(-1) : undefined;
  const prev = page.hasPrev ? items[0] : undefined;
  const end = offset + items.length;
  return {
    currentOffset: offset,
    hasMore: next !== undefined,
    hasPrev: prev !== undefined,
    limit,
    nextCursor: next ? flowCursor({ flowId: next.id, direction: 'next', offset: end }) : null,
    prevCursor: prev ? flowCursor({ flowId: prev.id, direction: 'prev', offset }) : null,
  };
}
