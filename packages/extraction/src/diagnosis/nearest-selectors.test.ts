import { parseHtml } from '../parsed/parse-html';
import { nearestSelectors } from './nearest-selectors';

const html = `<!doctype html><main id="list"><section class="products">
  <article class="product-card" data-sku="1"><h2><a>One</a></h2><b class="price_9f8e">1</b></article>
  <article class="product-card" data-sku="2"><h2><a>Two</a></h2><b class="price_9f8e">2</b></article>
</section><aside class="related"><i class="note">x</i></aside></main>`;
const page = parseHtml({ html, url: 'https://example.test/' });
const nearest = (selector: string, within: string | null = null) =>
  nearestSelectors(
    { ask: (question, argument) => Promise.resolve(page.ask(question, argument)) },
    { selector, within },
  );

test.each([
  ['.product-crd', '.product-card', 2],
  ['.price_1a2b', '.price_9f8e', 2],
  ['div.product-card', '.product-card', 2],
  ['.page-wrapper > .products .product-card', '.products .product-card', 2],
  ['.product-card:nth-child(7)', '.product-card', 2],
  ['#lst article', '#list article', 2],
  ['[data-skus]', '[data-sku]', 2],
  ['.products > a', '.products a', 2],
  ['.product-card.sale h3 a', '.product-card h2 a', 2],
])('%s is nearest to %s', async (selector, wanted, count) => {
  expect((await nearest(selector))[0]).toEqual({ selector: wanted, count });
});

describe('a name of another kind, and a value', () => {
  const manual = parseHtml({
    html: `<!doctype html><h2 id="built-in-functions">F</h2><table class="infobox"><tr><td>1<tr><td>2</table>
      <div class="entry"><p><a accesskey="n" rel="next nofollow" href="/Next.html">n</a></div>`,
    url: 'https://example.test/',
  });
  const near = async (selector: string) =>
    (
      await nearestSelectors(
        { ask: (question, argument) => Promise.resolve(manual.ask(question, argument)) },
        { selector },
      )
    ).map((each) => each.selector);

  test.each([
    ['.built-in-functions', '#built-in-functions'],
    ['#entry a', '.entry a'],
    ['infobox tr', '.infobox tr'],
    ['built-in-function', '#built-in-functions'],
    ['a[accesskey="N"]', 'a[accesskey="n"]'],
    ['a[href="/Next.htm"]', 'a[href="/Next.html"]'],
    ['a[rel~="Next"]', 'a[rel~="next"]'],
    ['a[href^="/next"]', 'a[href^="/next" i]'],
  ])('%s is nearest to %s', async (selector, wanted) => expect((await near(selector))[0]).toBe(wanted));

  test.each(['infobox tr', '.entry > ul > a', '.entry ul a', '.entrys .x.y a', '#gone > .infobox td'])(
    'nothing stands for anything where %s has nearer ones',
    async (selector) => {
      const found = await near(selector);
      expect(found).not.toEqual([]);
      for (const each of found) expect(each).not.toMatch(/(^|[ >])\*/);
    },
  );
});

test('what an item does not have is looked for in the items', async () => {
  expect((await nearest('.note', '.product-card')).map(({ selector }) => selector)).not.toContain('.note');
  expect((await nearest(':scope > h3', '.product-card'))[0]).toEqual({ selector: ':scope > h2', count: 2 });
});

test('there is nothing near to what is no CSS or like nothing on the page', async () => {
  expect(await nearest('xpath///b')).toEqual([]);
  expect(await nearest('.zzzzzzzz')).toEqual([]);
  expect(await nearest('a[')).toEqual([]);
});
