import { readDefinition } from '../index';

const site = 'https://site.test/blog';
const entry = {
  where: { url: 'about:blank' },
  what: [
    { action: 'goto', args: [site] },
    { action: 'waitForLoadState', args: ['networkidle'] },
  ],
};
const list = {
  action: 'scrapeList',
  name: 'List 1',
  actionId: 'list-0b7b',
  args: [
    {
      listSelector: 'div.posts > article',
      fields: {
        'Label 1': { selector: 'h3', attribute: 'innerText', tag: 'H3', isShadow: false },
        'Label 3': { selector: 'a', attribute: 'href', tag: 'A', isShadow: false },
      },
      pagination: { type: 'clickNext', selector: 'a.next,button[aria-label=Next]' },
      limit: 10,
    },
  ],
};
const settled = { action: 'waitForLoadState', args: ['networkidle'] };
const typesOf = (document: unknown) => readDefinition(document).definition?.steps.map(({ type }) => type);
const pathsOf = (document: unknown) => readDefinition(document).faults.map(({ path }) => path);

describe('a robot of Maxun', () => {
  test('with a list, as its recorder writes it: the last pair runs first', () => {
    const workflow = [{ where: { url: site }, what: [list, settled] }, entry];
    const read = readDefinition({
      recording_meta: { id: 'r', name: ' Blog ', createdAt: '1/1/2025', pairs: 2, params: [] },
      recording: { workflow },
    });
    expect(read).toMatchObject({ name: 'Blog', definition: { title: 'Blog' } });
    expect(read.definition?.steps).toMatchObject([
      { type: 'navigate', url: site },
      {
        type: 'extractList',
        name: 'List 1',
        limit: 10,
        paginate: { by: 'next' },
        unique: ['Label 1', 'Label 3'],
      },
    ]);
  });

  test('with a login: what was encrypted is told, each value at its place', () => {
    const secret = `${'0a'.repeat(16)}:${'ff'.repeat(16)}`;
    const workflow = [
      {
        where: { url: `${site}/in` },
        what: [{ action: 'screenshot', actionId: 'screenshot-1', args: [{ type: 'png', fullPage: true }] }],
      },
      {
        where: { url: `${site}/in` },
        what: [
          {
            action: 'scrapeSchema',
            actionId: 'text-1',
            args: [{ Who: { selector: '.me', tag: 'P', attribute: 'innerText', isShadow: false } }],
          },
        ],
      },
      {
        where: { url: site },
        what: [
          { action: 'type', args: ['#user', 'me', 'text'] },
          { action: 'type', args: ['#password', secret, 'password'] },
          { action: 'press', args: ['#password', 'Enter'] },
          settled,
        ],
      },
      entry,
    ];
    expect(readDefinition({ recording: { workflow } }).faults).toMatchObject([
      { path: 'recording.workflow[2].what[1].args[1]', message: expect.stringContaining('"$param"') },
    ]);
    workflow[2]!.what[1]!.args = ['#password', { $param: 'password' }] as never;
    const { definition } = readDefinition({ recording: { workflow } });
    expect(definition?.inputs).toEqual([{ name: 'password', type: 'string', required: true }]);
    expect(definition?.steps).toMatchObject([
      { type: 'navigate' },
      { type: 'change', value: 'me' },
      { type: 'change', value: '{{password}}' },
      { type: 'keyDown', key: 'Enter' },
      { type: 'keyUp', key: 'Enter' },
      { type: 'extract', name: 'Texts', fields: { Who: { selector: '.me' } } },
      { type: 'screenshot', fullPage: true },
    ]);
  });

  test('that crawls, as its SDK writes it', () => {
    const config = {
      mode: 'domain',
      limit: 10,
      maxDepth: 3,
      includePaths: [],
      excludePaths: [],
      useSitemap: true,
      followLinks: true,
      respectRobots: true,
    };
    const workflow = [
      { where: { url: site }, what: [{ action: 'crawl', args: [config], name: 'Crawl' }] },
      entry,
    ];
    expect(typesOf({ recording_meta: { name: 'C', type: 'crawl' }, recording: { workflow } })).toEqual([
      'navigate',
      'crawl',
    ]);
  });

  test('that searches is refused', () => {
    const search = {
      action: 'search',
      name: 'Search',
      args: [{ query: 'tea', limit: 5, provider: 'duckduckgo', mode: 'discover' }],
    };
    const document = { meta: { name: 'S' }, workflow: [{ where: { url: 'about:blank' }, what: [search] }] };
    expect(readDefinition(document).faults).toMatchObject([
      { path: 'workflow[0].what[0].action', found: 'search' },
    ]);
  });

  test('of a language model: all in one pair', () => {
    const what = [...entry.what, list];
    expect(
      typesOf({ meta: { name: 'L', desc: 'Posts' }, workflow: [{ where: { url: 'about:blank' }, what }] }),
    ).toEqual(['navigate', 'extractList']);
  });

  test('of the browser recorder that asks for selectors: its steps ask for them too, once each', () => {
    const popup = '[class*=popup] button[class*=close]';
    const workflow = [
      { where: { selectors: [popup] }, what: [{ action: 'click', args: [popup] }] },
      {
        where: { selectors: ['a.next'] },
        what: [{ action: 'click', args: ['a.next'] }, settled, { action: 'scrape', args: ['main'] }],
      },
      { where: {}, what: [{ action: 'goto', args: [{ $param: 'url' }] }] },
    ];
    const { definition } = readDefinition({ workflow });
    expect(definition?.inputs).toEqual([{ name: 'url', type: 'string', required: true }]);
    expect(definition?.steps).toMatchObject([
      { type: 'navigate', url: '{{url}}' },
      { type: 'waitForElement', selectors: [['a.next']], optional: true },
      { type: 'click', when: 'a.next' },
      { type: 'extract', when: 'a.next' },
      { type: 'waitForElement', selectors: [[popup]], optional: true },
      { type: 'click', when: popup },
    ]);
  });

  test('that reads whole pages has no workflow', () => {
    const formats = ['markdown', 'links', 'screenshot-visible', 'screenshot-fullpage'];
    const meta = { name: 'Page', type: 'scrape', url: site, formats };
    const { definition } = readDefinition({
      recording_meta: meta,
      recording: { workflow: [] },
      schedule: { runEvery: 1 },
    });
    expect(definition?.steps).toMatchObject([
      { type: 'navigate', url: site },
      { type: 'content', formats: ['markdown', 'links'] },
      { type: 'screenshot', name: 'screenshot-visible', fullPage: false },
      { type: 'screenshot', name: 'screenshot-fullpage', fullPage: true },
    ]);
    expect(typesOf({ recording_meta: { robotType: 'scrape', url: site } })).toEqual(['navigate', 'content']);
  });
});

