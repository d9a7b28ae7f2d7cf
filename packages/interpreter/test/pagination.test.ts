import { page, serveSite, type Site, RobotRunner, type RobotOutcome } from '@runnel/testing';
import { describeEngines } from './describe-engines';

let robots: RobotRunner;
let site: Site;

const list = (from: number, count: number, more = ''): string =>
  page(`<ul>${Array.from({ length: count }, (_, index) => `<li>${from + index}</li>`).join('')}</ul>${more}`);
/** Adds items by a script each time that `when` happens, up to `most`. */
const grows = (
  when: string,
  {
    most,
    step = 10,
    late = 0,
    at = 'beforeend',
  }: { most: number; step?: number; late?: number; at?: string },
): string =>
  `<script>let count = ${step}; const ul = document.querySelector('ul');
    const more = () => setTimeout(() => { for (let i = 0; i < ${step} && count < ${most}; i += 1) {
      count += 1; ul.insertAdjacentHTML('${at}', '<li>' + count + '</li>'); } if (window.grown) grown(); }, ${late});
    ${when}</script>`;

beforeAll(async () => {
  robots = await RobotRunner.start();
  site = await serveSite({
    '/p?n=1': list(1, 2),
    '/p?n=2': list(3, 2),
    '/p?n=3': list(5, 1),
    '/same': list(1, 2),
    '/same?page=2': list(1, 2),
    '/jumps': (_request, response) => response.writeHead(302, { location: '/p?n=1' }).end(),
    '/scroll': list(
      1,
      10,
      `<div style="height:3000px"></div>${grows("addEventListener('scroll', () => { if (scrollY + innerHeight > document.body.scrollHeight - 50) more(); });", { most: 35, late: 50 })}`,
    ),
    '/grows-by-itself': list(
      1,
      3,
      `<button class="more">More</button><script>let count = 3; const timer = setInterval(() => { if (count >= 400) return clearInterval(timer);
        count += 1; document.querySelector('ul').insertAdjacentHTML('beforeend', '<li>' + count + '</li>'); }, 3);</script>`,
    ),
    '/moves': list(
      1,
      3,
      `<button class="more">More</button><script>let count = 3; const grow = () => { if (count >= 90) return;
        count += 1; document.querySelector('ul').insertAdjacentHTML('beforeend', '<li>' + count + '</li>'); requestAnimationFrame(grow); }; grow();</script>`,
    ),
    '/endless-scroll': list(
      1,
      10,
      `<div style="height:3000px"></div>${grows("addEventListener('scroll', more);", { most: 1e9 })}`,
    ),
    '/box': page(
      `<div id="box" style="height:100px;overflow:auto"><ul>${'<li>0</li>'.repeat(10)}</ul></div>${grows("document.querySelector('#box').onscroll = more;", { most: 25 })}`,
    ),
    '/up': list(
      1,
      10,
      `<div style="height:3000px"></div>${grows("scrollTo(0, 500); addEventListener('scroll', () => { if (scrollY === 0) more(); });", { most: 25, at: 'afterbegin' })}`,
    ),
    '/endless': list(
      1,
      10,
      `<button class="more">More</button>${grows("document.querySelector('.more').onclick = more;", { most: 1e9 })}`,
    ),
    '/gone': list(
      1,
      10,
      `<button class="more">More</button>${grows("document.querySelector('.more').onclick = more; window.grown = () => { if (count >= 25) document.querySelector('.more').remove(); };", { most: 25, late: 30 })}`,
    ),
    '/stuck': list(1, 3, '<button class="more">More</button>'),
    '/many': list(1, 10_000),
    '/twins':
      page(`<ul>${'<li>same</li>'.repeat(10)}</ul><button class="more">More</button><script>let clicks = 0;
      document.querySelector('.more').onclick = () => { clicks += 1;
        document.querySelector('ul').insertAdjacentHTML('beforeend', '<li>same</li>'.repeat(clicks === 1 ? 5 : 0) + '<li>other</li>'); if (clicks === 2) document.querySelector('.more').remove(); };</script>`),
    '/shadow': page(`<my-list></my-list><a class="next" href="/p?n=3">next</a><script>
      const root = document.querySelector('my-list').attachShadow({ mode: 'open' }); root.innerHTML = '<ul><li>one</li><li>two</li></ul>';</script>`),
    '/broken': list(1, 3, '<button class="more" onclick="location = \'/gone-away\'">More</button>'),
    '/gone-away': (_request, response) => response.writeHead(503).end(page('<p>later</p>')),
    '/button': list(1, 2, '<button class="next">Next</button>'),
  });
});

