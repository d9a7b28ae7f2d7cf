import { page, serveSite, type Page, type Site, RobotRunner } from '@runnel/testing';
import { runMaxun } from './maxun-robots';

let robots: RobotRunner;
let site: Site;

beforeAll(async () => {
  robots = await RobotRunner.start();
  site = await serveSite({ ...blog, ...growing, ...account, ...shop, ...hidden });
});

afterAll(async () => {
  await Promise.all([robots.close(), site.close()]);
});

/** Four pages of three posts; the first post is pinned on each page, and only the first page has no way back. */
const post = (n: number): string =>
  `<article><h3> Post
   ${n} </h3><time>day ${n}</time><a href="post/${n}">more</a></article>`;
const posts = (numbers: number[], more = ''): string =>
  page(`<div class="posts">${numbers.map(post).join('')}</div>${more}`);
const pager = (back: number | null, on: number | null): string => {
  const link = (to: number | null, name: string): string =>
    to === null ? '' : `<a class="${name}" href="/blog/?page=${to}">${name}</a>`;
  return `<nav>${link(back, 'back')}${link(on, 'next')}</nav>`;
};
const blog: Record<string, Page> = {
  '/blog/': posts([1, 2, 3], pager(null, 2)),
  '/blog/?page=2': posts([1, 4, 5], pager(1, 3)),
  '/blog/?page=3': posts([1, 6, 7], pager(2, 4)),
  '/blog/?page=4': posts([1, 8, 9], pager(3, null)),
  '/blog/pager': page(`<div class="posts">${post(1)}</div>
    <nav><button aria-label="Back">‹</button><button aria-label="Next">›</button></nav><script>
    const [back, next] = document.querySelectorAll('button');
    let number = 1;
    const show = (by) => setTimeout(() => { number += by; next.disabled = number === 4;
      document.querySelector('.posts').innerHTML =
        '<article><h3>Post ' + number + '</h3><time>day ' + number + '</time><a href="/blog/post/' + number + '">more</a></article>';
    }, 20);
    next.onclick = () => show(1); back.onclick = () => show(-1);</script>`),
};

/** Lists that grow by three rows, up to twelve, when somebody asks or scrolls to the end, which then stays behind. */
const grows = (when: string): string =>
  page(`<div class="posts">${[1, 2, 3].map(post).join('')}</div><div style="height: 3000px"></div>
    <style>html { overflow-anchor: none }</style><button class="more">More</button><script>
    const list = document.querySelector('.posts');
    const more = () => setTimeout(() => {
      for (let left = 3; left > 0 && list.children.length < 12; left -= 1) {
        const n = list.children.length + 1;
        list.insertAdjacentHTML('beforeend', '<article><h3>Post ' + n + '</h3><time>day ' + n + '</time><a href="post/' + n + '">more</a></article>');
      }
      if (list.children.length === 12) document.querySelector('.more').remove();
    }, 20);
    ${when}</script>`);
const growing: Record<string, Page> = {
  '/blog/scroll': grows(
    `addEventListener('scroll', () => scrollY + innerHeight > document.documentElement.scrollHeight - 2 && more());`,
  ),
  '/blog/load-more': grows(`document.querySelector('.more').onclick = more;`),
};

const account: Record<string, Page> = {
  '/login':
    page(`<form action="/session" method="post"><input id="user" name="user"><input id="password" name="password" type="password">
    <button>Sign in</button></form>`),
  '/session': (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const isKnown = body === 'user=ada&password=p%40ss+word';
      const headers = isKnown ? { 'set-cookie': 'session=ada; HttpOnly; Path=/' } : {};
      response.writeHead(303, { location: isKnown ? '/account' : '/login', ...headers }).end();
    });
  },
  '/account': (request, response) => {
    if (request.headers.cookie !== 'session=ada')
      return response.writeHead(302, { location: '/login' }).end();
    response.writeHead(200, { 'content-type': 'text/html' });
    return response.end(
      page(`<h1>Ada</h1><img src="/ada.png"><p class="balance">12</p><p class="old">9</p>
      <div id="bio"><i>Wrote</i> programs</div>`),
    );
  },
};

