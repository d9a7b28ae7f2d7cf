import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { page, serveSite, type Site, RobotRunner } from '@runnel/testing';

let robots: RobotRunner;
let site: Site;

beforeAll(async () => {
  robots = await RobotRunner.start();
  const swagger = dirname(require.resolve('swagger-ui-dist/package.json'));
  const file = (name: string) => readFileSync(join(swagger, name), 'utf8');
  site = await serveSite({
    '/': page(`<h1>Order</h1><label>Name <input id="name" aria-label="Your name"></label>
      <select id="size"><option value="s">S</option><option value="l">L</option></select>
      <button id="go" aria-label="Send order" onclick="location.href='/done?name=' + document.querySelector('#name').value + '&size=' + document.querySelector('#size').value">Send</button>`),
    '/done?name=Ada!&size=l': page('<h1>Thanks, Ada!</h1><a id="more" href="/shadow">More about it</a>'),
    '/shadow': page(`<my-card></my-card><iframe name="inner" src="/frame"></iframe><script>
      customElements.define('my-card', class extends HTMLElement { constructor() { super();
        this.attachShadow({ mode: 'open' }).innerHTML = '<my-button></my-button><p class="out">closed</p>'; } });
      customElements.define('my-button', class extends HTMLElement { constructor() { super();
        const root = this.attachShadow({ mode: 'open' });
        root.innerHTML = '<button class="open">Open it</button>';
        root.querySelector('button').onclick = () => {
          document.querySelector('my-card').shadowRoot.querySelector('.out').textContent = 'opened'; }; } });
      </script>`),
    '/frame': page(`<iframe src="/frame/deep"></iframe><p id="f">frame</p>`),
    '/frame/deep': page(
      `<button onclick="this.textContent = 'pressed'">Press</button><p class="deep">deep</p>`,
    ),
    '/keys': page(`<div id="log"></div><div style="height:5000px"></div><p id="end">end</p>
      <div id="box" style="height:50px;overflow:auto"><div style="height:500px"></div></div><script>
      const log = (text) => { document.querySelector('#log').textContent += text + ' '; };
      addEventListener('keydown', (event) => log('down:' + event.key));
      addEventListener('keyup', (event) => log('up:' + event.key));
      addEventListener('scroll', () => { document.title = 'at ' + scrollY; });
      document.querySelector('#box').onscroll = (event) => log('box:' + event.target.scrollTop);
      document.querySelector('#end').ondblclick = () => log('double');
      document.querySelector('#end').onmouseenter = () => log('hover');
      </script>`),
    '/tabs': page(`<a id="open" target="_blank" href="/second">Open</a><h1>First tab</h1>`),
    '/second': page(
      "<h1>Second tab</h1><button onclick=\"document.querySelector('h1').textContent = 'clicked'\">B</button>",
      'Second',
    ),
    '/later': page(
      `<script>setTimeout(() => { window.ready = { deep: 1 }; document.body.innerHTML = '<b class="x" data-a="1">x</b>'; }, 150)</script>`,
    ),
    '/api': page(`<div id="ui"></div><script src="/swagger-ui-bundle.js"></script><script>
      SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui' });</script>`),
    '/swagger-ui-bundle.js': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/javascript' });
      response.end(file('swagger-ui-bundle.js'));
    },
    '/openapi.json': (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          openapi: '3.0.0',
          info: { title: 'Pets', version: '1' },
          paths: {
            '/pets': {
              get: {
                summary: 'List pets',
                tags: ['pets'],
                responses: { 200: { description: 'All the pets' } },
              },
            },
            '/pets/{id}': {
              get: { summary: 'One pet', tags: ['pets'], responses: { 200: { description: 'A pet' } } },
            },
          },
        }),
      );
    },
  });
});

afterAll(async () => {
  await Promise.all([robots.close(), site.close()]);
});

