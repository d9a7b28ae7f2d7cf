import { setTimeout as sleep } from 'node:timers/promises';
import { browserNeeds } from './browser-needs';
import { cssTextFault } from './css-text';
import { parseDefinition } from './parse-definition';
import { xpathFault } from './xpath';

const open = { type: 'navigate', url: 'https://example.test/' };
const list = {
  type: 'extractList',
  name: 'items',
  item: 'li',
  fields: { name: 'b', url: { selector: 'a', attribute: 'href' } },
};
const parse = (steps: object[], parts: object = {}) => parseDefinition({ ...parts, steps: [open, ...steps] });
const faults = (steps: object[], parts: object = {}) =>
  parse(steps, parts).faults.map(({ path, message }) => `${path}: ${message}`);

describe('a selector', () => {
  test.each([
    ['> a', /begins with a combinator; write ":scope > …"/],
    ['[d=1]', /put 1 in quotes/],
    ['#1a', /begins with a digit/],
    ['[a!="b"]', /write :not/],
    ['a::before', /is no element of the page/],
    ['a:contains("x")', /":contains" is not a pseudo-class that browsers know/],
    ['a >>> ', /is empty|is not a CSS selector/],
    ['xpath///a[', /is not an XPath expression/],
    ['xpath/count(//a)', /finds no elements/],
    ['xpath///a/@href', /finds no elements; what they hold is named by `attribute`/],
    ['xpath///a[lower-case(.)="x"]', /calls lower-case\(\), which XPath 1.0 does not have/],
    ['aria/Name[level="2"]', /"level" is not known to aria selectors; allowed: name, role/],
    ['text/', /is empty/],
    ['xpath///li[$x]', /has a variable/],
    ['xpath///x:a', /has a namespace, x,/],
    ['@media', /"@" must be escaped/],
    ['a:dir(up)', /":dir" does not take up/],
  ])('%s is refused', (selector, message) => {
    expect(faults([{ ...list, fields: { name: selector } }])).toEqual([expect.stringMatching(message)]);
    expect(faults([{ type: 'click', selectors: [['a'], [selector]] }]).join()).toMatch(
      /steps\[1\]\.selectors/,
    );
  });

  test.each([
    'xpath/.//a[contains(., "x")]',
    'xpath/id("a")/b | //c',
    'aria/Name[role="button"]',
    'text/a > b',
    'pierce/#a',
    'a >>> b >>>> c',
    '.\\31 a',
    'a:has(> b):not(.c, .d)',
    '{{name}}',
  ])('%s is taken', (selector) => {
    expect(faults([{ ...list, fields: { name: selector } }], { inputs: [{ name: 'name' }] })).toEqual([]);
  });
});

describe('what is too long is not looked at', () => {
  const long = '('.repeat(100_000);
  const selectors = ['['.repeat(100_000), `xpath/${'a'.repeat(100_000)}`, `aria/${'[a="'.repeat(25_000)}`];

  test.each<[path: string, most: number, sent: { step?: object; options?: object }]>([
    ...selectors.flatMap((selector): [string, number, { step: object }][] => [
      ['steps[1].fields.name', 2000, { step: { ...list, fields: { name: selector } } }],
      ['steps[1].selectors[0]', 2000, { step: { type: 'click', selectors: [selector] } }],
      ['steps[1].selectors[0][0]', 2000, { step: { type: 'click', selectors: [[selector]] } }],
      ['steps[1].frame', 2000, { step: { type: 'click', selectors: ['a'], frame: selector } }],
    ]),
    [
      'steps[1].fields.a.pattern',
      1000,
      { step: { type: 'extract', fields: { a: { selector: 'a', pattern: long } } } },
    ],
    ['steps[1].expression', 10_000, { step: { type: 'waitForExpression', expression: long } }],
    ['steps[1].key', 200, { step: { type: 'keyUp', key: long } }],
    ['steps[1].url', 8000, { step: { type: 'navigate', url: long } }],
    ['steps[1].name', 200, { step: { ...list, name: long } }],
    ['steps[1].include[0]', 1000, { step: { type: 'crawl', include: [long] } }],
    ['steps[1].paginate.url', 8000, { step: { ...list, paginate: { by: 'url', url: long } } }],
    ['options.locale', 35, { options: { locale: long } }],
    ['options.timezone', 100, { options: { timezone: long } }],
    ['options.userAgent', 1000, { options: { userAgent: 'ü'.repeat(50_000) } }],
    ['options.proxy.server', 500, { options: { proxy: { server: long } } }],
  ])('%s', async (path, most, { step = list, options }) => {
    const found = faults([step], options && { options });
    await sleep(0);
    expect(found).toEqual([`${path}: must have at most ${most} characters`]);
  });
});

