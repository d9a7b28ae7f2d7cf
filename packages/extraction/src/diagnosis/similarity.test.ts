import { setTimeout as sleep } from 'node:timers/promises';
import { similarWords } from './similarity';

test.each([
  ['price_1a2b', 'price_9f8e', 0.1],
  ['Card-price__x9Yz', 'Card-price__aB12', 0.1],
  ['price_note', 'price_list', 0.4],
])('the hash of a build tool is no difference: %s, %s', (wanted, word, cost) =>
  expect(similarWords(wanted, [word], 1)).toEqual([{ word, cost }]),
);

test.each(['_', '-_', 'a_', '_aB12'])('a name may hold many %s', async (part) => {
  const found = similarWords(`${part.repeat(100_000)}!`, ['price_9f8e'], 5);
  await sleep(0);
  expect(found).toEqual([]);
});