const links = (...paths: string[]): string => paths.map((path) => `<a href="${path}">${path}</a>`).join(' ');
const shop: Record<string, Page> = {
  '/shop': page(
    `<h1>Shop</h1>${links('/shop/teas', '/shop/cups', '/private', 'https://elsewhere.test/')}`,
    'Shop',
  ),
  '/shop/teas': page(`<h1>Teas</h1>${links('/shop', '/shop/teas/mint')}`, 'Teas'),
  '/shop/cups': page(`<h1>Cups</h1>${links('/shop/teas')}`, 'Cups'),
  '/shop/teas/mint': page('<h1>Mint</h1><p>A <b>cool</b> tea</p>', 'Mint'),
  '/private': page('<h1>Private</h1>', 'Private'),
};

const hidden: Record<string, Page> = {
  '/hidden': page(`<h1>Outside</h1><my-list></my-list><iframe id="inside" src="/inside"></iframe><script>
    const list = document.querySelector('my-list').attachShadow({ mode: 'open' });
    list.innerHTML = '<ul><li><b>one</b><a href="/1">1</a></li><li><b>two</b><a href="/2">2</a></li></ul><my-note></my-note>';
    list.querySelector('my-note').attachShadow({ mode: 'open' }).innerHTML = '<p>deep</p>';</script>`),
  '/inside': page(
    '<ol><li><b>three</b><a href="3">3</a></li><li><b>four</b><a href="4">4</a></li></ol><h2>Inside</h2>',
  ),
};

type Action = Record<string, unknown> & { action: string };

const settled = { action: 'waitForLoadState', args: ['networkidle'] };
/** The last pair of each recorded workflow, which runs first. */
const entry = (path: string) => ({
  where: { url: 'about:blank' },
  what: [{ action: 'goto', args: [`${site.url}${path}`] }, settled],
});
/** What Maxun's recorder stores: pairs in reverse. */
const recorded = (path: string, ...pairs: Action[][]): object => ({
  recording_meta: { id: 'meta-1', name: 'Robot', type: 'extract', params: [] },
  recording: {
    workflow: [
      ...pairs
        .toReversed()
        .map((what) => ({ where: { url: `${site.url}${path}` }, what: [...what, settled] })),
      entry(path),
    ],
  },
});
const scrapeList = (config: object): Action => ({
  action: 'scrapeList',
  name: 'List 1',
  actionId: 'list-4f6c',
  args: [
    {
      listSelector: 'div.posts > article',
      fields: {
        'Label 1': { selector: 'h3', attribute: 'innerText', tag: 'H3', isShadow: false },
        'Label 2': { selector: 'time', attribute: 'innerText', tag: 'TIME', isShadow: false },
        'Label 3': { selector: 'a', attribute: 'href', tag: 'A', isShadow: false },
      },
      ...config,
    },
  ],
});
const rowsOf = (...numbers: number[]) =>
  numbers.map((n) => ({
    'Label 1': `Post ${n}`,
    'Label 2': `day ${n}`,
    'Label 3': `${site.url}/blog/post/${n}`,
  }));
const everyPost = [1, 2, 3, 4, 5, 6, 7, 8, 9];