/** As DevTools exports it: every kind of alternative, asserted navigations, a chain of shadow roots, frames. */
const recording = () => ({
  title: 'Order',
  timeout: 5000,
  steps: [
    {
      type: 'setViewport',
      width: 900,
      height: 700,
      deviceScaleFactor: 1,
      isMobile: false,
      hasTouch: false,
      isLandscape: false,
    },
    {
      type: 'navigate',
      url: `${site.url}/`,
      assertedEvents: [{ type: 'navigation', url: `${site.url}/`, title: 'A page' }],
    },
    {
      type: 'click',
      target: 'main',
      selectors: [['aria/Your name'], ['#name'], ['xpath///*[@id="name"]'], ['pierce/#name']],
      offsetX: 5,
      offsetY: 5,
    },
    { type: 'change', value: 'Ada', selectors: [['aria/Your name'], ['#name']], target: 'main' },
    { type: 'keyDown', target: 'main', key: 'End' },
    { type: 'keyUp', target: 'main', key: 'End' },
    { type: 'keyDown', target: 'main', key: '!' },
    { type: 'keyUp', target: 'main', key: '!' },
    { type: 'change', value: 'l', selectors: [['#size'], ['xpath///select']], target: 'main' },
    { type: 'waitForElement', selectors: ['aria/Send order'], count: 1, operator: '==' },
    {
      type: 'click',
      target: 'main',
      selectors: [['aria/Nothing like it'], ['text/Send'], ['#go']],
      offsetX: 3,
      offsetY: 3,
      assertedEvents: [{ type: 'navigation', url: `${site.url}/done`, title: '' }],
    },
    {
      type: 'click',
      selectors: [['text/More about it']],
      offsetX: 4,
      offsetY: 4,
      assertedEvents: [{ type: 'navigation', url: '', title: '' }],
    },
    {
      type: 'click',
      target: 'main',
      selectors: [['my-card', 'my-button', '.open'], ['pierce/.open']],
      offsetX: 4,
      offsetY: 4,
    },
    {
      type: 'click',
      target: 'main',
      frame: [0, 0],
      selectors: [['aria/Press'], ['button']],
      offsetX: 4,
      offsetY: 4,
    },
    { type: 'scroll', x: 0, y: 10 },
  ],
});

test('a recording of Chrome runs unchanged: alternatives, keys, shadow roots, frames, navigations', async () => {
  const { steps, ...parts } = recording();
  const { lists, failure } = await robots.run(
    [
      ...steps,
      {
        type: 'extract',
        fields: {
          shadow: 'my-card >>> .out',
          frame: { selector: 'button', frame: [0, 0] },
          named: { selector: '#f', frame: 'iframe[name=inner]' },
          pierced: 'pierce/.open',
        },
      },
    ],
    { parts },
  );
  expect(failure).toBeNull();
  expect(lists['rows']).toEqual([{ shadow: 'opened', frame: 'pressed', named: 'frame', pierced: 'Open it' }]);
});

test("Puppeteer's own runner takes the same recording", async () => {
  const { createRunner, parse, PuppeteerRunnerExtension } = await import('@puppeteer/replay');
  const { launchForTest } = await import('@runnel/testing');
  const { browser, close } = await launchForTest();
  const tab = await browser.newPage();
  const extension = new PuppeteerRunnerExtension(browser, tab, { timeout: 5000 });
  const runner = await createRunner(parse(recording()), extension);
  expect(await runner.run()).toBe(true);
  expect(
    await tab.evaluate(
      () => document.querySelector('my-card')!.shadowRoot!.querySelector('.out')!.textContent,
    ),
  ).toBe('opened');
  await close();
});

test("the sample of the runner's documentation runs", async () => {
  const steps = [{ type: 'navigate', url: site.url }];
  const { failure } = await robots.run(steps, { parts: { title: 'Test recording' } });
  expect(failure).toBeNull();
});

test('keys, scrolls, double clicks and the pointer reach the page', async () => {
  const { lists, failure } = await robots.run([
    { type: 'navigate', url: `${site.url}/keys` },
    { type: 'keyDown', key: 'a' },
    { type: 'keyUp', key: 'a' },
    { type: 'scroll', selectors: ['#box'], x: 0, y: 40 },
    {
      type: 'waitForExpression',
      expression: 'document.querySelector("#log").textContent.includes("box:40")',
    },
    { type: 'scroll', x: 0, y: 700 },
    { type: 'waitForExpression', expression: 'document.title === "at 700"' },
    { type: 'hover', selectors: ['#end'] },
    { type: 'doubleClick', selectors: ['#end'], offsetX: 1, offsetY: 1 },
    { type: 'extract', fields: { log: '#log' } },
  ]);
  expect(failure).toBeNull();
  expect(lists['rows']![0]!['log']).toMatch(/^down:a up:a box:40 hover double$/);
});

test('a tab that the page opens is reached by its address, and closed', async () => {
  const target = `${site.url}/second`;
  const { lists, failure } = await robots.run([
    { type: 'navigate', url: `${site.url}/tabs` },
    { type: 'click', selectors: ['#open'] },
    { type: 'click', selectors: ['button'], target },
    { type: 'extract', name: 'second', fields: { h: 'h1' }, target },
    { type: 'close', target },
    { type: 'extract', name: 'first', fields: { h: 'h1' } },
  ]);
  expect(failure).toBeNull();
  expect(lists).toEqual({ second: [{ h: 'clicked' }], first: [{ h: 'First tab' }] });
});

test('a tab that nobody opened is told by its address', async () => {
  const { failure } = await robots.run([
    { type: 'navigate', url: `${site.url}/tabs` },
    { type: 'click', selectors: ['#open'], target: 'https://nowhere.test/', timeout: 300 },
  ]);
  expect(failure).toMatchObject({
    code: 'ELEMENT_NOT_FOUND',
    step: 1,
    message: expect.stringContaining('https://nowhere.test/'),
  });
});

