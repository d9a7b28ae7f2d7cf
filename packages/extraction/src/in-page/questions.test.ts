import { parseHtml } from '../parsed/parse-html';
import { countMatches } from './count-matches';
import { listEnds } from './list-ends';
import { findNext } from './next-page';
import { pageHtml } from './page-html';
import { pageLinks } from './page-links';
import { pageMetadata } from './page-metadata';
import { pageSignals } from './page-signals';

const pageOf = (html: string) =>
  parseHtml({ html: `<!doctype html>${html}`, url: 'https://example.test/a/?p=1' });

describe('the control of the next page', () => {
  test.each([
    ['<a class="next" href="?p=2">', { href: 'https://example.test/a/?p=2' }],
    ['<a class="next" href="javascript:next()">', { href: null }],
    ['<button class="next">', { href: null }],
    ['<a class="next" href="#">', { href: null }],
    ['<button class="next" disabled>', null],
    ['<a class="next" href="?p=2" aria-disabled="true">', null],
    ['<li class="page disabled"><a class="next" href="?p=2">', null],
    ['<div hidden><a class="next" href="#">', null],
    ['<p>', null],
  ])('%s', (html, expected) => expect(pageOf(html).ask(findNext, '.next')).toEqual(expected));
});

test('a list tells its length and its ends, and the item at a place', () => {
  const ends = (html: string) => pageOf(html).ask(listEnds, { item: 'li', at: 1 });
  expect(ends('<li>1<li>2<b>x</b><li>3')).toMatchObject({ count: 3, first: '1', last: '3', at: '2x' });
  expect(ends('')).toMatchObject({ count: 0, first: '', last: '', at: '' });
});

test('links are absolute, in order, with text and rel; robots and title stand beside them', () => {
  const html =
    '<title>A\n b</title><meta name=Robots content="NoIndex, nofollow"><base href="/x/"><a href="y" rel="NoFollow">1 <b>2</b></a><map><area href="//z.test/" alt="Z"></map><a href="tel:1">t</a><a>n</a>';
  expect(pageOf(html).ask(pageLinks, null)).toEqual({
    title: 'A b',
    robots: 'noindex, nofollow',
    links: [
      { url: 'https://example.test/x/y', text: '1 2', rel: 'nofollow' },
      { url: 'https://z.test/', text: 'Z', rel: '' },
    ],
  });
});

test('matches are counted, in the page or in items, and a bad selector is told from none', () => {
  const page = pageOf('<li><a></a><a></a></li><li><a></a></li><a></a>');
  expect(page.ask(countMatches, { selectors: ['a', 'b', 'a['], within: null })).toEqual([4, 0, -1]);
  expect(page.ask(countMatches, { selectors: ['a'], within: 'li' })).toEqual([3]);
});

test.each([
  ['<body><svg><g><title>S</title></g></svg><title>Real</title>', 'Real'],
  ['<head><title>Real</title></head><body><svg><title>S</title></svg>', 'Real'],
  ['<p>x<title>Real</title><title>Late</title>', 'Real'],
  ['<svg><title>S</title></svg>', ''],
])('the title of %s is that of the document', (html, title) => {
  const page = pageOf(html);
  const titles = [
    page.ask(pageHtml, { scope: null })?.title,
    page.ask(pageLinks, null).title,
    page.ask(pageSignals, null).title,
    page.ask(pageMetadata, null).title ?? '',
  ];
  expect(titles).toEqual([title, title, title, title]);
});

test('a page that only nests is refused before it holds up everything', () => {
  const ask = () => pageOf('<div>'.repeat(10_000)).ask(pageLinks, null);
  expect(ask).toThrow('nests more than 4096 elements');
});

const numbered = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join('');

test.each([
  [
    'opens thousands of elements again in each paragraph',
    `<p>${numbered(4_000, (index) => `<b a=${index}>`)}${'<p>x'.repeat(15_000)}`,
    'makes more than 1000000 elements and attributes',
  ],
  [
    'repeats an element of many attributes',
    `<p><b ${numbered(900, (index) => `a${index} `)}>${'<p>x'.repeat(100_000)}`,
    'makes more than 1000000 elements and attributes',
  ],
  [
    'repeats a long attribute',
    `<p><b title=${'x'.repeat(100_000)}>${'<p>x'.repeat(15_000)}`,
    'makes attributes of more than 16777216 characters',
  ],
  [
    'has a tag of very many attributes',
    `<p ${numbered(400_000, (index) => `a${index} `)}>`,
    'has a <p> with more than 1000 attributes',
  ],
])('a page that %s is refused before it takes all memory or time', (_what, html, message) => {
  const failure = expect.objectContaining({ code: 'PAGE_TOO_LARGE', message: `The page ${message}` });
  expect(() => pageOf(html).ask(pageLinks, null)).toThrow(expect.objectContaining({ failure }));
});

test('attributes of each further body tag are added to the first', () => {
  const html = `<body id=1>${numbered(50_000, (index) => `<body id=2 a${index}>`)}`;
  const names = pageOf(html).ask((dom) => dom.attributeNames(dom.select(dom.document, 'body')[0]!), null);
  expect([names.length, names[0], names.at(-1)]).toEqual([50_001, 'id', 'a49999']);
});