describe.each(['browser', 'http'] as const)('by %s', (engine) => {
  const run = (document: object) => runMaxun(robots, document, { engine });

  test('a list goes on by clickNext to its last page, and no row comes twice', async () => {
    const pagination = { type: 'clickNext', selector: 'a.next' };
    const outcome = await run(recorded('/blog/', [scrapeList({ pagination, limit: 100 })]));
    expect(outcome).toMatchObject({ failure: null, warnings: [] });
    expect(outcome.lists).toEqual({ 'List 1': rowsOf(...everyPost) });
  });

  test('a limit ends it in the middle of a page', async () => {
    const pagination = { type: 'clickNext', selector: 'a.next' };
    const asked = site.asked.length;
    const { lists } = await run(recorded('/blog/', [scrapeList({ pagination, limit: 6 })]));
    expect(lists).toEqual({ 'List 1': rowsOf(1, 2, 3, 4, 5, 6) });
    expect(site.asked.slice(asked)).toEqual(['/blog/', '/blog/?page=2', '/blog/?page=3']);
  });

  test.each([
    ['of which only the last is there', 'button[aria-label=Next],a.forward,nav > a.next'],
    ['of which a later one is also the way back', 'a.next,nav > a,a'],
    ['from the root of the document', 'html > body > nav > a.next,html > body > nav > a'],
    ['as XPath', '//nav/a[@rel="next"],//a[contains(@class, "next")],//nav/a'],
  ])('several selectors of a control are tried in their order: %s', async (_what, selector) => {
    if (engine === 'http' && selector.startsWith('//')) return;
    const document = recorded('/blog/', [
      scrapeList({ pagination: { type: 'clickNext', selector }, limit: 100 }),
    ]);
    expect((await run(document)).lists).toEqual({ 'List 1': rowsOf(...everyPost) });
  });

  test.each([[{ type: 'none', selector: null }], [{ type: '', selector: '' }], [null]])(
    'a list with pagination %j has one page',
    async (pagination) => {
      const document = recorded('/blog/?page=2', [scrapeList({ pagination, limit: 2 })]);
      expect((await run(document)).lists).toEqual({
        'List 1': [{ ...rowsOf(1)[0] }, { ...rowsOf(4)[0] }],
      });
    },
  );

  test('one pair may hold everything', async () => {
    const { 'List 1': rows } = (
      await run({
        recording_meta: { name: 'By a model', type: 'extract', isLLM: true },
        recording: {
          workflow: [
            {
              where: { url: `${site.url}/blog/` },
              what: [
                { action: 'goto', args: [`${site.url}/blog/`] },
                settled,
                scrapeList({ pagination: { type: 'clickNext', selector: 'a.next' }, limit: 4 }),
              ],
            },
          ],
        },
      })
    ).lists;
    expect(rows).toEqual(rowsOf(1, 2, 3, 4));
  });

  test('two lists and texts are told apart by their names', async () => {
    const texts = {
      action: 'scrapeSchema',
      name: 'Text 1',
      args: [{ Title: { selector: 'h3', tag: 'H3' } }],
    };
    const second = { ...scrapeList({ limit: 1 }), name: 'List 2' };
    const { lists } = await run(recorded('/blog/', [texts], [scrapeList({ limit: 2 })], [second]));
    expect(lists).toEqual({
      'Text 1': [{ Title: 'Post 1' }],
      'List 1': rowsOf(1, 2),
      'List 2': rowsOf(1),
    });
  });

  test('a crawl reads the pages behind the links, to its depth and its limit', async () => {
    const crawl = (config: object) => {
      const what = [{ action: 'crawl', args: [{ mode: 'domain', ...config }], name: 'Crawl' }];
      return { recording: { workflow: [{ where: { url: `${site.url}/shop` }, what }, entry('/shop')] } };
    };
    const { lists, failure } = await run(crawl({ limit: 50, maxDepth: 2, excludePaths: ['/private'] }));
    expect(failure).toBeNull();
    const read = lists['Crawl']!.map(({ url, title, depth }) => [url, title, depth]);
    expect(read).toEqual([
      [`${site.url}/shop`, 'Shop', 0],
      [`${site.url}/shop/teas`, 'Teas', 1],
      [`${site.url}/shop/cups`, 'Cups', 1],
      [`${site.url}/shop/teas/mint`, 'Mint', 2],
    ]);
    expect(lists['Crawl']![3]).toMatchObject({
      markdown: '# Mint\n\nA **cool** tea',
      text: expect.stringContaining('A cool tea'),
      html: expect.stringContaining('<b>cool</b>'),
      links: [],
      metadata: { title: 'Mint' },
    });
    expect((await run(crawl({ limit: 2 }))).lists['Crawl']).toHaveLength(2);
    expect((await run(crawl({ followLinks: false }))).lists['Crawl']).toHaveLength(1);
    const below = await run(crawl({ mode: 'path' }));
    expect(below.lists['Crawl']!.map(({ title }) => title)).toEqual(['Shop', 'Teas', 'Cups', 'Mint']);
  });

  test.each([['with its page as the only pair'], ['without a workflow']])(
    'a robot that reads a page has it in each format: %s',
    async (kind) => {
      const url = `${site.url}/shop/teas/mint`;
      const workflow = kind === 'without a workflow' ? [] : [entry('/shop/teas/mint')];
      const { lists, failure } = await run({
        recording_meta: { name: 'Mint', type: 'scrape', url, formats: ['markdown', 'html', 'text', 'links'] },
        recording: { workflow },
      });
      expect(failure).toBeNull();
      expect(lists).toEqual({
        content: [
          {
            url,
            title: 'Mint',
            markdown: '# Mint\n\nA **cool** tea',
            html: expect.stringContaining('<b>cool</b>'),
            text: expect.stringContaining('A cool tea'),
            links: [],
          },
        ],
      });
    },
  );
});

