import { readDefinition } from '../../index';

const goto = { action: 'goto', args: ['https://www.shop.test/tea/'] };
const robot = (...what: unknown[]) => ({ recording: { workflow: [{ where: {}, what: [goto, ...what] }] } });

function stepsOf(...what: unknown[]): Record<string, any>[] {
  const { definition, faults } = readDefinition(robot(...what));
  expect(faults).toEqual([]);
  const [, ...steps] = definition!.steps;
  return steps;
}

const faultsOf = (...what: unknown[]) => readDefinition(robot(...what)).faults;
const texts = (fields: object, name?: string) => ({
  action: 'scrapeSchema',
  args: [fields],
  ...(name !== undefined && { name }),
});

describe('texts of a page', () => {
  test('of several actions are one row', () => {
    const shot = { action: 'screenshot', args: [{}] };
    const steps = stepsOf(
      texts({ a: 'h1' }),
      { action: 'waitForLoadState', args: ['load'] },
      shot,
      texts({ b: { selector: 'a', attribute: 'href', tag: 'A', isShadow: false } }),
    );
    expect(steps).toMatchObject([
      {
        type: 'extract',
        name: 'Texts',
        fields: { a: { selector: 'h1', attribute: 'text' }, b: { selector: 'a', attribute: 'href' } },
      },
      { type: 'screenshot' },
    ]);
  });

  test.each([
    ['a field that is read again', [texts({ a: 'h1' }), texts({ a: 'h2' })]],
    ['another name', [texts({ a: 'h1' }), texts({ b: 'h2' }, 'More')]],
    ['another page', [texts({ a: 'h1' }), { action: 'click', args: ['a'] }, texts({ b: 'h2' })]],
  ])('are two rows: %s', (_what, actions) => {
    expect(stepsOf(...actions).filter(({ type }) => type === 'extract')).toHaveLength(2);
  });

  test('the attributes have our names', () => {
    const attributes = ['innerText', 'textContent', 'innerHTML', 'outerHTML', 'data-id', ''];
    const fields = Object.fromEntries(
      attributes.map((attribute, index) => [`f${index}`, { selector: 'b', attribute }]),
    );
    const read = Object.values<any>(stepsOf(texts(fields))[0]!['fields']).map(({ attribute }) => attribute);
    expect(read).toEqual(['text', 'text', 'html', 'outerHtml', 'data-id', 'text']);
  });

  test.each([
    ['a CSS fallback', { selector: '.a', fallbackSelector: '.b > i' }, '.a, :root:not(:has(.a)) :is(.b > i)'],
    ['an XPath fallback', { selector: '//a', fallbackSelector: '//b' }, 'xpath///a | (//b)[not(//a)]'],
    ['the same again', { selector: '.a', fallbackSelector: '.a' }, '.a'],
    ['an empty fallback', { selector: '.a', fallbackSelector: '' }, '.a'],
    ['a shadow root', { selector: 'x-tea >> .a', isShadow: true }, 'x-tea >>> .a'],
    ['some shadow root', { selector: '.a', isShadow: true }, 'pierce/.a'],
  ])('a field with %s has one selector', (_what, field, selector) => {
    expect(stepsOf(texts({ f: field }))[0]!['fields'].f.selector).toBe(selector);
  });

  test('a field in an iframe names it', () => {
    expect(stepsOf(texts({ f: '#shop :>> .a' }))[0]!['fields'].f).toMatchObject({
      selector: '.a',
      frame: '#shop',
    });
  });

  test.each([
    [{ 'Label 1': { selector: '.a', fallbackSelector: '//b' } }, '["Label 1"].fallbackSelector', 'keep one'],
    [{ 'Label 1': { selector: 'a[', tag: 'A' } }, '["Label 1"].selector', 'not a CSS selector'],
    [{ 'Label 1': 'a:has-text("x")' }, '["Label 1"]', ':has-text'],
    [{ 'Label 1': 'role=button' }, '["Label 1"]', '"role="'],
    [{ 'Label 1': { selector: 'a', pattern: 'x' } }, '["Label 1"].pattern', 'not known here'],
    [{}, '', 'at least one field'],
  ])('refuses %j at its place', (fields, path, message) => {
    const place = `recording.workflow[0].what[1].args[0]${path}`;
    expect(faultsOf(texts(fields))).toMatchObject([
      { path: place, message: expect.stringContaining(message) },
    ]);
  });
});

