import { FailureError, parseDefinition } from '@runnel/contracts';
import { countMatches, parseHtml } from '@runnel/extraction';
import { launchForTest, page } from '@runnel/testing';

/** Parts of selectors, right and wrong ones, that are put together in many ways. */
const parts =
  'a|*|p|li|.b|.é|.--x|.-1|.1x|.\\31 x|.a\\:b|#c|#9|#\\#|[d]|[ d ]|[d=e]|[d="e f"]|[d^=\'e\']|[d*="f" i]|[d=x s]|[d~=e]|[d|=en]|[d=1]|[d=/x]|[d*=]|[]|[d!="x"]|[*|d]|[ns|d]|ns|a|:first-child|:last-of-type|:nth-child(2n+1)|:nth-child( odd )|:nth-child(-n + 3)|:nth-child(x)|:nth-last-of-type(even)|:only-child|:empty|:root|:scope|:not(.b)|:not(a, p)|:not()|:is(a, .b)|:where(li)|:has(> a)|:has(+ p)|:has(a:has(p))|:is(:not(.b), :has(a))|:contains("x")|:eq(1)|:visible|:hover|:checked|:enabled|:lang(en)|:lang()|:dir(rtl)|:link|:defined|:open|::before|:first|:NOT(a)'
    .replaceAll('[d|=', '[d\0=')
    .replaceAll('[*|', '[*\0')
    .replaceAll('ns|', 'ns\0')
    .split('|')
    .map((part) => part.replaceAll('\0', '|'));
const glue = ['', '', '', ' ', ' > ', ' + ', ' ~ ', ', ', '>', ' || '];

/** Numbers that look random, the same in every run (a linear congruence). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function selectors(count: number): string[] {
  const next = numbers(7);
  const some = (list: string[]): string => list[next(list.length)]!;
  const made = Array.from({ length: count }, () =>
    Array.from({ length: 1 + next(3) }, () => some(parts) + some(glue))
      .join('')
      .concat(next(10) > 0 ? some(parts) : ''),
  );
  return [...new Set([...parts, ...made])];
}

function isAccepted(selector: string, engine: 'browser' | 'http'): boolean {
  const steps = [
    { type: 'navigate', url: 'http://x.test' },
    { type: 'extract', fields: { field: selector } },
  ];
  return parseDefinition({ engine, steps }).definition !== null;
}

test('a selector that is accepted works: in Chromium, and where no browser is needed the same by the parser', async () => {
  const { browser, close } = await launchForTest();
  const tab = await browser.newPage();
  const html = page(
    `<ul class="b" lang="en"><li d="e">1</li><li class="b" d="e f"><a href="/" d="en-GB">2</a></li><li></li></ul><p id="c" class="--x é">x<a class="a:b">y</a></p><p></p>`,
  );
  await tab.setContent(html);
  const accepted = selectors(4_000).filter((selector) => isAccepted(selector, 'browser'));
  const inChromium = await tab.evaluate(
    (list) =>
      list.map((selector) => {
        try {
          return document.querySelectorAll(selector).length;
        } catch {
          return 'refused';
        }
      }),
    accepted,
  );
  expect(accepted.length).toBeGreaterThan(500);
  expect(accepted.filter((_, index) => inChromium[index] === 'refused')).toEqual([]);

  const parsed = parseHtml({ html, url: 'http://x.test/' });
  const countOf = (selector: string): number | string => {
    try {
      return parsed.ask(countMatches, { selectors: [selector], within: null })[0]!;
    } catch (error) {
      return error instanceof FailureError ? error.failure.code : String(error);
    }
  };
  const different = accepted
    .map((selector, index) => ({ selector, chromium: inChromium[index], parser: countOf(selector) }))
    .filter(({ selector }) => isAccepted(selector, 'http') && selector !== ':scope')
    .filter(({ chromium, parser }) => chromium !== parser);
  expect(different).toEqual([]);
  await close();
});