test('a control without an address is clicked until it is disabled, whatever stands before it', async () => {
  const selector = 'button.next,button[aria-label=Next],nav > button';
  const document = recorded('/blog/pager', [
    scrapeList({ pagination: { type: 'clickNext', selector }, limit: 10 }),
  ]);
  expect((await runMaxun(robots, document)).lists).toEqual({ 'List 1': rowsOf(1, 2, 3, 4) });
});

test.each([
  ['scrollDown', '/blog/scroll', null],
  ['clickLoadMore', '/blog/load-more', 'button.more'],
])('a list grows by %s, to its end or to its limit', async (type, path, selector) => {
  const list = (limit: number) => recorded(path, [scrapeList({ pagination: { type, selector }, limit })]);
  const [all, some] = await Promise.all([runMaxun(robots, list(100)), runMaxun(robots, list(7))]);
  expect(all.lists).toEqual({ 'List 1': rowsOf(...everyPost, 10, 11, 12) });
  expect(some.lists).toEqual({ 'List 1': rowsOf(1, 2, 3, 4, 5, 6, 7) });
});

describe('a login', () => {
  const texts = {
    action: 'scrapeSchema',
    name: 'Texts',
    actionId: 'text-1',
    args: [
      {
        'Label 1': { selector: 'h1', tag: 'H1', attribute: 'innerText', isShadow: false },
        'Label 2': {
          selector: '.new-balance',
          fallbackSelector: '.balance',
          attribute: 'innerText',
          tag: 'P',
        },
        'Label 3': { selector: 'img', attribute: 'src', tag: 'IMG' },
        'Label 4': { selector: '#bio', attribute: 'innerHTML', tag: 'DIV' },
        'Label 5': '.old',
      },
    ],
  };
  const shot = {
    action: 'screenshot',
    name: 'Screenshot 1',
    actionId: 'screenshot-1',
    args: [
      { type: 'png', caret: 'hide', scale: 'device', timeout: 30_000, fullPage: true, animations: 'allow' },
    ],
  };
  const signIn = (password: unknown, last: Action): object =>
    recorded(
      '/login',
      [
        { action: 'click', args: ['#user', { position: { x: 5, y: 5 } }, { cursorIndex: 0 }] },
        { action: 'type', args: ['#user', 'ada', 'text'] },
        { action: 'type', args: ['#password', password, 'password'] },
        last,
      ],
      [texts],
      [shot],
    );
  const row = () => ({
    'Label 1': 'Ada',
    'Label 2': '12',
    'Label 3': `${site.url}/ada.png`,
    'Label 4': '<i>Wrote</i> programs',
    'Label 5': '9',
  });

  test.each<[string, Action]>([
    ['a click', { action: 'click', args: ['button'] }],
    ['a key', { action: 'press', args: ['#password', 'Enter'] }],
  ])('by %s opens the page behind it, which is read as one row and drawn', async (_how, last) => {
    const { lists, artifacts, failure } = await runMaxun(robots, signIn('p@ss word', last));
    expect(failure).toBeNull();
    expect(lists).toEqual({ Texts: [row()] });
    expect(artifacts.map(({ name }) => name)).toEqual(['Screenshot 1.png']);
    expect(artifacts[0]!.bytes.subarray(1, 4).toString()).toBe('PNG');
  });

  test('takes its password from the inputs of a run', async () => {
    const document = signIn({ $param: 'password' }, { action: 'click', args: ['button'] });
    const { lists } = await runMaxun(robots, document, { inputs: { password: 'p@ss word' } });
    expect(lists).toEqual({ Texts: [row()] });
    await expect(runMaxun(robots, document)).rejects.toThrow('inputs.password');
  });
});