describe('a list', () => {
  const list = (config: object) => ({
    action: 'scrapeList',
    args: [{ listSelector: 'li', fields: { a: 'b' }, ...config }],
  });

  test.each([
    [
      { type: 'clickNext', selector: 'a.next,button[aria-label=Next]' },
      {
        by: 'next',
        selector: 'a.next, :root:not(:has(a.next)) :is(button[aria-label=Next])',
        maxPages: 1000,
      },
    ],
    [
      { type: 'clickNext', selector: '//a[1],//b' },
      { by: 'next', selector: 'xpath///a[1] | (//b)[not(//a[1])]' },
    ],
    [
      { type: 'clickLoadMore', selector: 'button' },
      { by: 'loadMore', selector: 'button' },
    ],
    [
      { type: 'scrollDown', selector: null },
      { by: 'scroll', direction: 'down' },
    ],
    [
      { type: 'scrollUp', selector: '' },
      { by: 'scroll', direction: 'up' },
    ],
    [{ type: 'none', selector: null }, undefined],
    [{ type: '' }, undefined],
    [null, undefined],
  ])('goes on by %j', (pagination, paginate) => {
    const [step] = stepsOf(list({ pagination }));
    if (paginate === undefined) expect(step).not.toHaveProperty('paginate');
    else expect(step!['paginate']).toMatchObject(paginate);
  });

  test('without a limit has none, and gives no row twice', () => {
    const [first, second] = stepsOf(list({}), { ...list({ limit: 7 }), name: 'Teas' });
    expect(first).toMatchObject({ name: 'List 1', unique: ['a'] });
    expect(first).not.toHaveProperty('limit');
    expect(second).toMatchObject({ name: 'Teas', limit: 7 });
  });

  test('its fields are of the item', () => {
    const fields = {
      a: '//b',
      b: '> b',
      c: { selector: 'b', fallbackSelector: 'i' },
      d: { selector: './b', fallbackSelector: './i' },
    };
    const read = Object.values<any>(stepsOf(list({ fields }))[0]!['fields']).map(({ selector }) => selector);
    expect(read).toEqual([
      'xpath/.//b',
      ':scope > b',
      'b, :scope:not(:has(b)) :is(i)',
      'xpath/./b | self::node()[not(./b)]/i',
    ]);
  });

  describe("of Maxun's SDK", () => {
    const sdkList = (parts: object) => ({ action: 'scrapeList', args: [{ itemSelector: '.tea', ...parts }] });

    test('has the text and the first link of each item, where it names no fields', () => {
      const pagination = { type: 'clickNext', selector: 'a.next' };
      const [step] = stepsOf(sdkList({ maxItems: 7, pagination }));
      expect(step).toMatchObject({
        type: 'extractList',
        name: 'List 1',
        item: '.tea',
        limit: 7,
        fields: { text: { selector: ':scope' }, link: { attribute: 'href' } },
        unique: ['text', 'link'],
        paginate: { by: 'next', selector: 'a.next' },
      });
    });

    test('has the fields that it names', () => {
      expect(Object.keys(stepsOf(sdkList({ fields: { a: 'b' } }))[0]!['fields'])).toEqual(['a']);
    });

    test('is refused in its own words', () => {
      const paths = faultsOf(sdkList({ maxItems: 0 }), sdkList({ limit: 5 }), sdkList({ itemSelector: '' }));
      expect(paths.map(({ path }) => path.replace(/^.*args\[0\]\./, ''))).toEqual([
        'limit',
        'itemSelector',
        'maxItems',
      ]);
    });
  });

  test('in an iframe is read there', () => {
    const config = {
      listSelector: '#f :>> li',
      fields: { a: '#f :>> b' },
      pagination: { type: 'clickNext', selector: '#f :>> a' },
    };
    const [step] = stepsOf(list(config));
    expect(step).toMatchObject({ frame: '#f', item: 'li', paginate: { selector: 'a' } });
    expect(step!['fields'].a).not.toHaveProperty('frame');
  });

  test.each([
    [{ pagination: { type: 'clickNext', selector: null } }, 'pagination.selector', 'is missing'],
    [{ pagination: { type: 'clickNext', selector: '#f :>> a' } }, 'pagination.selector', 'frame'],
    [{ pagination: { type: 'scrollDown', selector: 'div' } }, 'pagination.selector', 'leave it empty'],
    [{ pagination: { type: 'clickNext', selector: 'a,//b' } }, 'pagination.selector', 'mixes'],
    [{ pagination: { type: 'clickPrevious', selector: 'a' } }, 'pagination.type', 'allowed: scrollDown'],
    [{ listSelector: 'a:visible' }, 'listSelector', ':visible'],
    [{ limit: 0 }, 'limit', 'must be at least 1'],
    [{ fields: {} }, 'fields', 'at least one field'],
    [{ filter: 'x' }, 'filter', 'not known here'],
  ])('refuses %j at its place', (config, path, message) => {
    const place = `recording.workflow[0].what[1].args[0].${path}`;
    expect(faultsOf(list(config))).toMatchObject([
      { path: place, message: expect.stringContaining(message) },
    ]);
  });
});

