import { readableHtml } from './clean-html';
import { toMarkdown } from './to-markdown';

const markdown = (html: string) => toMarkdown(readableHtml(html, 'https://example.test/'));

describe('a code block', () => {
  test.each([
    ['<pre>a *b* _u_\n# x\n- y <b>z</b></pre>', '```\na *b* _u_\n# x\n- y z\n```'],
    ['<pre>\n  a\n\n  \n\tb\n</pre>', '```\n  a\n\n  \n\tb\n```'],
    ['<pre>\n\na</pre>', '```\n\na\n```'],
    ['<pre>a ``` b ```` c</pre>', '`````\na ``` b ```` c\n`````'],
    ['<pre>&lt;b&gt; a<br>b<div>c</div><div>d</div></pre>', '```\n<b> a\nb\nc\nd\n```'],
    ['<xmp>a <b>\n\\c</xmp>', '```\na <b>\n\\c\n```'],
    ['x<code><pre>a\nb</pre></code>y', 'x\n\n```\na\nb\n```\n\ny'],
    ['x <b><span><pre> a</pre></span></b>', 'x\n\n```\n a\n```'],
    ['<ul><li>x<pre>a\n\nb</pre><li>y</ul>', '-   x\n\n    ```\n    a\n\n    b\n    ```\n\n-   y'],
  ])('%j is its text in fences', (html, expected) => expect(markdown(html)).toBe(expected));

  test.each([
    [
      '<div class="highlight-python3 notranslate"><div class="highlight"><pre><span></span><span class="k">def</span> f</pre></div></div>',
      'python',
    ],
    ['<div class="highlight-source-ts"><pre>def f</pre></div>', 'ts'],
    ['<pre class="x lang-JS">def f</pre>', 'js'],
    ['<pre><code class="language-c++">def f</code></pre>', 'c++'],
    ['<div class="highlight-default"><div class="highlight"><pre>def f</pre></div></div>', ''],
    ['<div class="language-c"><div><div><pre>def f</pre></div></div></div>', ''],
  ])('%s tells its language', (html, language) =>
    expect(markdown(html)).toBe(`\`\`\`${language}\ndef f\n\`\`\``),
  );
});

test.each([
  ['<p>Is <code>-d <em><code>dbname</code></em></code>.', 'Is `-d dbname`.'],
  ['<code>a <a href="x">*b*</a>`</code>', '`` a *b*` ``'],
  ['a <code> b <b>c</b> </code>d', 'a `b c` d'],
])('code in a line is its text alone: %s', (html, expected) => expect(markdown(html)).toBe(expected));

describe('a block', () => {
  test.each([
    ['<details><summary>S</summary>d</details>e', 'S\n\nd\n\ne'],
    ['<fieldset><legend>L</legend>a</fieldset><dialog>d</dialog>e', 'L\n\na\n\nd\n\ne'],
    ['<dl><dt><code>-a</code><dt>b<dd>c<p>d<dd>e</dl>f', '`-a`\n\nb\n\n-   c\n\n    d\n\n-   e\n\nf'],
    [
      '<dl><dt>a<dd>b<dl><dt>c<dd>d<pre>e</pre></dl></dl>',
      'a\n\n-   b\n\n    c\n\n    -   d\n\n        ```\n        e\n        ```',
    ],
    ['<menu><li>1<li>2</menu>', '-   1\n-   2'],
  ])('%s is no part of its neighbours', (html, expected) => expect(markdown(html)).toBe(expected));

  test('has no lines of white space alone', () => {
    const html =
      '<ul><li><p>a<p>b<li>c<ul><li><p>d</ul></ul><ol><li><p>e<p>f</ol>g<br> <br>h<br><br><br>i<br>j';
    expect(markdown(html)).toContain('g\n\nh\n\ni  \nj');
    expect(markdown(html)).not.toMatch(/^[ \t]+$/m);
  });
});

describe('a table', () => {
  const lines = (html: string) => markdown(html).split('\n');

  test('has a cell at each place that one spans', () => {
    const html =
      '<table><caption>C</caption><tr><th>a<th>b<th>c<tr><td rowspan=2>1<td colspan=2>2<tr><td>3<td rowspan=0>4<tr><td>5<tr><td>6<td>7<tbody><tr><td>8</table>';
    expect(lines(html)).toEqual([
      'C',
      '',
      '| a | b | c |',
      '| --- | --- | --- |',
      '| 1 | 2 |  |',
      '|  | 3 | 4 |',
      '| 5 |  |  |',
      '| 6 | 7 |  |',
      '| 8 |  |  |',
    ]);
  });

  test('escapes a bar once', () => {
    expect(lines('<table><tr><td>a|b<td><code>c|d</code><td>e\\|f<td><a href="?g|h">||</a></table>')[0]).toBe(
      '| a\\|b | `c\\|d` | e\\\\\\|f | [\\|\\|](https://example.test/?g\\|h) |',
    );
  });

  test('has code on the one line of a cell, and code side by side is no table', () => {
    expect(lines('<table><tr><td>1<td><pre>a|`\nb</pre><tr><td>2<td>c</table>')[0]).toBe(
      '| 1 | `` a\\|` ``<br>`b` |',
    );
    expect(markdown('<table><tr><td><pre>1\n2</pre><td><pre>a\nb</pre></table>')).toBe(
      '```\n1\n2\n```\n\n```\na\nb\n```',
    );
  });

  test('that spans without end is done at once', () => {
    const cells = '<td colspan=1000 rowspan=65534>x'.repeat(500);
    const html = `<table><tr>${cells}${'<tr><td>y<td>z'.repeat(5000)}</table>`;
    expect(markdown(html).length).toBeLessThan(3_000_000);
  });
});