afterAll(async () => {
  await Promise.all([robots.close(), site.close()]);
});

const open = (path: string) => ({ type: 'navigate', url: `${site.url}${path}` });
const read = (paginate: object, more: object = {}) => ({
  type: 'extractList',
  item: 'li',
  fields: { n: { selector: ':scope', type: 'number' } },
  timeout: 2000,
  paginate,
  ...more,
});
const numbers = ({ lists }: RobotOutcome) => (lists['rows'] ?? []).map(({ n }) => n);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describeEngines((engine) => {
  const run = (steps: object[]) => robots.run(steps, { engine });

  test('by url: a `from` that is the first page goes on after it', async () => {
    const paginate = { by: 'url', url: '/p?n={{page}}', from: 1 };
    expect(numbers(await run([open('/p?n=1'), read(paginate)]))).toEqual(upTo(5));
  });

  test('says where it stopped, and what was never there', async () => {
    const paginate = { by: 'url', url: '/p?n={{page}}', maxPages: 2 };
    expect((await run([open('/p?n=1'), read(paginate)])).warnings.join()).toContain('stopped at maxPages 2');
    const { warnings } = await run([
      open('/p?n=1'),
      read(
        { by: 'next', selector: '.nxt' },
        { fields: { n: ':scope', x: '.nothing', y: { selector: '.sale', type: 'boolean' } } },
      ),
    ]);
    expect(warnings.join()).not.toContain('"y"');
    expect(warnings.join('\n')).toMatch(/field "x" \("\.nothing"\) was found in none of 2 rows/);
    expect(warnings.join('\n')).toMatch(/nothing matches "\.nxt", the control of its next page/);
  });

  test('by url: until a page does not exist, brings nothing new, or was seen', async () => {
    expect(numbers(await run([open('/p?n=1'), read({ by: 'url', url: '/p?n={{page}}' })]))).toEqual(upTo(5));
    expect(
      numbers(await run([open('/p?n=1'), read({ by: 'url', url: '/p?n={{page}}', maxPages: 2 })])),
    ).toEqual(upTo(4));
    expect(
      numbers(await run([open('/p?n=1'), read({ by: 'url', url: '/p?n={{page}}', from: 3, step: 2 })])),
    ).toEqual([1, 2, 5]);
    expect(numbers(await run([open('/same'), read({ by: 'url', url: '/same?page={{page}}' })]))).toEqual([
      1, 2,
    ]);
    expect(numbers(await run([open('/p?n=1'), read({ by: 'url', url: '/jumps?{{page}}' })]))).toEqual([1, 2]);
  });
});

test('by http a control without an address is refused with a code, and the rows before it are kept', async () => {
  const outcome = await robots.run([open('/button'), read({ by: 'next', selector: '.next' })], {
    engine: 'http',
  });
  expect(outcome.failure).toMatchObject({ code: 'NEEDS_BROWSER', step: 1 });
  expect(numbers(outcome)).toEqual([1, 2]);
});