describe('a crawl', () => {
  const crawl = (config: object) => ({ action: 'crawl', name: 'Crawl', args: [config] });

  test('reads every format of each page', () => {
    const config = {
      mode: 'domain',
      limit: 10,
      maxDepth: 3,
      includePaths: ['/tea', '^/docs/.*$'],
      excludePaths: ['/tea/old/'],
      useSitemap: true,
      followLinks: true,
      respectRobots: false,
    };
    const { definition } = readDefinition(robot(crawl(config)));
    expect(definition).toMatchObject({
      options: { robotsTxt: 'ignore' },
      steps: [
        {},
        {
          type: 'crawl',
          name: 'Crawl',
          include: ['/tea', '/tea/**', '/docs/**'],
          exclude: ['/tea/old/', '/tea/old/**'],
          maxPages: 10,
          maxDepth: 3,
          sitemap: true,
          steps: [{ type: 'content', formats: ['markdown', 'text', 'html', 'links', 'metadata'] }],
        },
      ],
    });
  });

  test.each([
    [{ mode: 'path' }, ['/tea', '/tea/**']],
    [{ mode: 'subdomain' }, ['{http,https}://{shop.test,*.shop.test}/**']],
    [{ mode: 'subdomain', includePaths: ['/a/**'] }, ['{http,https}://{shop.test,*.shop.test}/a/**']],
    [{}, []],
  ])('of %j keeps within %j', (config, include) => {
    expect(stepsOf(crawl(config))[0]).toMatchObject({ include });
  });

  test('that follows no link stays on its page', () => {
    expect(stepsOf(crawl({ followLinks: false, maxDepth: 5 }))[0]).toMatchObject({ maxDepth: 0 });
  });

  test.each([
    [[crawl({ mode: 'site' })], 'what[1].args[0].mode', 'allowed: domain'],
    [[crawl({ mode: 'path', includePaths: ['/a'] })], 'what[1].args[0].includePaths', 'cannot narrow'],
    [[crawl({ excludePaths: ['(a|b)'] })], 'what[1].args[0].excludePaths[0]', 'glob'],
    [[crawl({ limit: 0 })], 'what[1].args[0].limit', 'must be at least 1'],
    [
      [{ action: 'click', args: ['a'] }, crawl({ mode: 'subdomain' })],
      'what[2].args[0].mode',
      'shows in a run only',
    ],
    [
      [crawl({ respectRobots: true }), crawl({ respectRobots: false })],
      'what[2].args[0].respectRobots',
      'one rule',
    ],
  ])('%# is refused at its place', (actions, path, message) => {
    const place = `recording.workflow[0].${path}`;
    expect(faultsOf(...actions)).toMatchObject([{ path: place, message: expect.stringContaining(message) }]);
  });
});

describe('enqueueLinks', () => {
  const links = { action: 'enqueueLinks', args: ['li a'] };

  test('does what comes after on each page, also of the pairs after', () => {
    const document = {
      workflow: [
        { where: {}, what: [texts({ b: 'h2' })] },
        { where: {}, what: [goto, links, texts({ a: 'h1' })] },
      ],
    };
    expect(readDefinition(document).definition?.steps).toMatchObject([
      {},
      {
        type: 'extractList',
        name: 'List 1',
        item: 'li a',
        fields: { link: { selector: ':scope', attribute: 'href' } },
      },
      { type: 'follow', from: 'List 1', url: 'link', steps: [{ type: 'extract', fields: { a: {}, b: {} } }] },
    ]);
  });

  test('behind links is refused at its place', () => {
    expect(faultsOf(links, links, texts({ a: 'h1' }))).toMatchObject([
      { path: 'recording.workflow[0].what[2].action' },
    ]);
  });

  test('with nothing after it, or a crawl, is refused at its place', () => {
    expect(faultsOf(links)).toMatchObject([{ path: 'recording.workflow[0].what[1]' }]);
    expect(faultsOf(links, { action: 'crawl', args: [{}] })[0]).toMatchObject({
      path: 'recording.workflow[0].what[2]',
    });
  });

  test('faults behind it stand where the sender wrote them', () => {
    expect(faultsOf(links, texts({ a: 'b[' }))).toMatchObject([
      { path: 'recording.workflow[0].what[2].args[0].a' },
    ]);
  });
});
