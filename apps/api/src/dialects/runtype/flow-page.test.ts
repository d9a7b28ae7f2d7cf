import { newId } from '@runnel/store';
import { readFlowCursor } from './flow-cursor';
import { flowPage } from './flow-page';

const flows = Array.from({ length: 3 }, () => ({ id: newId() })).reverse();
const [newest, middle, oldest] = flows as [{ id: string }, { id: string }, { id: string }];
const at = (flow: { id: string }, direction: 'next' | 'prev', offset: number) => ({
  limit: 2,
  direction,
  cursor: { flowId: flow.id, direction, offset },
});

test('the first page has nothing before it, and leads to the next', () => {
  const { items, pagination } = flowPage(flows, { limit: 2, cursor: null, direction: 'next' });
  expect(items).toEqual([newest, middle]);
  expect(pagination).toMatchObject({ currentOffset: 0, hasMore: true, hasPrev: false, prevCursor: null });
  expect(readFlowCursor(pagination.nextCursor ?? '')).toEqual(at(middle, 'next', 2).cursor);
});

test('the last page leads back only', () => {
  const { items, pagination } = flowPage([oldest], at(middle, 'next', 2));
  expect(items).toEqual([oldest]);
  expect(pagination).toMatchObject({ currentOffset: 2, hasMore: false, hasPrev: true, nextCursor: null });
  expect(readFlowCursor(pagination.prevCursor ?? '')).toEqual(at(oldest, 'prev', 2).cursor);
});

test('on the way back a page has those next to the place, and leads both ways', () => {
  const { items, pagination } = flowPage(flows, { ...at(oldest, 'prev', 5) });
  expect(items).toEqual([middle, oldest]);
  expect(pagination).toMatchObject({ currentOffset: 3, hasMore: true, hasPrev: true });
  expect(readFlowCursor(pagination.prevCursor ?? '')).toEqual(at(middle, 'prev', 3).cursor);
  expect(readFlowCursor(pagination.nextCursor ?? '')).toEqual(at(oldest, 'next', 5).cursor);
});

test('a page of nothing leads nowhere', () => {
  const nowhere = { hasMore: false, hasPrev: false, nextCursor: null, prevCursor: null };
  expect(flowPage([], at(oldest, 'next', 3)).pagination).toMatchObject(nowhere);
  expect(flowPage([], at(newest, 'prev', 0)).pagination).toMatchObject(nowhere);
});
