import { describeEngines } from './describe-engines';
import { page, serveSite, type Site, RobotRunner } from '@runnel/testing';

let robots: RobotRunner;
let site: Site;
let failures = 0;

const links = (paths: string[], more = ''): string =>
  page(
    `<h1>Page</h1>${paths.map((path) => `<a href="${path}">${path}</a>`).join(' ')}${more}`,
    paths.join('+'),
  );

beforeAll(async () => {
  robots = await RobotRunner.start();
  site = await serveSite({
    '/list': page(
      `<ul>${['a', 'b', 'c', 'b'].map((id) => `<li><b>${id}</b><a href="/item/${id}#x">see</a></li>`).join('')}<li><b>d</b></li></ul>`,
    ),
    '/item/a': page('<h1>A</h1><p class="price">£1</p><ul><li>r1</li><li>r2</li></ul>'),
    '/item/b': page('<h1>B</h1><p class="price">£2</p>'),
    '/item/c': (_request, response) => {
      response.writeHead((failures += 1) === 1 ? 503 : 200, { 'content-type': 'text/html' });
      response.end(page('<h1>C</h1><p class="price">£3</p>'));
    },
    '/dead': page(
      '<ul><li><b>x</b><a href="/item/a">a</a></li><li><b>y</b><a href="/nothing">n</a></li><li><b>z</b><a href="/item/b">b</a></li></ul>',
    ),
    '/holes': links(['/secret/1', '/gone', '/file.zip', '/h/1', '/h/2', '/h/3', '/h/4']),
    '/h/1': page('<p>no heading</p><a href="/h/5">five</a>'),
    '/h/2': links([], '<meta name="robots" content="index, max-image-preview:none"><a href="/h/6">six</a>'),
    '/h/3': links([]),
    '/h/4': links([]),
    '/h/5': links([]),
    '/h/6': links([]),
    '/robots.txt': 'User-agent: *\nDisallow: /secret\nSitemap: /more.xml',
    '/more.xml': '<?xml version="1.0"?><urlset><url><loc>ORIGIN/only-in-sitemap</loc></url></urlset>',
    '/site': links([
      '/s/1',
      '/s/2',
      '/s/2?utm_source=x',
      '/s/%32#part',
      '/secret/1',
      '/moved',
      'https://elsewhere.test/',
      '/gone',
      'mailto:a@b.c',
    ]),
    '/s/1': links(['/s/3', '/site', '/file.zip']),
    '/s/2': links(['/s/3', '/s/4'], '<a rel="nofollow" href="/s/5">no</a>'),
    '/s/3': links(['/s/6']),
    '/s/4': page('<meta name="robots" content="nofollow"><a href="/s/7">seven</a>'),
    '/s/6': links([]),
    '/only-in-sitemap': links([]),
    '/moved': (_request, response) => response.writeHead(302, { location: '/s/1' }).end(),
    '/file.zip': (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/zip' }).end('zip'),
  });
  // The sitemap names the site, whose port nobody knew before.
  site.replace(
    '/more.xml',
    `<?xml version="1.0"?><urlset><url><loc>${site.url}/only-in-sitemap</loc></url></urlset>`,
  );
});

afterAll(async () => {
  await Promise.all([robots.close(), site.close()]);
});

const listStep = (more: object = {}) => ({
  type: 'extractList',
  name: 'items',
  item: 'li',
  fields: { name: 'b', url: { selector: 'a', attribute: 'href' } },
  ...more,
});
const open = (path: string) => ({ type: 'navigate', url: `${site.url}${path}` });

describeEngines((engine) => {
  const run = (steps: object[], parts: object = {}) => robots.run(steps, { engine, parts });
  beforeEach(() => {
    failures = 0;
  });

  test('follow reads the page of each row, each address once, in order, and joins what it reads', async () => {
    const before = site.asked.length;
    const steps = [
      { type: 'extract', fields: { title: 'h1', price: { selector: '.price', type: 'number' } } },
      {
        type: 'extractList',
        name: 'reviews',
        item: 'li',
        fields: { text: ':scope' },
        required: false,
        timeout: 100,
      },
    ];
    const { lists, failure, warnings } = await run([
      open('/list'),
      listStep(),
      { type: 'follow', from: 'items', required: false, steps },
    ]);
    expect(failure).toBeNull();
    const url = (id: string) => `${site.url}/item/${id}#x`;
    expect(lists['items']).toEqual([
      { name: 'a', url: url('a'), title: 'A', price: 1, reviews: [{ text: 'r1' }, { text: 'r2' }] },
      { name: 'b', url: url('b'), title: 'B', price: 2, reviews: [] },
      { name: 'c', url: url('c'), title: 'C', price: 3, reviews: [] },
      { name: 'b', url: url('b'), title: 'B', price: 2, reviews: [] },
      { name: 'd', url: null },
    ]);
    expect(warnings.join()).toContain('holds no address: null');
    const asked = site.asked.slice(before).filter((path) => path.startsWith('/item/'));
    expect(asked.sort()).toEqual(['/item/a', '/item/b', '/item/c', '/item/c']);
  });

  test('a page that follow cannot open fails it, and the rows before and after are kept', async () => {
    const steps = [{ type: 'extract', fields: { title: 'h1' } }];
    const { lists, failure } = await run([
      open('/dead'),
      listStep(),
      { type: 'follow', from: 'items', steps },
    ]);
    expect(failure).toMatchObject({ code: 'HTTP_STATUS', step: 2, stepType: 'follow' });
    expect(lists['items']!.map(({ name, title }) => [name, title])).toEqual([
      ['x', 'A'],
      ['y', undefined],
      ['z', undefined],
    ]);
  });

  test('crawl gives each page once, breadth first, within robots.txt, scope and depth', async () => {
    const before = site.asked.length;
    const { lists, failure, warnings } = await run([
      open('/site'),
      {
        type: 'crawl',
        exclude: ['/gon?'],
        steps: [{ type: 'extract', fields: { heading: 'h1' }, optional: true, timeout: 100 }],
      },
    ]);
    expect(failure).toBeNull();
    const rows = lists['pages']!.map(({ url, depth, heading }) => [
      JSON.stringify(url).slice(1, -1).slice(site.url.length),
      depth,
      heading,
    ]);
    expect(rows).toEqual([
      ['/site', 0, 'Page'],
      ['/s/1', 1, 'Page'],
      ['/s/2', 1, 'Page'],
      ['/s/3', 2, 'Page'],
      ['/s/4', 2, undefined],
      ['/s/6', 3, 'Page'],
    ]);
    expect(site.asked.slice(before)).not.toContain('/secret/1');
    expect(warnings.join('\n')).toMatch(/robots.txt does not allow .*\/secret\/1$/m);
    expect(warnings.join('\n')).toMatch(/a download or nothing, at .*\/file.zip$/m);
  });

  test('crawl stops at maxPages and maxDepth, and reads sitemaps when asked', async () => {
    const paths = async (more: object, parts: object = {}) => {
      const { lists } = await run(
        [open('/site'), { type: 'crawl', include: ['/s/*', '/only*', '/secret/*'], ...more }],
        parts,
      );
      return lists['pages']!.map(({ url }) => JSON.stringify(url).slice(1, -1).slice(site.url.length));
    };
    expect(await paths({ maxPages: 2 })).toEqual(['/site', '/s/1']);
    expect(await paths({ maxDepth: 1 })).toEqual(['/site', '/s/1', '/s/2']);
    expect(await paths({ maxDepth: 1, sitemap: true })).toEqual([
      '/site',
      '/only-in-sitemap',
      '/s/1',
      '/s/2',
    ]);
    const all = await paths({ maxDepth: 2 }, { options: { robotsTxt: 'ignore' } });
    expect(all).toEqual(['/site', '/s/1', '/s/2', '/s/3', '/s/4']);
    expect(site.asked).toEqual(expect.arrayContaining(['/secret/1', '/s/5']));
  });

  test('maxPages counts pages; what is no page takes no place, and links lead on from a page that steps failed on', async () => {
    const heading = {
      type: 'extract',
      fields: { heading: { selector: 'h1', required: true } },
      timeout: 100,
    };
    const crawled = async (maxPages: number) => {
      const { lists, warnings } = await run([
        open('/holes'),
        { type: 'crawl', maxPages, exclude: ['/gone'], steps: [heading] },
      ]);
      return {
        paths: lists['pages']!.map(({ url }) => JSON.stringify(url).slice(site.url.length + 1, -1)),
        warnings,
      };
    };
    expect((await crawled(100)).paths).toEqual(['/holes', '/h/2', '/h/3', '/h/4', '/h/5', '/h/6']);
    const { paths, warnings } = await crawled(3);
    expect(paths).toEqual(['/holes', '/h/2']);
    expect(warnings.join('\n')).toMatch(/stopped at maxPages 3: \d+ more addresses were found/);
  });

  test('a followed page that fails is described as it is, not as the list is', async () => {
    const steps = [
      { type: 'extract', fields: { price: { selector: '.prise', required: true } }, timeout: 100 },
    ];
    const { failure, artifacts } = await run([
      open('/list'),
      listStep(),
      { type: 'follow', from: 'items', concurrency: 1, steps },
    ]);
    expect(failure).toMatchObject({
      code: 'FIELD_REQUIRED',
      step: 2,
      details: { url: expect.stringContaining('/item/a'), nearest: [{ selector: '.price', count: 1 }] },
    });
    expect(artifacts[0]!.bytes.toString()).toContain('<h1>A</h1>');
  });
});