test('by scroll: down a page, in an element, and up, until nothing comes', async () => {
  expect(numbers(await robots.run([open('/scroll'), read({ by: 'scroll' })]))).toEqual(upTo(35));
  const box = { fields: { n: { selector: ':scope', type: 'number' } } };
  expect(
    numbers(await robots.run([open('/box'), read({ by: 'scroll', selector: '#box' }, box)])),
  ).toHaveLength(25);
  const up = numbers(await robots.run([open('/up'), read({ by: 'scroll', direction: 'up' })]));
  expect([...up].sort((a, b) => Number(a) - Number(b))).toEqual(upTo(25));
});

test('items that come while a list is read are read as well', async () => {
  // On a slow machine each look finds few new ones, and each look is a page.
  const maxPages = 1_000;
  for (const paginate of [
    { by: 'scroll', maxPages },
    { by: 'loadMore', selector: '.more', maxPages },
  ]) {
    const outcome = await robots.run([open('/grows-by-itself'), read(paginate, { limit: 150 })]);
    expect(outcome.failure).toBeNull();
    expect(numbers(outcome)).toEqual(upTo(150));
  }
});

test('a control that moves while the list grows above it cannot be clicked, and what comes is read', async () => {
  const outcome = await robots.run([
    open('/moves'),
    read({ by: 'loadMore', selector: '.more' }, { timeout: 500 }),
  ]);
  expect(outcome.failure).toBeNull();
  expect(numbers(outcome)).toEqual(upTo(90));
});

test.each(['next', 'loadMore'])('by %s: a control that leads to a broken page fails with it', async (by) => {
  const outcome = await robots.run([open('/broken'), read({ by, selector: '.more' })]);
  expect(outcome.failure).toMatchObject({ code: 'HTTP_UNAVAILABLE' });
  expect(numbers(outcome)).toEqual(upTo(3));
});

test('an endless scroll ends at its limit, and at maxPages', async () => {
  expect(numbers(await robots.run([open('/endless-scroll'), read({ by: 'scroll' }, { limit: 42 })]))).toEqual(
    upTo(42),
  );
  expect(
    numbers(await robots.run([open('/endless-scroll'), read({ by: 'scroll', maxPages: 3 })])).length,
  ).toBeGreaterThan(20);
});

test('by loadMore: until the control is gone, at the limit, at maxPages, or when nothing comes', async () => {
  const more = { by: 'loadMore', selector: '.more' };
  expect(numbers(await robots.run([open('/gone'), read(more)]))).toEqual(upTo(25));
  expect(numbers(await robots.run([open('/endless'), read(more, { limit: 105 })]))).toEqual(upTo(105));
  expect(numbers(await robots.run([open('/endless'), read({ ...more, maxPages: 7 })]))).toEqual(upTo(70));
  expect(numbers(await robots.run([open('/stuck'), read(more, { timeout: 500 })]))).toEqual(upTo(3));
});

test('a list that grows keeps its twins, and what was read is not read again', async () => {
  const fields = { n: ':scope' };
  const { lists } = await robots.run([
    open('/twins'),
    read({ by: 'loadMore', selector: '.more' }, { fields }),
  ]);
  expect(lists['rows']!.map(({ n }) => n)).toEqual([...Array<string>(15).fill('same'), 'other', 'other']);
});

test('ten thousand items of one page', async () => {
  expect(numbers(await robots.run([open('/many'), read({ by: 'loadMore', selector: '.more' })]))).toEqual(
    upTo(10_000),
  );
});

test('items in shadow roots, by any kind of selector', async () => {
  for (const item of ['my-list >>> li', 'pierce/li']) {
    const { lists } = await robots.run([
      open('/shadow'),
      { type: 'extractList', item, fields: { n: ':scope' } },
    ]);
    expect(lists['rows']).toEqual([{ n: 'one' }, { n: 'two' }]);
  }
  const byText = {
    type: 'extractList',
    item: 'aria/[role="listitem"]',
    fields: { n: ':scope', same: 'xpath/.' },
  };
  const { lists } = await robots.run([open('/p?n=1'), byText]);
  expect(lists['rows']).toEqual([
    { n: '1', same: '1' },
    { n: '2', same: '2' },
  ]);
});