test.each([
  ['brackets', () => cssTextFault('['.repeat(200_000)), /"\[" must be escaped/],
  ['attributes', () => cssTextFault('[a="'.repeat(50_000)), /"\[" must be escaped/],
  ['brackets in one', () => cssTextFault(`${'[a'.repeat(100_000)}=1]`), /put 1 in quotes/],
  ['letters', () => xpathFault('a'.repeat(200_000)), /^none$/],
  ['calls', () => xpathFault(`//a[${'b('.repeat(100)}1${')'.repeat(100)}]`), /calls b\(\)/],
])('a selector may have many %s, where it may be long', async (_, fault, message) => {
  const found = fault() ?? 'none';
  await sleep(0);
  expect(found).toMatch(message);
});

describe('a follow', () => {
  const follow = (more: object = {}) => ({
    type: 'follow',
    from: 'items',
    steps: [{ type: 'extract', fields: { price: '.p' } }],
    ...more,
  });

  test('goes on with a list before it, by one of its fields', () => {
    expect(faults([list, follow()])).toEqual([]);
    expect(faults([list, follow({ from: 'item', url: 'link' })])).toEqual([
      'steps[2].from: "item" is not allowed; allowed: items',
    ]);
    expect(faults([list, follow({ url: 'link' })])).toEqual([
      'steps[2].url: "link" is not allowed; allowed: name, url',
    ]);
    expect(faults([follow(), list])).toHaveLength(1);
  });

  test('gives no field that the row has, and none twice', () => {
    const twice = [
      { type: 'extract', fields: { price: 'i' } },
      { type: 'extract', fields: { price: 'b' } },
    ];
    expect(faults([list, follow({ steps: [{ type: 'extract', fields: { name: 'h1' } }] })])).toEqual([
      'steps[2].steps[0]: "name" is a field of the list "items" already',
    ]);
    expect(faults([list, follow({ steps: twice })])).toEqual([
      'steps[2].steps[1]: gives the row "price", as a step before it does',
    ]);
    expect(faults([{ type: 'crawl', steps: [{ type: 'extract', fields: { url: 'a' } }] }])).toEqual([
      expect.stringContaining('"url" is in every row of a crawl already'),
    ]);
  });

  test('may follow lists of its own pages, but not crawl', () => {
    const inner = [
      { ...list, name: 'more' },
      { ...follow(), from: 'more' },
    ];
    expect(faults([list, follow({ steps: inner })])).toEqual([]);
    expect(faults([list, follow({ steps: [{ type: 'crawl' }] })]).join()).toMatch(
      /steps\[2\]\.steps\[0\]\.type: "crawl" is not allowed; allowed: setViewport, navigate/,
    );
  });
});