test('waits for an expression, for properties and for attributes', async () => {
  const open = { type: 'navigate', url: `${site.url}/later` };
  const good = [
    { type: 'waitForExpression', expression: 'window.ready && window.ready.deep === 1' },
    {
      type: 'waitForElement',
      selectors: ['.x'],
      attributes: { 'data-a': '1' },
      properties: { localName: 'b' },
    },
  ];
  expect((await robots.run([open, ...good])).failure).toBeNull();
  const wrong = { type: 'waitForElement', selectors: ['.x'], attributes: { 'data-a': '2' }, timeout: 500 };
  expect((await robots.run([open, wrong])).failure).toMatchObject({ code: 'ELEMENT_NOT_FOUND' });
  const never = { type: 'waitForExpression', expression: 'false', timeout: 200 };
  expect((await robots.run([open, never])).failure).toMatchObject({ code: 'EXPRESSION_NOT_TRUE', step: 1 });
  const broken = { type: 'waitForExpression', expression: 'nothing.here', timeout: 200 };
  expect((await robots.run([open, broken])).failure).toMatchObject({
    code: 'EXPRESSION_NOT_TRUE',
    message: expect.stringContaining('"nothing.here" was not true in time'),
  });
  // Whole or not at all: it may hold a secret, and the mask does not know a part of one.
  const long = { ...never, expression: `document.title === '${'secret'.repeat(40)}'` };
  expect((await robots.run([open, long])).failure).toMatchObject({
    message: expect.stringMatching(/^The expression of 261 characters was not true/),
  });
});

test('a network that is switched off fails the next page, and a custom step says that it does nothing', async () => {
  const { failure, warnings } = await robots.run([
    { type: 'navigate', url: site.url },
    { type: 'customStep', name: 'mine', parameters: { a: 1 } },
    { type: 'emulateNetworkConditions', download: 0, upload: 0, latency: 0 },
    { type: 'navigate', url: `${site.url}/keys` },
  ]);
  expect(failure).toMatchObject({ code: 'NAVIGATION_FAILED', step: 3 });
  expect(warnings.join()).toContain('"mine" does nothing here');
});

test('an application of one page is read after its scripts have drawn it, and worked with', async () => {
  const { lists, failure } = await robots.run([
    { type: 'navigate', url: `${site.url}/api` },
    {
      type: 'extractList',
      name: 'operations',
      item: '.opblock',
      fields: {
        path: { selector: '.opblock-summary-path', attribute: 'data-path' },
        what: '.opblock-summary-description',
      },
    },
    { type: 'click', selectors: ['.opblock-summary-control'] },
    { type: 'extract', name: 'answer', fields: { text: '.response .response-col_description' } },
  ]);
  expect(failure).toBeNull();
  expect(lists['operations']).toEqual([
    { path: '/pets', what: 'List pets' },
    { path: '/pets/{id}', what: 'One pet' },
  ]);
  expect(lists['answer']![0]!['text']).toContain('All the pets');
});

test('a tab that was closed says so at once, a frame that is not there by its selector', async () => {
  const open = { type: 'navigate', url: site.url };
  const closed = await robots.run([
    open,
    { type: 'close' },
    { type: 'extractList', item: 'li', fields: { a: 'a' } },
  ]);
  expect(closed.failure).toMatchObject({ code: 'TAB_CLOSED', step: 2 });
  const frame = await robots.run([
    open,
    { type: 'extract', fields: { a: 'a' }, frame: '#inner', timeout: 200 },
  ]);
  expect(frame.failure).toMatchObject({
    code: 'ELEMENT_NOT_FOUND',
    message: expect.stringContaining('No iframe "#inner"'),
  });
});

test('names that a page gives its fields hide nothing from selectors', async () => {
  const form =
    '<form id="f"><input name="textContent"><input name="parentNode"><input name="children"><b aria-label="It">bold text</b></form>';
  site.replace('/clobbered', page(form));
  const fields = { text: 'text/bold', aria: 'aria/It', own: { selector: 'form', attribute: 'id' } };
  const { lists, failure } = await robots.run([
    { type: 'navigate', url: `${site.url}/clobbered` },
    {
      type: 'extractList',
      item: 'form',
      fields: { ...fields, own: { selector: ':scope', attribute: 'id' } },
    },
  ]);
  expect(failure).toBeNull();
  expect(lists['rows']).toEqual([{ text: 'bold text', aria: 'bold text', own: 'f' }]);
});

test('a list to choose from that has not what is chosen says what it has', async () => {
  const { failure } = await robots.run([
    { type: 'navigate', url: `${site.url}/` },
    { type: 'change', selectors: ['#size'], value: 'xl', timeout: 300 },
  ]);
  expect(failure).toMatchObject({
    code: 'ELEMENT_NOT_FOUND',
    message: '"#size" has no option "xl"; it has "s", "l"',
  });
});
