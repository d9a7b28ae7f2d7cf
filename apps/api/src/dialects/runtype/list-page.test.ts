import { newId } from '@runnel/store';
import { readListCursor } from './list-cursor';
import { listPage } from './list-page';

const items = Array.from({ length: 3 }, () => ({ id: newId() })).reverse();
const [newest, middle, oldest] = items as [{ id: string }, { id: string }, { id: string }];
const at = ({ id }: { id: string }, direction: 'next' | 'prev', offset: number) => ({
  limit: 2,
  direction,
  cursor: { id, direction, offset },
});
const read = (text: string | null) => readListCursor('flow', text ?? '');

test('the first page has nothing before it, and leads to the next', () => {
  const page = listPage('flow', items, { limit: 2, cursor: null, direction: 'next' });
  expect(page.items).toEqual([newest, middle]);
  expect(page.pagination).toMatchObject({
    currentOffset: 0,
    hasMore: true,
    hasPrev: false,
    prevCursor: null,
  });
  expect(read(page.pagination.nextCursor)).toEqual(at(middle, 'next', 2).cursor);
});

test('the last page leads back only', () => {
  const page = listPage('flow', [oldest], at(middle, 'next', 2));
  expect(page.items).toEqual([oldest]);
  expect(page.pagination).toMatchObject({
    currentOffset: 2,
    hasMore: false,
    hasPrev: true,
    nextCursor: null,
  });
  expect(read(page.pagination.prevCursor)).toEqual(at(oldest, 'prev', 2).cursor);
});

test('on the way back a page has those next to the place, and leads both ways', () => {
  const page = listPage('flow', items, { ...at(oldest, 'prev', 5) });
  expect(page.items).toEqual([middle, oldest]);
  expect(page.pagination).toMatchObject({ currentOffset: 3, hasMore: true, hasPrev: true });
  expect(read(page.pagination.prevCursor)).toEqual(at(middle, 'prev', 3).cursor);
  expect(read(page.pagination.nextCursor)).toEqual(at(oldest, 'next', 5).cursor);
});

test('a page of nothing leads nowhere', () => {
  const nowhere = { hasMore: false, hasPrev: false, nextCursor: null, prevCursor: null };
  expect(listPage('flow', [], at(oldest, 'next', 3)).pagination).toMatchObject(nowhere);
  expect(listPage('flow', [], at(newest, 'prev', 0)).pagination).toMatchObject(nowhere);
});
