import { Batcher } from './batcher';

const done = <T>(value: T): PromiseSettledResult<T> => ({ status: 'fulfilled', value });
const limits = { mostAtOnce: 10, pauseMs: 0 };

test('what comes while a batch is done makes up the next, and what comes right after one is done too', async () => {
  const batches: number[][] = [];
  const batcher = new Batcher<number, number>((items) => {
    batches.push(items);
    return Promise.resolve(items.map(done));
  }, limits);
  expect(await batcher.add(1)).toBe(1);
  expect(await batcher.add(2)).toBe(2);
  expect(await Promise.all([3, 4, 5].map((item) => batcher.add(item)))).toEqual([3, 4, 5]);
  await batcher.idle();
  expect(batches).toEqual([[1], [2], [3, 4, 5]]);
});

test('one that fails fails alone, and a batch that fails fails all of it', async () => {
  const batcher = new Batcher<number, number>((items) => {
    if (items.includes(9)) return Promise.reject(new Error('all'));
    return Promise.resolve(
      items.map((item) => (item === 2 ? { status: 'rejected', reason: new Error('two') } : done(item))),
    );
  }, limits);
  const outcomes = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await expect(Promise.all([8, 9].map((item) => batcher.add(item)))).rejects.toThrow('all');
  expect(await batcher.add(4)).toBe(4);
});