describe('what asks before a pair', () => {
  const pair = (where: object) => ({
    workflow: [{ where, what: [{ action: 'check', args: ['#box'] }] }, entry],
  });

  test('several selectors are one condition, with that of the step itself', () => {
    const { definition } = readDefinition(
      pair({ url: { $regex: '.*' }, $and: [{ selectors: ['.a'] }, { selectors: ['.b'] }] }),
    );
    expect(definition?.steps.slice(1)).toMatchObject([
      { type: 'waitForElement', optional: true },
      { type: 'waitForElement', when: 'html:has(.a):has(.b)' },
      {
        type: 'click',
        when: expect.stringMatching(/^html:has\(.a\):has\(.b\):has\(#box:not\(:checked\)\)$/),
      },
    ]);
  });

  test.each([
    [{ cookies: { a: 'b' } }, 'where.cookies'],
    [{ $before: 'x' }, 'where["$before"]'],
    [{ $after: 'x' }, 'where["$after"]'],
    [{ $not: { selectors: ['a'] } }, 'where["$not"]'],
    [{ $or: [{ selectors: ['a'] }] }, 'where["$or"]'],
    [{ $and: [{ cookies: { a: 'b' } }] }, 'where["$and"][0].cookies'],
    [{ $nor: [] }, 'where["$nor"]'],
    [{ selectors: ['nth=1'] }, 'where.selectors[0]'],
    [{ selectors: ['#f :>> a'] }, 'where.selectors[0]'],
    [{ selectors: ['a', '//b'] }, 'where.selectors'],
    [{ selectors: ['//b'] }, 'what[0]'],
    [{ selectors: ['a['] }, 'where.selectors'],
    [{ selectors: 'a' }, 'where.selectors'],
  ])('%j is refused at its place', (where, path) => {
    expect(pathsOf(pair(where))[0]).toBe(`workflow[0].${path}`);
  });

  test('nothing asks nothing', () => {
    expect(pathsOf(pair({ cookies: {}, $or: [] }))).toEqual([]);
  });
});

describe('a selector of Maxun', () => {
  const click = (selector: string) => ({
    workflow: [{ where: {}, what: [...entry.what, { action: 'click', args: [selector] }] }],
  });

  test.each([
    ['a > b', 'a > b'],
    ['css=a > b', 'a > b'],
    ['//a[@title=">>"]', 'xpath///a[@title=">>"]'],
    ['(//a)[2]', 'xpath/(//a)[2]'],
    ['./a', 'xpath/./a'],
    ['xpath=//a', 'xpath///a'],
    ['x-a >> x-b>>c', 'x-a >>> x-b >>> c'],
    ['text=Load more', 'text/Load more'],
    ['text="More"', 'xpath///*[normalize-space(.)="More"][not(.//*[normalize-space(.)="More"])]'],
    ['a[title=">>"]', 'a[title=">>"]'],
  ])('%s is %s here', (sent, ours) => {
    expect(readDefinition(click(sent)).definition?.steps.at(-1)).toMatchObject({ selectors: [[ours]] });
  });

  test('enters an iframe', () => {
    expect(readDefinition(click('#f >> iframe :>> x-a >> b')).definition?.steps.at(-1)).toMatchObject({
      frame: '#f >>> iframe',
      selectors: [['x-a >>> b']],
    });
  });

  test.each([
    'a :>> b :>> c',
    'a >> //b',
    '//a >> b',
    'a >> nth=1',
    '_react=A',
    'text=/a/',
    ' ',
    'a >>',
    '//a[',
    ':visible',
    '//a:b(',
  ])('%s is refused at its place', (sent) => {
    expect(pathsOf(click(sent))).toEqual(['workflow[0].what[2].args[0]']);
  });
});

describe('what is no robot of Maxun', () => {
  test.each<[string, unknown, string]>([
    ['no workflow', { recording_meta: { name: 'x' } }, 'workflow'],
    ['a recording that is none', { recording: 'x' }, 'recording'],
    ['a workflow that is none', { workflow: 'x' }, 'workflow'],
    ['an empty one', { recording: { workflow: [] } }, 'recording.workflow'],
    ['a key beside the workflow', { recording: { workflow: [entry], steps: [] } }, 'recording.steps'],
    ['a pair that is none', { workflow: [entry, 7] }, 'workflow[1]'],
    ['a pair without actions', { workflow: [entry, { where: {} }] }, 'workflow[1].what'],
    ['a key of a pair', { workflow: [{ ...entry, when: 1 }] }, 'workflow[0].when'],
    [
      'a name that is too long',
      { recording_meta: { name: 'x'.repeat(201) }, workflow: [entry] },
      'recording_meta.name',
    ],
    ['a name that is none', { meta: { name: 7 }, workflow: [entry] }, 'meta.name'],
    [
      'a parameter without a name',
      { workflow: [{ what: [{ action: 'goto', args: [{ $param: 'a b' }] }] }] },
      'workflow[0].what[0].args[0]["$param"]',
    ],
    [
      'a placeholder that nobody declares',
      { workflow: [{ what: [{ action: 'goto', args: ['{{url}}'] }] }] },
      'workflow[0].what[0].args[0]',
    ],
    [
      'no page before the first step',
      { workflow: [{ what: [{ action: 'click', args: ['a'] }] }] },
      'workflow[0].what[0]',
    ],
    [
      'a summary',
      { recording_meta: { type: 'scrape', url: site, formats: ['summary'] } },
      'recording_meta.formats[0]',
    ],
    ['no address', { recording_meta: { type: 'scrape' }, recording: { workflow: [] } }, 'recording_meta.url'],
    [
      'a wish to a language model',
      { recording_meta: { promptInstructions: 'sum it up' }, workflow: [entry] },
      'recording_meta.promptInstructions',
    ],
  ])('%s is refused at its place', (_what, document, path) => {
    expect(pathsOf(document)).toEqual([path]);
  });

  test('every fault is told at once, also those of what was translated', () => {
    const what = [
      { action: 'script', args: ['1'] },
      { action: 'click', args: ['a['] },
      { action: 'scrapeList', args: [{ listSelector: 'li', fields: { a: 'b[' }, limit: 'ten' }] },
      { action: 'scrapeSchema', args: [{ a: 'b[' }] },
    ];
    const document = { recording: { workflow: [{ where: { cookies: { a: 'b' } }, what }, entry] } };
    expect(pathsOf(document).sort()).toEqual([
      'recording.workflow[0].what[0].action',
      'recording.workflow[0].what[1].args[0]',
      'recording.workflow[0].what[2].args[0].limit',
      'recording.workflow[0].what[3].args[0].a',
      'recording.workflow[0].where.cookies',
    ]);
  });

  test('a document without end costs little', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = { $and: [deep] };
    expect(readDefinition({ workflow: [{ where: deep, what: [] }] }).faults).toHaveLength(1);
    const what = Array.from({ length: 1001 }, () => ({ action: 'x' }));
    expect(readDefinition({ workflow: [{ what }] }).faults).toHaveLength(1);
  });
});