test('other refusals name the place, what was found and what is allowed', () => {
  expect(faults([{ ...list, paginate: { by: 'button', selector: 'a' } }])).toEqual([
    'steps[1].paginate.by: "button" is not allowed; allowed: next, loadMore, scroll, url',
  ]);
  expect(faults([{ ...list, paginate: { by: 'url', url: '/list' } }])).toEqual([
    'steps[1].paginate.url: must hold {{page}}',
  ]);
  expect(faults([{ type: 'wait' }])).toEqual(['steps[1]: needs either `ms` or `for`']);
  expect(faults([{ type: 'keyDown', key: 'Entr' }])).toEqual([
    expect.stringContaining('is not the name of a key'),
  ]);
  expect(faults([{ type: 'waitForExpression', expression: 'a b' }])).toEqual([
    'steps[1].expression: is not a JavaScript expression',
  ]);
  expect(faults([{ type: 'navigate', url: 'example.test' }])).toEqual([
    'steps[1].url: is not an http or https address',
  ]);
  expect(faults([], { inputs: [{ name: 'n', type: 'number', default: '1' }] })).toEqual([
    'inputs[0].default: must be a number, as `type` says',
  ]);
  expect(faults([], { options: { userAgent: 'Füx' } })).toEqual([
    expect.stringContaining('options.userAgent: must be plain ASCII'),
  ]);
});

test('a field whose default is not of its type, or whose name is __proto__, is refused; so is a crawl that leaves its pages', () => {
  const field = { selector: 'b', type: 'number', default: 'many' };
  expect(faults([{ type: 'extract', fields: { n: field } }])).toEqual([
    'steps[1].fields.n.default: must be a number or null, as `type` says',
  ]);
  const step = JSON.parse('{"type":"extract","fields":{"a":"b","__proto__":"c"}}') as object;
  expect(faults([step])).toEqual([expect.stringMatching(/^steps\[1\]\.fields: must be record/)]);
  expect(faults([{ type: 'crawl', steps: [open] }])).toEqual([
    expect.stringMatching(/steps\[1\]\.steps\[0\]: leaves the page/),
  ]);
  expect(faults([{ type: 'crawl', include: ['docs/*.html'] }])).toEqual([
    expect.stringMatching(/include\[0\]: must be a path that begins/),
  ]);
  expect(faults([{ type: 'follow', from: 'x', steps: [{ type: 'pdf' }] }])).toEqual([
    'steps[1].from: no extractList stands before it',
  ]);
  expect(faults([{ type: 'click', selectors: [] }])).toEqual([
    'steps[1].selectors: must hold at least 1 items',
  ]);
});

test('the number of a page is no input of the robot', () => {
  expect(faults([{ ...list, paginate: { by: 'url', url: '/list?page={{page}}' } }])).toEqual([]);
  expect(faults([{ type: 'navigate', url: 'https://example.test/{{page}}' }])).toEqual([
    expect.stringContaining('uses {{page}}'),
  ]);
});

test('what only a browser can do is known by place and reason, and refused for engine http', () => {
  const steps = [
    { ...list, paginate: { by: 'next', selector: 'a.next' } },
    { ...list, paginate: { by: 'scroll' } },
    { type: 'click', selectors: ['a'] },
    { type: 'extract', fields: { a: 'xpath///a', frame: { selector: 'b', frame: [0] } } },
    { type: 'extract', fields: { c: 'input:checked' }, when: 'text/x' },
    { type: 'follow', from: 'items', steps: [{ type: 'screenshot' }] },
  ];
  const { definition } = parse(steps);
  expect(browserNeeds(definition!).map(({ path }) => path)).toEqual([
    'steps[2].paginate.by',
    'steps[3]',
    'steps[4].fields.a.selector',
    'steps[4].fields.frame.frame',
    'steps[5].when',
    'steps[5].fields.c.selector',
    'steps[6].steps[0]',
  ]);
  expect(faults(steps, { engine: 'http' })).toHaveLength(7);
  expect(faults(steps, { engine: 'http' })[1]).toBe(
    'steps[3]: a click step needs a browser; take engine "browser" or "auto"',
  );
  expect(faults([list, { type: 'crawl' }], { engine: 'http' })).toEqual([]);
});