describe('what is not on the page itself', () => {
  const list = (listSelector: string, fields: object): Action => ({
    action: 'scrapeList',
    name: 'List 1',
    args: [{ listSelector, fields, pagination: { type: 'none', selector: null }, limit: 10 }],
  });

  test('texts are read in shadow roots and in an iframe', async () => {
    const fields = {
      outside: { selector: 'h1', attribute: 'innerText', isShadow: false },
      shadow: { selector: 'my-list >> li:nth-child(2) b', attribute: 'innerText', isShadow: true },
      deep: { selector: 'my-list >> my-note >> p', attribute: 'innerText', isShadow: true },
      any: { selector: 'p', attribute: 'innerText', isShadow: true },
      frame: { selector: '#inside :>> h2', attribute: 'innerText', isShadow: false },
    };
    const { lists } = await runMaxun(
      robots,
      recorded('/hidden', [{ action: 'scrapeSchema', args: [fields] }]),
    );
    expect(lists).toEqual({
      Texts: [{ outside: 'Outside', shadow: 'two', deep: 'deep', any: 'deep', frame: 'Inside' }],
    });
  });

  test('a list stands in a shadow root', async () => {
    const fields = {
      name: { selector: 'b', attribute: 'innerText', isShadow: true },
      link: { selector: 'a', attribute: 'href', isShadow: true },
    };
    const { lists } = await runMaxun(robots, recorded('/hidden', [list('my-list >> li', fields)]));
    expect(lists).toEqual({
      'List 1': [
        { name: 'one', link: `${site.url}/1` },
        { name: 'two', link: `${site.url}/2` },
      ],
    });
  });

  test('a list stands in an iframe, its fields with or without the way there', async () => {
    const fields = {
      name: { selector: '#inside :>> b', attribute: 'innerText' },
      link: { selector: 'a', attribute: 'href' },
    };
    const { lists } = await runMaxun(robots, recorded('/hidden', [list('#inside :>> ol > li', fields)]));
    expect(lists).toEqual({
      'List 1': [
        { name: 'three', link: `${site.url}/3` },
        { name: 'four', link: `${site.url}/4` },
      ],
    });
  });
});

test('a robot that reads a page draws it too', async () => {
  const { lists, artifacts } = await runMaxun(robots, {
    recording_meta: {
      name: 'Mint',
      type: 'scrape',
      url: `${site.url}/shop/teas/mint`,
      formats: ['markdown', 'screenshot-visible', 'screenshot-fullpage'],
    },
    recording: { workflow: [entry('/shop/teas/mint')] },
  });
  expect(lists['content']).toHaveLength(1);
  expect(artifacts.map(({ name }) => name)).toEqual(['screenshot-visible.png', 'screenshot-fullpage.png']);
});

test('XPath finds lists, their fields and what is clicked', async () => {
  const fields = {
    'Label 1': { selector: './/h3', attribute: 'innerText' },
    'Label 2': { selector: '//time', attribute: 'innerText' },
    'Label 3': { selector: './a', attribute: 'href' },
  };
  const listSelector = '//div[@class="posts"]/article';
  const click = { action: 'click', args: ['//nav/a[.="next"]'] };
  const { lists } = await runMaxun(
    robots,
    recorded('/blog/', [click], [scrapeList({ listSelector, fields, limit: 10 })]),
  );
  expect(lists).toEqual({ 'List 1': rowsOf(1, 4, 5) });
});
