import { parseHtml } from '../parsed/parse-html';
import { pageHtml } from '../in-page/page-html';
import { contentOf } from './content-of';

const url = 'https://example.test/docs/';
const markdown = (html: string) => contentOf(html, url, ['markdown']).markdown;

test('Markdown has absolute addresses, and no scripts and styles', () => {
  const html =
    '<title>t</title><style>p{}</style><h1>Hi</h1><p>a <a href="/b?c">link <b>bold</b></a> <img src="i.png" alt="pic"></p><script>1</script><noscript>2</noscript><template>3</template>';
  expect(markdown(html)).toBe(
    '# Hi\n\na [link **bold**](https://example.test/b?c) ![pic](https://example.test/docs/i.png)',
  );
});

test('tables are those of GitHub, their first row the head', () => {
  expect(markdown('<table><tr><th>a<th>b<tr><td>1|2<td>x<p>y<tr><td colspan=2>w</table>')).toBe(
    '| a | b |\n| --- | --- |\n| 1\\|2 | x<br>y |\n| w |  |',
  );
});

test('a table that lays the page out is what its cells say', () => {
  expect(markdown('<table><tr><td><h2>A</h2><tr><td><p>b</table>')).toBe('## A\n\nb');
  expect(markdown('<table><tr><td>l<td><table><tr><td>1<td>2</table></table>')).toBe(
    'l\n\n| 1 | 2 |\n| --- | --- |',
  );
});

test('text is lines that one can read, without addresses', () => {
  const html =
    '<h1>Hi</h1><p>a <a href="/b">link</a></p><ul><li>1<li>2</ul><table><tr><th>a<th>b<tr><td>1<td>2</table>';
  expect(contentOf(html, url, ['text']).text).toBe('Hi\n\na link\n\n- 1\n- 2\n\na | b\n1 | 2');
});

test.each([
  ['<dl><dt>Term<dd>Def<dt>T2<dd>D2</dl>', 'Term\nDef\nT2\nD2'],
  ['<details><summary>S</summary>d</details>e', 'S\nd\ne'],
  ['<fieldset><legend>L</legend>a<address>b</address></fieldset><center>c</center>', 'L\na\nb\nc'],
  ['<figure><img src=i><figcaption>F</figcaption></figure><dialog>d</dialog>x', 'F\nd\nx'],
  ['<hgroup>a<p>b</p></hgroup><menu><li>1<li>2</menu>', 'a\n\nb\n\n- 1\n- 2'],
  ['a<option>1</option><option>2</option>', 'a\n1\n2'],
  ['<li>1<li>2', '1\n2'],
  ['<table><caption>C</caption><tr><td>1<td>2</table>', 'C\n\n1 | 2'],
  [
    `<table><tr><td>n<td>${'x'.repeat(99)}<tr><td rowspan=2>1<td><p>a<p>b<tr><td>c</table>`,
    `n | ${'x'.repeat(99)}\n1 | a b\n | c`,
  ],
  ['<pre>a\n  b<br>c</pre>', 'a\n  b\nc'],
])('each block has its own lines: %s', (html, text) =>
  expect(contentOf(html, url, ['text']).text).toBe(text),
);

test('HTML is as it was, without scripts and styles', () => {
  const html = '<!doctype html><html><head></head><body><a href="x">1</a><script>2</script></body></html>';
  expect(contentOf(html, url, ['html']).html).toBe(
    '<!DOCTYPE html><html><head></head><body><a href="x">1</a></body></html>',
  );
});

test('links stand once each, and lead to pages', () => {
  const html = '<a href="/a"><img></a><a href="/a">A</a><a href="mailto:x@y.test">m</a><a href="b#c">B</a>';
  expect(contentOf(html, url, ['links']).links).toEqual([
    { url: 'https://example.test/a', text: 'A' },
    { url: 'https://example.test/docs/b#c', text: 'B' },
  ]);
});

test.each([
  ['sub/', 'https://example.test/docs/sub/'],
  ['https://cdn.test/x/', 'https://cdn.test/x/'],
])('a base of %s counts once', (base, resolved) => {
  const html = `<base href="${base}"><link rel=canonical href="c"><meta property="og:image" content="i.png"><a href="a">A</a>`;
  const page = parseHtml({ html, url }).ask(pageHtml, { scope: null });
  expect(page?.baseUrl).toBe(resolved);
  const { links, metadata, markdown } = contentOf(page?.html ?? '', resolved, [
    'links',
    'metadata',
    'markdown',
  ]);
  expect(links).toEqual([{ url: `${resolved}a`, text: 'A' }]);
  expect(metadata).toMatchObject({ canonical: `${resolved}c`, image: `${resolved}i.png` });
  expect(markdown).toBe(`[A](${resolved}a)`);
});

test('metadata is what the head says, and only that', () => {
  const html =
    '<html lang="en"><title> A  b </title><meta name="Description" content="d"><meta property="og:title" content="o"><meta property="og:image" content="/i.png"><link rel="canonical" href="/c"><meta property="article:published_time" content="2025-06-01">';
  expect(contentOf(html, url, ['metadata']).metadata).toEqual({
    title: 'A b',
    description: 'd',
    language: 'en',
    canonical: 'https://example.test/c',
    published: '2025-06-01',
    image: 'https://example.test/i.png',
    openGraph: { title: 'o', image: '/i.png' },
  });
  expect(contentOf('', url, ['metadata']).metadata).toEqual({});
});

test('part of a table is still one', () => {
  const page = parseHtml({ html: '<title>t</title><table><tr><td>1<td>2</table>', url });
  const part = page.ask(pageHtml, { scope: 'tr' });
  expect(part).toMatchObject({ baseUrl: url, title: 't' });
  expect(markdown(part?.html ?? '')).toBe('| 1 | 2 |\n| --- | --- |');
  expect(page.ask(pageHtml, { scope: 'main' })).toBeNull();
});

test.each([
  '',
  '<',
  '\0',
  '<table></table>',
  '<td>',
  '<a href="http://[">x</a>',
  '<div>'.repeat(2000),
  '<b><i>'.repeat(500),
])('odd HTML is no failure (%#)', (html) => {
  const formats = ['markdown', 'text', 'html', 'links', 'metadata'] as const;
  expect(Object.keys(contentOf(html, url, formats))).toEqual(formats);
});

describe('what is nested without end', () => {
  test.each([
    ['quotes', '<blockquote>'.repeat(100) + 'a<br>b', /^(> ){16}a {2}\n(> ){16}b$/],
    ['items', '<ul><li>'.repeat(50) + 'a<p>b', /^(- {3}){16}a\n\n {64}b$/],
    ['meanings', '<dl><dd>'.repeat(2_000) + 'a', /^(- {3}){16}a$/],
  ])('%s are plain blocks where they are indented too far', (_what, html, text) => {
    expect(markdown(html)).toMatch(text);
  });

  test('becomes text, and no word is lost', () => {
    const html = `${'<div>'.repeat(200)}a<p>b<em>c</em>d</p><a href=x>e</a><table><tr><td>f<td>g</table>`;
    expect(markdown(html)).toBe('a bcd e f g');
    expect(contentOf(html, url, ['text']).text).toBe('a bcd e f g');
  });

  test('is as it was to a depth that pages have', () => {
    const html = `${'<div>'.repeat(100)}a <a href=x>b</a>`;
    expect(markdown(html)).toBe(`a [b](${url}x)`);
  });
});
