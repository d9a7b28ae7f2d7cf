import { setTimeout as sleep } from 'node:timers/promises';
import { withFallback } from './fallback';

test.each([
  ['a', 'b', 'a, :root:not(:has(a)) :is(b)'],
  ['[title="html"]', 'b', '[title="html"], :root:not(:has([title="html"])) :is(b)'],
  ['[a=html] b', 'c', '[a=html] b, :root:not(:has([a=html] b)) :is(c)'],
  ['div > html', 'b', null],
])('%s, and where it finds nothing %s', (first, second, both) =>
  expect(withFallback(first, second, 'page')).toBe(both),
);

test('brackets that never end take no time', async () => {
  const open = '['.repeat(200_000);
  const both = withFallback(open, 'b', 'page');
  await sleep(0);
  expect(both === `${open}, :root:not(:has(${open})) :is(b)`).toBe(true);
});
